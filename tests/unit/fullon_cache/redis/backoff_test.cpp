// Pauses between attempts: their range, their growth, their jitter. Also the generator behind them.
#include <fullon_coro/backoff.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <set>

using fullon_coro::backoff;
using fullon_coro::splitmix64;
using namespace std::chrono_literals;

TEST_CASE("pauses double from the least to the greatest, each in the upper half of its range",
          "[fullon_cache][backoff]")
{
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        fullon_coro::backoff pauses(50ms, 500ms, seed);
        for (const auto full : {50ms, 100ms, 200ms, 400ms, 500ms, 500ms, 500ms}) {
            const auto pause = pauses.next();
            CHECK(pause <= full);
            CHECK(pause >= full / 2);
        }
    }
}

TEST_CASE("a pause never exceeds the greatest, however long it goes on", "[fullon_cache][backoff]")
{
    fullon_coro::backoff pauses(1ms, 86400000ms, 7);
    std::chrono::milliseconds last{};
    for (int i = 0; i < 10000; ++i) {
        last = pauses.next();
        REQUIRE(last >= 1ms);
        REQUIRE(last <= 86400000ms);
    }
    CHECK(last >= 43200000ms);
}

TEST_CASE("reset starts again with the least pause", "[fullon_cache][backoff]")
{
    fullon_coro::backoff pauses(50ms, 5000ms, 3);
    for (int i = 0; i < 10; ++i)
        pauses.next();
    CHECK(pauses.next() > 50ms);
    pauses.reset();
    CHECK(pauses.next() <= 50ms);
    CHECK(pauses.next() <= 100ms);
}

// Many clients of one server that died must not come back in step.
TEST_CASE("pauses are spread over their range", "[fullon_cache][backoff]")
{
    std::set<std::int64_t> seen;
    std::int64_t low = 1000, high = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        const auto pause = backoff(500ms, 500ms, seed).next().count();
        seen.insert(pause);
        low = std::min(low, pause);
        high = std::max(high, pause);
    }
    CHECK(seen.size() > 200);
    CHECK(low < 260);
    CHECK(high > 490);
}

TEST_CASE("both ends of the range can be drawn", "[fullon_cache][backoff]")
{
    std::set<std::int64_t> seen;
    for (std::uint64_t seed = 0; seed < 200; ++seed)
        seen.insert(backoff(4ms, 4ms, seed).next().count());
    CHECK(seen == std::set<std::int64_t>{2, 3, 4});
}

TEST_CASE("the same seed gives the same pauses", "[fullon_cache][backoff]")
{
    backoff one(50ms, 500ms, 42), same(50ms, 500ms, 42);
    for (int i = 0; i < 20; ++i)
        CHECK(one.next() == same.next());
}

TEST_CASE("tiny ranges do not divide by zero or stop the growth", "[fullon_cache][backoff]")
{
    backoff one(1ms, 4ms, 1);
    CHECK(one.next() == 1ms);
    CHECK(one.next() <= 2ms);
    CHECK(one.next() <= 4ms);
    CHECK(one.next() >= 2ms);
    CHECK(backoff(0ms, 0ms, 1).next() == 0ms);
}

// The published first values of splitmix64 for seed 1234567.
TEST_CASE("the generator is splitmix64", "[fullon_cache][backoff]")
{
    fullon_coro::splitmix64 random(1234567);
    for (const std::uint64_t expected : {6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                         4593380528125082431u, 16408922859458223821u})
        CHECK(random() == expected);
}
