// Bots that keep out of each other's way with fullon_cache: three of them want the same symbols, and only the
// one that has blocked a symbol trades there. A supervisor sees from their heartbeats how they are, and tells
// all of them to stop. Starts a Redis of its own; each bot has a connection of its own, as if it were a
// program of its own.
#include "support/pause.hpp"
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/base_reader.hpp>
#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/process_cache.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include <array>
#include <chrono>
#include <map>
#include <string>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using examples::expect;
using examples::pause;

namespace {

constexpr std::array symbols{"BTC/USDT", "ETH/USDT"};
constexpr int bots = 3;

/// What the example looks at to see that all is as it says; the bots know each other through Redis only.
struct observed {
    std::map<std::string, int> trading; ///< bots that trade a symbol now
    int trades = 0;
    int refusals = 0;
    int stopped = 0;
};

asio::awaitable<void> trade(fullon_cache::bot_cache cache, std::string id, std::string symbol, observed* seen)
{
    co_await cache.mark_opening_position("kraken", symbol, id);
    expect(++seen->trading[symbol] == 1, "nobody else trades this symbol");
    fmt::print("bot {}     has {}, opens a position\n", id, symbol);
    co_await pause(20ms); // it would be sent to the exchange
    const auto mark = co_await cache.get_opening_position("kraken", symbol);
    expect(mark && mark->bot_id == id, "the mark that it set");
    --seen->trading[symbol];
    co_await cache.unmark_opening_position("kraken", symbol, id);
    co_await cache.unblock_exchange("kraken", symbol, id); // last: now the others may
    ++seen->trades;
}

/// Trades every symbol once, when it is free.
asio::awaitable<void> trade_all(fullon_cache::bot_cache cache, std::string id, observed* seen)
{
    for (const std::string symbol : symbols) {
        bool ours = false;
        while (!ours) {
            ours = co_await cache.try_block_exchange("kraken", symbol, id, 1min);
            if (!ours) {
                ++seen->refusals;
                co_await pause(5ms);
            }
        }
        co_await trade(cache, id, symbol, seen);
    }
    fmt::print("bot {}     has traded everything\n", id);
}

/// Heartbeats, for ever.
asio::awaitable<void> report(fullon_cache::bot_cache cache, fullon_cache::process_cache processes,
                             std::string id, std::string process)
{
    for (;;) {
        fullon_cache::process_update update;
        update.status = "running";
        co_await processes.update_process(process, update);
        const boost::json::object status{{"status", "running"}, {"feed", {{"symbol", "BTC/USDT"}}}};
        co_await cache.update_bot(id, status);
        co_await pause(10ms);
    }
}

/// Ends when the supervisor says so.
asio::awaitable<void> wait_for_stop(fullon_cache::base_reader channels)
{
    auto messages = channels.subscribe("process:broadcast:bot");
    const auto message = co_await messages.next();
    const auto content = boost::json::parse(message.value().payload);
    expect(content.at("message") == "stop", "the only message there is");
}

asio::awaitable<void> bot(fullon_cache::config config, std::string id, observed* seen)
{
    fullon_cache::connection connection(co_await asio::this_coro::executor, config);
    connection.start();
    const fullon_cache::bot_cache cache(connection);
    const fullon_cache::process_cache processes(connection);
    const auto process = co_await processes.register_process("bot", "bot_" + id);
    co_await ((trade_all(cache, id, seen) && report(cache, processes, id, process)) ||
              wait_for_stop(fullon_cache::base_reader(connection)));
    co_await processes.stop_process(process, "told to");
    ++seen->stopped;
    fmt::print("bot {}     stopped\n", id);
    co_await connection.stop();
}

asio::awaitable<void> supervise(fullon_cache::config config, observed* seen)
{
    fullon_cache::connection connection(co_await asio::this_coro::executor, config);
    connection.start();
    const fullon_cache::bot_cache cache(connection);
    const fullon_cache::process_cache processes(connection);
    fullon_cache::system_health health;
    while (seen->trades < bots * static_cast<int>(symbols.size()) || health.by_status["running"] < bots) {
        health = co_await processes.get_system_health();
        co_await pause(10ms);
    }
    expect(health.healthy && health.total_processes == bots, "three bots, all well");
    fmt::print("health    {} bots run, {} of their heartbeats are stale\n", health.by_type["bot"],
               health.stale_processes);
    expect((co_await cache.get_blocks()).empty(), "every symbol is free again");
    for (const auto& one : co_await cache.get_bots())
        fmt::print("status    bot {}: {}\n", one.bot_id, one.status());

    while (seen->stopped < bots) { // again, for one that did not listen yet
        const auto heard = co_await processes.broadcast_message("bot", "stop");
        if (heard > 0)
            fmt::print("stop      {} of them heard it\n", heard);
        co_await pause(50ms);
    }
    expect((co_await processes.get_system_health()).total_processes == 0, "none is active any more");
    co_await connection.stop();
}

asio::awaitable<void> example()
{
    support::redis_server redis;
    fullon_cache::config config;
    config.host = redis.host();
    config.port = redis.port();
    fmt::print("redis     a private one, on port {}\n", redis.port());

    observed seen;
    co_await (bot(config, "1", &seen) && bot(config, "2", &seen) && bot(config, "3", &seen) &&
              supervise(config, &seen));
    expect(seen.trades == 6 && seen.refusals > 0, "each bot traded each symbol, and was refused meanwhile");
    fmt::print("done      {} positions opened, {} times refused, never two at once\n", seen.trades,
               seen.refusals);
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(argc, argv, "Bots that keep out of each other's way with fullon_cache.");
    return examples::run(example());
}
