// Who holds a block, since when and for how long; who may free it and who may take it over.
#include "support/caches.hpp"

#include <fullon_cache/bot_cache.hpp>

#include <fullon_orm/iso_time.hpp>

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::bot_cache;
using fullon_cache::errc;
using fullon_cache::held_block;
using world = support::cache_world<bot_cache>;

template <class Body>
void with_bots(Body body)
{
    support::with_cache<bot_cache>(std::move(body));
}

asio::awaitable<std::optional<held_block>> only_block(const bot_cache* cache)
{
    auto blocks = co_await cache->get_blocks();
    std::optional<held_block> only;
    if (blocks.size() == 1)
        only = std::move(blocks.front());
    co_return only;
}

// As if it had been written so long ago.
void age_note(world& w, const char* place, std::chrono::milliseconds by)
{
    const auto note = w.cli("HGET", "fullon_cache:block_notes", place).text;
    std::size_t end = 0;
    const auto since = std::stoll(note, &end);
    auto rest = note.substr(end + 1);
    const auto until = std::stoll(rest, &end);
    w.cli("HSET", "fullon_cache:block_notes", place,
          std::to_string(since - by.count()) + " " + std::to_string(until == 0 ? 0 : until - by.count()) +
              rest.substr(end));
}

} // namespace

TEST_CASE("only who blocks a symbol frees it, a late word of a former holder frees nobody's")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        co_await w.cache.block_exchange("okx", "A", "old");
        const bool freed = co_await w.cache.unblock_exchange("okx", "A", "old");
        CHECK(freed);
        const bool taken = co_await w.cache.try_block_exchange("okx", "A", "new");
        CHECK(taken);
        const bool late = co_await w.cache.unblock_exchange("okx", "A", "old");
        CHECK_FALSE(late);
        const auto holder = co_await w.cache.is_blocked("okx", "A");
        CHECK(holder == "new");
        const bool forced = co_await w.cache.force_unblock_exchange("okx", "A");
        CHECK(forced);
        const bool nothing = co_await w.cache.force_unblock_exchange("okx", "A");
        CHECK_FALSE(nothing);
        CHECK(w.cli("DBSIZE").integer() == 0); // the notes go with the blocks
    });
}

TEST_CASE("only who opens a position takes its mark away")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        co_await w.cache.mark_opening_position("okx", "A", "bot:1"); // a colon, as the time has
        const bool other = co_await w.cache.unmark_opening_position("okx", "A", "bot");
        CHECK_FALSE(other);
        const bool marked = co_await w.cache.is_opening_position("okx", "A");
        CHECK(marked);
        const bool own = co_await w.cache.unmark_opening_position("okx", "A", "bot:1");
        CHECK(own);
        const bool again = co_await w.cache.unmark_opening_position("okx", "A", "bot:1");
        CHECK_FALSE(again);
        w.cli("HSET", "opening_position", "okx:A", "7:2026-11-20T15:36:48.107159+00:00"); // as Python does
        const bool theirs = co_await w.cache.unmark_opening_position("okx", "A", "7");
        CHECK(theirs);
        co_await w.cache.mark_opening_position("okx", "A", "1");
        const bool forced = co_await w.cache.force_unmark_opening_position("okx", "A");
        CHECK(forced);
    });
}

TEST_CASE("blocks tell their holder, their age and what is left of their lease, by the clock of Redis")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        co_await w.cache.try_block_exchange("okx", "A/B:C", "7", 10s);
        auto found = co_await only_block(&w.cache);
        REQUIRE(found);
        CHECK(found->exchange == "okx");
        CHECK(found->symbol == "A/B:C");
        CHECK(found->bot_id == "7");
        CHECK(found->since.value_or(0) > 1.7e9);
        CHECK(found->age.value_or(1h) < 5s);
        CHECK(found->lease_left.value_or(0ms) > 5s);
        CHECK(found->lease_left.value_or(1h) <= 10s);
        CHECK_FALSE(found->stale());

        age_note(w, "okx:A/B:C", 10s);
        found = co_await only_block(&w.cache);
        REQUIRE(found);
        CHECK(found->age.value_or(0ms) >= 10s);
        CHECK(found->stale());
        const auto shown = co_await w.cache.is_blocked("okx", "A/B:C");
        CHECK(shown == "7"); // until somebody takes it

        co_await w.cache.block_exchange("okx", "A/B:C", "8"); // without a lease, since now
        found = co_await only_block(&w.cache);
        REQUIRE(found);
        CHECK(found->bot_id == "8");
        CHECK(found->age.value_or(1h) < 5s);
        CHECK_FALSE(found->lease_left);
    });
}

TEST_CASE("blocks of Python services have no age and no lease, whatever was noted of another bot")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        co_await w.cache.try_block_exchange("okx", "A", "7", 1ms);
        age_note(w, "okx:A", 10s);
        w.cli("HSET", "block_exchange", "okx:A", "8");
        const auto found = co_await only_block(&w.cache);
        REQUIRE(found);
        CHECK(found->bot_id == "8");
        CHECK_FALSE(found->since);
        CHECK_FALSE(found->age);
        CHECK_FALSE(found->stale());
        for (const auto* const former : {"7", "8"}) {
            const bool taken = co_await w.cache.take_over_block("okx", "A", former, "9", 1s);
            CHECK_FALSE(taken);
        }
        w.cli("HDEL", "block_exchange", "okx:A"); // Python frees it
        const auto none = co_await w.cache.get_blocks();
        CHECK(none.empty());
        const bool free = co_await w.cache.take_over_block("okx", "A", "7", "9", 1s);
        CHECK_FALSE(free); // there is nothing to take: try_block_exchange() does that
        const bool ours = co_await w.cache.try_block_exchange("okx", "A", "9");
        CHECK(ours);
    });
}

TEST_CASE("a block is taken over by name once its lease is over, and by one bot")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        co_await w.cache.try_block_exchange("okx", "A", "7", 10s);
        const bool early = co_await w.cache.take_over_block("okx", "A", "7", "8", 10s);
        CHECK_FALSE(early);
        age_note(w, "okx:A", 9s);
        const bool renewed = co_await w.cache.try_block_exchange("okx", "A", "7", 10s);
        CHECK(renewed);
        age_note(w, "okx:A", 9s);
        const bool still = co_await w.cache.take_over_block("okx", "A", "7", "8", 10s);
        CHECK_FALSE(still); // the lease began anew
        const auto found = co_await only_block(&w.cache);
        REQUIRE(found);
        CHECK(found->age.value_or(0ms) >= 18s); // its age did not

        age_note(w, "okx:A", 1s);
        const bool other = co_await w.cache.try_block_exchange("okx", "A", "8");
        CHECK_FALSE(other); // not by the way
        const bool wrong = co_await w.cache.take_over_block("okx", "A", "6", "8", 10s);
        CHECK_FALSE(wrong);
        const bool taken = co_await w.cache.take_over_block("okx", "A", "7", "8", 10s);
        CHECK(taken);
        const bool repeated = co_await w.cache.take_over_block("okx", "A", "7", "8", 10s);
        CHECK(repeated); // so that it may be tried again
        const bool second = co_await w.cache.take_over_block("okx", "A", "7", "9", 10s);
        CHECK_FALSE(second);
        const bool back = co_await w.cache.try_block_exchange("okx", "A", "7", 10s);
        CHECK_FALSE(back); // the former holder learns of it

        co_await w.cache.try_block_exchange("okx", "B", "7"); // no lease
        age_note(w, "okx:B", 1h);
        const bool never = co_await w.cache.take_over_block("okx", "B", "7", "8", 10s);
        CHECK_FALSE(never);
        const auto negative = co_await support::error_of(w.cache.try_block_exchange("okx", "B", "7", -1ms));
        CHECK(negative == errc::invalid_argument);
        const bool longest =
            co_await w.cache.try_block_exchange("okx", "B", "7", std::chrono::milliseconds::max());
        CHECK(longest);
        for (const auto& one : co_await w.cache.get_blocks())
            CHECK_FALSE(one.stale());
    });
}

// Each bot holds the symbol for a moment and dies every now and then without a word.
TEST_CASE("of bots that die while they hold a block there is one holder at a time, and always a next one")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        constexpr auto lease = 300ms;
        constexpr int bots = 5;
        int running = 0;
        int taken_over = 0;
        std::map<std::string, int> holders;
        std::exception_ptr thrown;
        std::vector<std::unique_ptr<fullon_cache::connection>> connections;
        auto live = [&](int which) -> asio::awaitable<void> {
            connections.push_back(std::make_unique<fullon_cache::connection>(
                w.connection.get_executor(), support::redis_config(w.server)));
            auto& own = *connections.back();
            own.start();
            const bot_cache cache(own);
            int lives = 0;
            while (lives < 4) {
                const auto bot = std::to_string(which) + "." + std::to_string(lives);
                bool ours = co_await cache.try_block_exchange("okx", "A", bot, lease);
                if (!ours)
                    for (const auto& one : co_await cache.get_blocks())
                        if (one.stale() && !ours) {
                            ours = co_await cache.take_over_block("okx", "A", one.bot_id, bot, lease);
                            taken_over += ours ? 1 : 0;
                        }
                if (!ours) {
                    co_await support::pause(5ms);
                    continue;
                }
                ++holders[bot];
                const auto seen = co_await cache.is_blocked("okx", "A");
                CHECK(seen == bot);
                if (lives % 2 == 0) { // else it dies
                    const bool freed = co_await cache.unblock_exchange("okx", "A", bot);
                    CHECK(freed);
                }
                ++lives;
            }
            co_await own.stop();
        };
        for (int which = 0; which < bots; ++which) {
            ++running;
            asio::co_spawn(w.connection.get_executor(), live(which), [&](std::exception_ptr failure) {
                --running;
                thrown = failure ? std::move(failure) : thrown;
            });
        }
        co_await support::eventually("all bots have ended", [&] { return running == 0; }, 20s);
        if (thrown)
            std::rethrow_exception(thrown);
        CHECK(holders.size() == bots * 4);
        CHECK(taken_over >= bots * 2 - 1);
    });
}
