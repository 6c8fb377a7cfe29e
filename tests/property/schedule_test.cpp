// Schedules and how they shrink.
#include "property/schedule.hpp"
#include "property/shrink.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

using namespace property;

namespace {

constexpr auto always = [] { return true; };

} // namespace

TEST_CASE("a seed makes one schedule, another seed another, and every kind of step comes")
{
    const auto made = make_schedule(7, 2000);
    CHECK(made.size() == 2000);
    CHECK(made == make_schedule(7, 2000));
    CHECK(made != make_schedule(8, 2000));
    // what a longer one begins with
    const auto more = make_schedule(7, 2100);
    CHECK(std::equal(made.begin(), made.end(), more.begin()));
    // on every machine: the numbers that go with seed 1
    CHECK(to_text(make_schedule(1, 3).at(2)) == "save_redis(468798217, 0)");
    std::set<step_kind> kinds;
    for (const auto& one : made)
        kinds.insert(one.what);
    CHECK(kinds.size() == step_kinds);
}

TEST_CASE("places of a schedule are read as they are written")
{
    const places some{0, 1, 2, 5, 7, 8};
    CHECK(to_text(some) == "0-2,5,7-8");
    CHECK(parse_places("0-2,5,7-8") == some);
    CHECK(parse_places("").empty());
    CHECK(to_text(places()).empty());
    for (const auto* const wrong : {"x", "1-", "-1", "3,2", "4-3", "1,1", "1-99999999", "1;2"})
        CHECK_THROWS_AS(parse_places(wrong), std::invalid_argument);
    const auto made = make_schedule(1, 9);
    CHECK(pick(made, some).at(3) == made.at(5));
    CHECK_THROWS_AS(pick(made, places{9}), std::out_of_range);
}

TEST_CASE("a planted failure shrinks to its cause")
{
    const auto made = make_schedule(3, 3000);
    // Fails when Redis is restarted after a client was stopped that was not resumed in between.
    const auto fails = [&](const places& some) {
        bool stopped = false;
        for (const auto& one : pick(made, some)) {
            if (one.what == step_kind::stop_client)
                stopped = true;
            else if (one.what == step_kind::resume_client)
                stopped = false;
            else if (one.what == step_kind::restart_redis && stopped)
                return true;
        }
        return false;
    };
    REQUIRE(fails(all_places(made.size())));
    const auto left = pick(made, shrink(all_places(made.size()), fails, always));
    REQUIRE(left.size() == 2);
    CHECK(left[0].what == step_kind::stop_client);
    CHECK(left[1].what == step_kind::restart_redis);
}

TEST_CASE(
    "shrinking ends with nothing where nothing is needed, with all where all is, and when its time is over")
{
    const auto all = all_places(17);
    CHECK(shrink(all, [](const places&) { return true; }, always).empty());
    CHECK(shrink(all, [&](const places& some) { return some == all; }, always) == all);
    int left = 3;
    int asked = 0;
    const auto some = shrink(
        all,
        [&](const places&) {
            ++asked;
            return true;
        },
        [&] { return --left > 0; });
    CHECK(asked < 4);
    CHECK(some.size() < all.size());
    CHECK(shrink({}, [](const places&) { return true; }, always).empty());
}
