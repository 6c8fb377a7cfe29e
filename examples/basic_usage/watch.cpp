// The client half of this example: also what README.md shows.
#include "watch.hpp"

#include <fullon_cache_api/client.hpp>

#include <fmt/core.h>

namespace asio = boost::asio;
using fullon_cache_api::client;

asio::awaitable<double> watch(std::string url)
{
    auto cache = co_await client::connect(url);                         // left out: ws://localhost:8765
    if (auto ticker = co_await cache.get_ticker("binance", "BTC/USDT")) // empty when the cache has none
        fmt::print("{} {}\n", ticker->symbol, ticker->price);

    auto updates = co_await cache.stream_tickers("binance", {"BTC/USDT", "ETH/USDT"});
    double last_price = 0;
    for (int seen = 0; seen < 10; ++seen) {
        auto update = co_await updates.next(); // first the current state of both, then every change
        if (!update)
            break; // the client was closed
        last_price = update->price;
        fmt::print("{} {} {}\n", update->snapshot ? "now: " : "live:", update->symbol, last_price);
    }
    co_await cache.close();
    co_return last_price;
}
