// A user's program: the example of the documentation as it stands there, run only when a server is named.
#include <fullon_cache_api/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <fmt/core.h>

#include <exception>

namespace asio = boost::asio;
using fullon_cache_api::client;

// clang-format off
asio::awaitable<void> trade() {
    auto cache = co_await client::connect("ws://localhost:8765");            // the default URL may be left out
    if (auto ticker = co_await cache.get_ticker("binance", "BTC/USDT"))      // std::optional: empty on a cache miss
        fmt::print("{} {}\n", ticker->symbol, ticker->price);
    auto updates = co_await cache.stream_tickers("binance", {"BTC/USDT", "ETH/USDT"});
    while (auto update = co_await updates.next())                            // async generator
        fmt::print("Live: {}\n", update->price);
    co_await cache.close();
}
// clang-format on

int main(int argc, char**)
{
    if (argc < 2) {
        fmt::print("built and linked\n");
        return 0;
    }
    asio::io_context context;
    std::exception_ptr failure;
    asio::co_spawn(context, trade(), [&](std::exception_ptr error) { failure = error; });
    context.run();
    return failure ? 1 : 0;
}
