// The last minute, counted by seconds: against a plain list of what happened.
#include <fullon_cache_api/detail/feed/rate_meter.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <map>
#include <random>

using fullon_cache_api::detail::rate_meter;

TEST_CASE("what happened 60 seconds ago counts no more", "[fullon_cache_api][rate_meter]")
{
    rate_meter meter;
    CHECK(meter.per_minute(1'000'000) == 0);
    meter.add(1'000'000, 3);
    meter.add(1'000'000, 1);
    meter.add(1'000'010, 2);
    CHECK(meter.per_minute(1'000'010) == 6);
    CHECK(meter.per_minute(1'000'059) == 6);
    CHECK(meter.per_minute(1'000'060) == 2);
    CHECK(meter.per_minute(1'000'069) == 2);
    CHECK(meter.per_minute(1'000'070) == 0);
    meter.add(1'000'070, 5);
    CHECK(meter.per_minute(2'000'000) == 0);
}

TEST_CASE("a time before the last one counts as that", "[fullon_cache_api][rate_meter]")
{
    rate_meter meter;
    meter.add(100, 1);
    meter.add(90, 1);
    CHECK(meter.per_minute(150) == 2);
    CHECK(meter.per_minute(160) == 0);
}

TEST_CASE("a rate is known when there was a minute to count", "[fullon_cache_api][rate_meter]")
{
    rate_meter meter;
    CHECK_FALSE(meter.begun());
    CHECK_FALSE(meter.rate(1000));
    meter.begin(1000);
    CHECK(meter.begun());
    meter.add(1000, 9); // in the second that it began with
    meter.add(1030, 4);
    CHECK_FALSE(meter.rate(1059));
    CHECK(meter.rate(1060) == 4U);
    CHECK(meter.rate(1090) == 0U);
    meter.add(1095, 7);
    meter.end();
    CHECK_FALSE(meter.rate(1096));
    meter.begin(1097);
    CHECK_FALSE(meter.rate(1156));
    CHECK(meter.rate(1157) == 0U); // what was before is forgotten
}

TEST_CASE("any sequence counts as its last minute does", "[fullon_cache_api][rate_meter]")
{
    for (unsigned seed = 1; seed <= 50; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        rate_meter meter;
        std::map<std::int64_t, std::uint64_t> happened;
        std::int64_t now = static_cast<std::int64_t>(random() % 1000);
        for (int step = 0; step < 500; ++step) {
            now += static_cast<std::int64_t>(random() % (random() % 10 == 0 ? 100 : 3));
            const auto count = random() % 4;
            meter.add(now, count);
            happened[now] += count;
            std::uint64_t expected = 0;
            for (auto one = happened.upper_bound(now - 60); one != happened.end(); ++one)
                expected += one->second;
            REQUIRE(meter.per_minute(now) == expected);
        }
    }
}
