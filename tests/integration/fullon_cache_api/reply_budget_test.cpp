// Bytes of replies under way: shares, their order, and what ends a wait.
#include "support/async_test.hpp"
#include "support/background.hpp"

#include <fullon_cache_api/detail/net/reply_budget.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache_api::detail::frame_of;
using fullon_cache_api::detail::reply_budget;
using std::chrono::steady_clock;

asio::awaitable<void> take(reply_budget* from, std::size_t bytes, std::optional<reply_budget::share>* to)
{
    *to = co_await from->acquire(bytes, steady_clock::now() + 20s);
}

} // namespace

TEST_CASE("shares of a reply budget are given in order, and never to more than it has", "[reply_budget]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const auto budget = std::make_shared<reply_budget>(100);
        auto first = co_await budget->acquire(60, steady_clock::now());
        REQUIRE(first);
        std::optional<reply_budget::share> second, third;
        support::background<void> waits(executor, take(budget.get(), 50, &second));
        co_await support::eventually("the second waits", [&] { return budget->waiting() == 1; });
        support::background<void> behind(executor, take(budget.get(), 10, &third));
        co_await support::eventually("the third waits, though it would fit",
                                     [&] { return budget->waiting() == 2; });
        CHECK(budget->held() == 60);
        first->resize(40); // what it came to
        co_await waits.result();
        co_await behind.result();
        CHECK(second->bytes() == 50);
        CHECK(third->bytes() == 10);
        CHECK(budget->held() == 100);
        auto late = co_await budget->acquire(1, steady_clock::now() + 20ms);
        CHECK_FALSE(late);
        second.reset();
        CHECK(budget->held() == 50);
        first.reset();
        third.reset();
        CHECK(budget->held() == 0);
    });
}

TEST_CASE("one share is given whatever its size, and a message holds its own until it is gone",
          "[reply_budget]")
{
    support::run([](asio::any_io_executor) -> asio::awaitable<void> {
        const auto budget = std::make_shared<reply_budget>(100);
        auto large = co_await budget->acquire(1000, steady_clock::now());
        REQUIRE(large);
        CHECK(budget->tight());
        auto message = frame_of(std::string(70, 'x'), std::move(*large));
        large.reset();
        CHECK(budget->held() == 70);
        CHECK(message->size() == 70);
        message.reset();
        CHECK(budget->held() == 0);
    });
}
