// When data counts as healthy: by age, by share, by what is unreadable; and how long bars are.
#include <fullon_cache_api/detail/answers/health_rules.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

using namespace fullon_cache_api::protocol;
using enum health_state;

TEST_CASE("states have the names of the wire, and an order", "[fullon_cache_api][health_rules]")
{
    CHECK(health_text(healthy) == "healthy");
    CHECK(health_text(degraded) == "degraded");
    CHECK(health_text(unhealthy) == "unhealthy");
    CHECK(worse_of(healthy, degraded) == degraded);
    CHECK(worse_of(unhealthy, degraded) == unhealthy);
    CHECK(worse_of(healthy, healthy) == healthy);
    CHECK(better_of(unhealthy, degraded) == degraded);
}

TEST_CASE("an age degrades after 5 minutes and is unhealthy after an hour, limits included in the better",
          "[fullon_cache_api][health_rules]")
{
    const double now = 1'762'500'000;
    CHECK(state_by_age(now, now) == healthy);
    CHECK(state_by_age(now + 5, now) == healthy); // the clock of another machine
    CHECK(state_by_age(now - 300, now) == healthy);
    CHECK(state_by_age(now - 301, now) == degraded);
    CHECK(state_by_age(now - 3600, now) == degraded);
    CHECK(state_by_age(now - 3601, now) == unhealthy);
    CHECK(state_by_age(std::nullopt, now) == unhealthy);
    CHECK(state_by_age(now - 2, now, {.degraded = 1, .unhealthy = 3}) == degraded);
}

TEST_CASE("a time too far ahead, or in milliseconds, is current for nobody",
          "[fullon_cache_api][health_rules]")
{
    const double now = 1'762'500'000;
    CHECK(is_current(now + most_ahead, now, 300));
    CHECK_FALSE(is_current(now + most_ahead + 1, now, 300));
    CHECK_FALSE(is_current(now * 1000, now, 300));
    CHECK_FALSE(is_current(std::nan(""), now, 300));
    CHECK_FALSE(is_current(std::nullopt, now, 300));
    CHECK(state_by_age(now + 60, now) == healthy);
    CHECK(state_by_age(now + 61, now) == unhealthy);
    CHECK(state_by_age(now * 1000, now) == unhealthy);
    CHECK(bars_are_fresh(now + 60, "1m", now) == true);
    CHECK(bars_are_fresh(now + 61, "1m", now) == false);
    CHECK(bars_are_fresh(now * 1000, "1d", now) == false);
}

TEST_CASE("an age is known up to a time that is too far ahead, and never below 0",
          "[fullon_cache_api][health_rules]")
{
    const double now = 1'762'500'000;
    CHECK(age_of(now - 1.5, now) == 1.5);
    CHECK(age_of(-1e300, now) == 1e300);
    CHECK(age_of(now + most_ahead, now) == 0.0);
    CHECK(age_of(now + most_ahead + 1, now) == std::nullopt);
    CHECK(age_of(now * 1000, now) == std::nullopt);
    CHECK(age_of(1e300, now) == std::nullopt);
    CHECK(age_of(std::nullopt, now) == std::nullopt);
}

TEST_CASE("what waits is as old as its oldest, else as its newest", "[fullon_cache_api][health_rules]")
{
    const double now = 1'762'500'000;
    CHECK(state_by_wait(now - 10, now, now) == healthy);
    CHECK(state_by_wait(now - 301, now, now) == degraded);
    CHECK(state_by_wait(std::nullopt, now - 10, now) == healthy);
    CHECK(state_by_wait(std::nullopt, now - 3601, now) == unhealthy);
    CHECK(state_by_wait(now * 1000, now, now) == unhealthy);
    CHECK(state_by_wait(std::nullopt, std::nullopt, now) == degraded);
}

TEST_CASE("a share is healthy when none is bad and unhealthy when all are, or there is nothing",
          "[fullon_cache_api][health_rules]")
{
    CHECK(state_by_share(0, 1) == healthy);
    CHECK(state_by_share(1, 2) == degraded);
    CHECK(state_by_share(2, 2) == unhealthy);
    CHECK(state_by_share(0, 0) == unhealthy);
    CHECK(state_by_unreadable(0) == healthy);
    CHECK(state_by_unreadable(1) == degraded);
}

TEST_CASE("a span of times knows its ends, and nothing of unknown times", "[fullon_cache_api][health_rules]")
{
    time_span times;
    times.add(std::nullopt);
    CHECK_FALSE(times.oldest);
    CHECK_FALSE(times.newest);
    for (const double one : {5.0, 3.0, 9.0})
        times.add(one);
    times.add(std::nullopt);
    CHECK(times.oldest == 3.0);
    CHECK(times.newest == 9.0);
    time_span before_the_epoch;
    before_the_epoch.add(-2);
    CHECK(before_the_epoch.newest == -2.0);
}

TEST_CASE("a timeframe is a number and a unit", "[fullon_cache_api][health_rules]")
{
    const std::pair<std::string_view, double> lengths[] = {{"30s", 30},    {"1m", 60},     {"15m", 900},
                                                           {"1h", 3600},   {"4h", 14400},  {"1d", 86400},
                                                           {"1w", 604800}, {"1M", 2592000}};
    for (const auto& [text, seconds] : lengths) {
        CAPTURE(text);
        CHECK(timeframe_seconds(text) == seconds);
    }
    for (const std::string_view text :
         {"", "m", "1", "1x", "-1m", "0m", "1 m", "m1", "1mm", "nanm", "infm", "1e2m"}) {
        CAPTURE(text);
        CHECK_FALSE(timeframe_seconds(text));
    }
}

TEST_CASE("bars are fresh until the next one should have come", "[fullon_cache_api][health_rules]")
{
    const double now = 1'762'500'000;
    CHECK(bars_are_fresh(now, "1m", now) == true);
    CHECK(bars_are_fresh(now - 180, "1m", now) == true);
    CHECK(bars_are_fresh(now - 181, "1m", now) == false);
    CHECK(bars_are_fresh(now - 86400, "1d", now) == true);
    CHECK(bars_are_fresh(std::nullopt, "1m", now) == false); // unreadable
    CHECK_FALSE(bars_are_fresh(now, "odd", now).has_value());
}
