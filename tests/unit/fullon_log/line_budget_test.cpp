// line_budget: how many lines, and how many were left out.
#include <fullon_log/cut_text.hpp>
#include <fullon_log/line_budget.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>

using fullon_log::cut_text;
using fullon_log::line_budget;
using namespace std::chrono_literals;

TEST_CASE("a budget of lines has a burst, then one each interval", "[fullon_log]")
{
    line_budget budget(3, 10s);
    const auto start = line_budget::clock::now();
    for (int i = 0; i < 3; ++i)
        CHECK(budget.take(start));
    CHECK_FALSE(budget.take(start));
    CHECK_FALSE(budget.take(start + 9s));
    CHECK(budget.take(start + 10s));
    CHECK(budget.left_out() == 2);
    CHECK(budget.left_out() == 0);
    CHECK_FALSE(budget.take(start + 19s));
    CHECK(budget.take(start + 35s)); // two intervals
    CHECK(budget.take(start + 35s));
    CHECK_FALSE(budget.take(start + 39s));
    CHECK(budget.take(start + 40s)); // what had begun of an interval counts
}

TEST_CASE("a budget of lines never has more than its burst", "[fullon_log]")
{
    line_budget budget(2, 1s);
    const auto start = line_budget::clock::now();
    CHECK(budget.take(start));
    CHECK(budget.take(start + 24h * 365));
    CHECK(budget.take(start + 24h * 365));
    CHECK_FALSE(budget.take(start + 24h * 365));
}

TEST_CASE("long texts are cut, and say so", "[fullon_log]")
{
    CHECK(cut_text("BTC/USDT") == "BTC/USDT");
    CHECK(cut_text(std::string(200, 'x')) == std::string(200, 'x'));
    CHECK(cut_text(std::string(8200, 'x')) == std::string(200, 'x') + "...(+8000 bytes)");
}
