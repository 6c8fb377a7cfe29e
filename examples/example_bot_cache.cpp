// The bot cache of fullon_cache: what bots say of themselves, and the symbols that they keep each other from.
// Starts a Redis of its own. By hand, at yours: redis-cli HGETALL bot_status, HGETALL block_exchange,
// HGETALL opening_position. How several bots use this together: pattern_bot_coordination.cpp.
#include "support/pause.hpp"
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/bot_cache.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/json/object.hpp>
#include <fmt/core.h>
#include <fullon_orm/iso_time.hpp>

#include <chrono>
#include <string>

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using examples::expect;
using examples::pause;

namespace {

asio::awaitable<void> status(fullon_cache::bot_cache cache)
{
    // Whatever a bot wants to tell. Members that are objects are its feeds: each gets the time of this write.
    json::object btc{{"symbol", "BTC/USDT"}, {"status", "running"}, {"position", 0.25}};
    json::object eth{{"symbol", "ETH/USDT"}, {"status", "waiting"}, {"position", 0}};
    json::object first{{"name", "trend"}, {"0", btc}, {"1", eth}};
    co_await cache.update_bot("1", first);
    json::object second{{"name", "grid"}, {"status", "paused"}};
    co_await cache.update_bot("2", second);
    fmt::print("written   status of the bots 1 and 2\n");

    const auto bot = co_await cache.get_bot("1");
    expect(bot && bot->status() == "running", "of a bot with feeds, the status of the first one");
    expect(bot->data.at("1").at("symbol") == "ETH/USDT", "the data as they were written");
    fmt::print("bot       1: {}, position {}, {}\n", bot->status(),
               bot->data.at("0").at("position").as_double(),
               fullon_orm::format_iso(bot->timestamp().value()));

    for (const auto& one : co_await cache.get_bots())
        fmt::print("bots      {}: {}, {}\n", one.bot_id, one.data.at("name").as_string().c_str(),
                   one.status());
    expect((co_await cache.get_bots()).size() == 2, "two bots");
    expect(!co_await cache.get_bot("3"), "an empty optional for a bot that is not there");
    fmt::print("bot       3: not in the cache\n");
}

asio::awaitable<void> block(fullon_cache::bot_cache cache)
{
    // Taken only while it is free: of several bots that try, one gets it.
    expect(co_await cache.try_block_exchange("kraken", "BTC/USDT", "1"), "it was free");
    expect(!co_await cache.try_block_exchange("kraken", "BTC/USDT", "2"), "now it is not");
    expect(co_await cache.try_block_exchange("kraken", "BTC/USDT", "1"), "but bot 1 may ask again");
    fmt::print("block     BTC/USDT at kraken: bot 1 has it, bot 2 is refused\n");

    co_await cache.block_exchange("kraken", "ETH/USDT", "1");
    co_await cache.block_exchange("kraken", "ETH/USDT", "2"); // takes it away, without asking
    const auto holder = co_await cache.is_blocked("kraken", "ETH/USDT");
    expect(holder == "2", "the last one to block it");
    fmt::print("block     ETH/USDT at kraken: bot {} has it\n", *holder);

    for (const auto& one : co_await cache.get_blocks())
        fmt::print("blocks    {} at {}: bot {}, for {} ms\n", one.symbol, one.exchange, one.bot_id,
                   one.age.value_or(0ms).count());
    expect(!co_await cache.is_blocked("binance", "BTC/USDT"), "free: another exchange");
}

// A bot that may die asks for a lease, and again before it is over.
asio::awaitable<void> take_over(fullon_cache::bot_cache cache)
{
    expect(co_await cache.try_block_exchange("kraken", "SOL/USDT", "1", 50ms), "it was free");
    expect(!co_await cache.take_over_block("kraken", "SOL/USDT", "1", "2", 50ms), "bot 1 may be alive");
    bool ours = false;
    while (!ours) {
        co_await pause(10ms);
        for (const auto& one : co_await cache.get_blocks())
            if (one.symbol == "SOL/USDT" && one.stale())
                ours = co_await cache.take_over_block("kraken", "SOL/USDT", one.bot_id, "2", 1min);
    }
    expect(!co_await cache.unblock_exchange("kraken", "SOL/USDT", "1"), "a late word of bot 1 frees nothing");
    expect(co_await cache.unblock_exchange("kraken", "SOL/USDT", "2"), "bot 2 has it");
    fmt::print("lease     SOL/USDT at kraken: bot 1 fell silent, bot 2 took it over\n");
}

asio::awaitable<void> open_position(fullon_cache::bot_cache cache)
{
    co_await cache.mark_opening_position("kraken", "BTC/USDT", "1");
    const auto mark = co_await cache.get_opening_position("kraken", "BTC/USDT");
    expect(mark && mark->bot_id == "1" && mark->since, "who opens a position there, and since when");
    fmt::print("opening   {} at {}: bot {} since {}\n", mark->symbol, mark->exchange, mark->bot_id,
               fullon_orm::format_iso(*mark->since));

    expect(co_await cache.unmark_opening_position("kraken", "BTC/USDT", "1"), "there was a mark");
    expect(!co_await cache.is_opening_position("kraken", "BTC/USDT"), "and now there is none");
    expect(co_await cache.unblock_exchange("kraken", "BTC/USDT", "1"), "it was blocked");
    expect(co_await cache.try_block_exchange("kraken", "BTC/USDT", "2"), "and is bot 2's now");
    fmt::print("unblock   BTC/USDT at kraken: the position is open, bot 2 has the symbol now\n");
}

asio::awaitable<void> remove(fullon_cache::bot_cache cache)
{
    expect(co_await cache.del_bot("1"), "there was a status to delete");
    expect(co_await cache.del_status(), "and there were others");
    expect((co_await cache.get_bots()).empty(), "no bot is left");
    expect((co_await cache.get_blocks()).size() == 2, "but the blocks are: they are something else");
    fmt::print("deleted   the status of bot 1, then of all bots; 2 blocks are left\n");
}

asio::awaitable<void> example()
{
    support::redis_server redis;
    fullon_cache::config config;
    config.host = redis.host();
    config.port = redis.port();
    fmt::print("redis     a private one, on port {}\n", redis.port());

    fullon_cache::connection connection(co_await asio::this_coro::executor, config);
    connection.start();
    const fullon_cache::bot_cache cache(connection);
    co_await status(cache);
    co_await block(cache);
    co_await take_over(cache);
    co_await open_position(cache);
    co_await remove(cache);
    co_await connection.stop();
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(argc, argv,
                                "The bot cache of fullon_cache: the status of bots, and blocked symbols.");
    return examples::run(example());
}
