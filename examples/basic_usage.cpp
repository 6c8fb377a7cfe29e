// A client reads a ticker and follows two of them live, while another coroutine writes prices into Redis.
// Starts a Redis and a server of its own. Against yours: call watch("ws://localhost:8765").
#include "basic_usage/watch.hpp"
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/tick_cache.hpp>
#include <fullon_cache_api/cache_websocket_server.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>

#include <chrono>
#include <string>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

namespace {

asio::awaitable<void> write(fullon_cache::tick_cache cache, std::string symbol, double price)
{
    fullon_orm::tick tick;
    tick.exchange = "binance";
    tick.symbol = symbol;
    tick.price = price;
    tick.time = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    co_await cache.set_ticker(tick);
}

/// Stands for the service that collects prices. Goes on until it is cancelled.
asio::awaitable<void> keep_writing(fullon_cache::tick_cache cache)
{
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (int step = 1;; ++step) {
        pause.expires_after(std::chrono::milliseconds(100));
        co_await pause.async_wait(asio::use_awaitable);
        co_await write(cache, "BTC/USDT", 47000 + step);
        co_await write(cache, "ETH/USDT", 3700 + step);
    }
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
    const fullon_cache::tick_cache cache(connection);
    co_await write(cache, "BTC/USDT", 47000);
    co_await write(cache, "ETH/USDT", 3700);

    fullon_cache_api::cache_websocket_server server(executor, config);
    co_await server.start();
    fmt::print("Redis on port {}, server on port {}\n", redis.port(), server.port());

    const auto url = fmt::format("ws://127.0.0.1:{}", server.port());
    const auto ended =
        co_await (watch(url) || keep_writing(cache)); // the writer is cancelled when the client is done
    const double* last_price = std::get_if<0>(&ended);
    examples::expect(last_price && *last_price > 3700, "ten updates, the last of them live");

    co_await server.stop();
    co_await connection.stop();
    fmt::print("done\n");
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(argc, argv, "A client reads a ticker and follows two of them live.");
    return examples::run(example());
}
