// A client follows prices, trades and bars of a symbol in one loop, while services write them into Redis and another one
// takes the trades out. Starts a Redis and a server of its own. Against yours: call follow("ws://localhost:8765").
#include "follow_market/follow.hpp"
#include "support/pause.hpp"
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/ohlcv_cache.hpp>
#include <fullon_cache/tick_cache.hpp>
#include <fullon_cache/trades_cache.hpp>
#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>

#include <cmath>
#include <string>
#include <variant>
#include <vector>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

namespace {

const std::string symbol = "BTC/USDT";

struct services {
    explicit services(const fullon_cache::connection& redis) : ticks(redis), trades(redis), bars(redis) {}
    fullon_cache::tick_cache ticks;
    fullon_cache::trades_cache trades;
    fullon_cache::ohlcv_cache bars;
};

asio::awaitable<void> write_price(const services* to, double price)
{
    fullon_orm::tick tick;
    tick.exchange = "binance";
    tick.symbol = symbol;
    tick.price = price;
    co_await to->ticks.set_ticker(tick);
}

asio::awaitable<void> write_trade(const services* to, double price)
{
    fullon_orm::trade trade;
    trade.symbol = symbol;
    trade.price = price;
    trade.volume = 0.25;
    co_await to->trades.push_trade("binance", trade);
}

asio::awaitable<void> write_bar(const services* to, double begin, double price)
{
    std::vector<fullon_orm::bar> bar(1);
    bar.front().timestamp = begin;
    bar.front().open = bar.front().high = bar.front().low = bar.front().close = price;
    co_await to->bars.update_ohlcv_bars(symbol, "1m", std::move(bar));
}

/// A minute of a market, in a second.
asio::awaitable<void> trade_for_a_minute(const services* to)
{
    for (int step = 1; step <= 20; ++step) {
        co_await examples::pause(20ms);
        if (step % 5 == 0) // the service that stores trades
            co_await to->trades.take_trades("binance", symbol);
        co_await write_price(to, 47000 + step);
        co_await write_trade(to, 47000 + step);
        co_await write_bar(to, 60, 47000 + step);
    }
    co_await write_bar(to, 120, 47021); // closes the one before
    co_await examples::pause(10s);
}

asio::awaitable<void> example()
{
    const auto executor = co_await asio::this_coro::executor;
    support::redis_server redis;
    fullon_cache_api::server_config config;
    config.host = "127.0.0.1";
    config.port = 0; // any free one
    config.redis.host = redis.host();
    config.redis.port = redis.port();
    fullon_cache::connection connection(executor, config.redis);
    connection.start();
    const services writing(connection);
    co_await write_price(&writing, 47000);
    co_await write_bar(&writing, 60, 47000);

    fullon_cache_api::cache_websocket_server server(executor, config);
    co_await server.start();
    const auto url = fmt::format("ws://127.0.0.1:{}", server.port());
    fmt::print("Redis on port {}, server on port {}\n", redis.port(), server.port());
    const auto ended = co_await (follow(url) || trade_for_a_minute(&writing));
    const auto* seen = std::get_if<0>(&ended);
    // On a machine that is busy elsewhere some may be taken before the server could read them: 20 are usual.
    examples::expect(seen && seen->trades > 0 && seen->trades <= 20, "no trade twice");
    examples::expect(seen->bar_close == 47020, "the last price of the minute");
    co_await server.stop();
    co_await connection.stop();
    fmt::print("done\n");
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(argc, argv,
                                "A client follows prices, trades and bars of a symbol in one loop.");
    return examples::run(example());
}
