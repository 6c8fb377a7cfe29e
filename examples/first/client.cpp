// A complete program: asks for a ticker and follows it. README.md shows it whole.
#include <fullon_cache_api/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <string>

namespace asio = boost::asio;
using fullon_cache_api::client;

asio::awaitable<void> follow(std::string url)
{
    auto cache = co_await client::connect(url);
    if (auto ticker = co_await cache.get_ticker("binance", "BTC/USDT")) // empty when the cache has none
        fmt::print("{} {}\n", ticker->symbol, ticker->price);

    auto updates = co_await cache.stream_tickers("binance", "BTC/USDT");
    for (int seen = 0; seen < 10; ++seen) {
        auto update = co_await updates.next(); // first the current state, then every change
        if (!update)
            break; // the client was closed
        fmt::print("{} {} {}\n", update->snapshot ? "now: " : "live:", update->symbol, update->price);
    }
    co_await cache.close();
}

int main(int argc, char** argv)
{
    const std::string url = argc < 2 ? "ws://localhost:8765" : argv[1];
    if (!url.starts_with("ws")) {
        fmt::print(stderr, "usage: first_client [ws://HOST:PORT]\n");
        return url == "--help" ? 0 : 2;
    }
    try {
        asio::io_context context(1);
        asio::co_spawn(context, follow(url), [](std::exception_ptr failure) {
            if (failure) // such as a server that is not there: out of run()
                std::rethrow_exception(failure);
        });
        context.run();
    } catch (const std::exception& failure) {
        fmt::print(stderr, "first_client: {}\n", failure.what());
        return 1;
    }
}
