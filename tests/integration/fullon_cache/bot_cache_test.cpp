// bot_cache against a real Redis: who blocks what, and what bots say of themselves.
#include "support/caches.hpp"

#include <fullon_cache/bot_cache.hpp>

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using fullon_cache::bot_cache;
using fullon_cache::errc;
using world = support::cache_world<bot_cache>;

template <class Body>
void with_bots(Body body)
{
    support::with_cache<bot_cache>(std::move(body));
}

} // namespace

TEST_CASE("a symbol is blocked until it is unblocked, symbols with a colon too")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        const auto free = co_await w.cache.is_blocked("binance", "BTC/USDT:USDT");
        CHECK_FALSE(free);
        co_await w.cache.block_exchange("binance", "BTC/USDT:USDT", "bot_1");
        const auto blocked = co_await w.cache.is_blocked("binance", "BTC/USDT:USDT");
        CHECK(blocked == "bot_1");
        const auto other = co_await w.cache.is_blocked("binance", "BTC/USDT");
        CHECK_FALSE(other);
        w.cli("HSET", "block_exchange", "no colon", "x");
        const auto blocks = co_await w.cache.get_blocks();
        REQUIRE(blocks.size() == 1);
        CHECK(blocks[0].exchange == "binance");
        CHECK(blocks[0].symbol == "BTC/USDT:USDT");
        CHECK(blocks[0].bot_id == "bot_1");
        const bool was = co_await w.cache.unblock_exchange("binance", "BTC/USDT:USDT", "bot_1");
        CHECK(was);
        const bool again = co_await w.cache.unblock_exchange("binance", "BTC/USDT:USDT", "bot_1");
        CHECK_FALSE(again);
    });
}

TEST_CASE("of many bots that try to block a symbol exactly one does")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        std::vector<std::unique_ptr<fullon_cache::connection>> connections;
        std::vector<std::string> winners;
        int running = 0;
        auto compete = [&](int which) -> asio::awaitable<void> {
            connections.push_back(std::make_unique<fullon_cache::connection>(
                w.connection.get_executor(), support::redis_config(w.server)));
            auto& own = *connections.back();
            own.start();
            const bot_cache cache(own);
            for (int symbol = 0; symbol < 20; ++symbol) {
                const auto bot = "bot_" + std::to_string(which);
                const bool ours =
                    co_await cache.try_block_exchange("kraken", "S" + std::to_string(symbol), bot);
                if (ours)
                    winners.push_back("S" + std::to_string(symbol));
                const bool repeated =
                    co_await cache.try_block_exchange("kraken", "S" + std::to_string(symbol), bot);
                CHECK(repeated == ours); // what is ours stays ours
            }
            co_await own.stop();
            --running;
        };
        for (int which = 0; which < 6; ++which) {
            ++running;
            asio::co_spawn(w.connection.get_executor(), compete(which),
                           [&](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
        }
        co_await support::eventually("all bots have ended", [&] { return running == 0; });
        std::sort(winners.begin(), winners.end());
        CHECK(winners.size() == 20);
        CHECK(std::unique(winners.begin(), winners.end()) == winners.end());
    });
}

TEST_CASE("a bot's mark that it opens a position is seen with its time")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        const bool before = co_await w.cache.is_opening_position("binance", "BTC/USDT");
        CHECK_FALSE(before);
        co_await w.cache.mark_opening_position("binance", "BTC/USDT", "7");
        const bool now = co_await w.cache.is_opening_position("binance", "BTC/USDT");
        CHECK(now);
        const auto mark = co_await w.cache.get_opening_position("binance", "BTC/USDT");
        REQUIRE(mark);
        CHECK(mark->bot_id == "7");
        CHECK(mark->since.value_or(0) > 1.7e9);
        const bool was = co_await w.cache.unmark_opening_position("binance", "BTC/USDT", "7");
        CHECK(was);
        const bool after = co_await w.cache.is_opening_position("binance", "BTC/USDT");
        CHECK_FALSE(after);
    });
}

TEST_CASE("the status of bots is read back with the time of each feed, broken ones left out")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        auto status = json::parse(R"({"feed_1": {"status": "running", "n": 1}, "note": "x"})").as_object();
        co_await w.cache.update_bot("bot_1", status);
        const auto bot = co_await w.cache.get_bot("bot_1");
        REQUIRE(bot);
        CHECK(bot->status() == "running");
        CHECK(bot->timestamp().value_or(0) > 1.7e9);
        CHECK(bot->data.at("note").as_string() == "x");
        const auto missing = co_await w.cache.get_bot("bot_2");
        CHECK_FALSE(missing);
        w.cli("HSET", "bot_status", "broken", "{x", "list", "[1]", "empty", "{}");
        const auto bots = co_await w.cache.get_bots();
        CHECK(bots.size() == 2);
        const auto broken = co_await support::error_of(w.cache.get_bot("broken"));
        CHECK(broken == errc::serialization);
        const bool deleted = co_await w.cache.del_bot("bot_1");
        CHECK(deleted);
        const bool again = co_await w.cache.del_bot("bot_1");
        CHECK_FALSE(again);
        const bool all = co_await w.cache.del_status();
        CHECK(all);
        const auto none = co_await w.cache.get_bots();
        CHECK(none.empty());
    });
}

TEST_CASE("while Redis is down nothing is free")
{
    with_bots([](world& w) -> asio::awaitable<void> {
        const auto no_symbol = co_await support::error_of(w.cache.is_blocked("binance", ""));
        CHECK(no_symbol == errc::invalid_argument);
        const auto colon = co_await support::error_of(w.cache.block_exchange("a:b", "c", "bot"));
        CHECK(colon == errc::invalid_argument);
        const auto no_bot = co_await support::error_of(w.cache.block_exchange("a", "c", ""));
        CHECK(no_bot == errc::invalid_argument);
        w.server.kill();
        const auto down = co_await support::error_of(w.cache.is_blocked("binance", "BTC/USDT"));
        CHECK(down == errc::unavailable);
        const auto opening = co_await support::error_of(w.cache.is_opening_position("binance", "BTC/USDT"));
        CHECK(opening == errc::unavailable);
        const auto trying =
            co_await support::error_of(w.cache.try_block_exchange("binance", "BTC/USDT", "b"));
        CHECK(trying == errc::unavailable);
    });
}
