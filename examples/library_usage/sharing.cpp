// A program that asks the cache in its own process and lets others ask on the port that it has: also what README.md shows.
#include "sharing.hpp"

#include "http_server.hpp"

#include <fullon_cache_api/beast.hpp>
#include <fullon_cache_api/cache_websocket_server.hpp>

#include <boost/asio/this_coro.hpp>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using fullon_cache_api::cache_websocket_server;

asio::awaitable<double> price_of(fullon_cache_api::cache_calls& cache, std::string symbol)
{
    auto updates = co_await cache.stream_tickers("binance", symbol);
    const auto first = co_await updates.next();
    co_return first ? first->price : 0;
}

asio::awaitable<void> sharing_host(fullon_cache_api::server_config config)
{
    config.listen = false; // this program has a listener of its own
    const auto executor = co_await asio::this_coro::executor;
    cache_websocket_server server(executor, config);
    co_await server.start();

    const auto pages = [](request asked) -> asio::awaitable<answer> {
        co_return text_answer(asked, http::status::ok, "the desk of three traders\n");
    };
    http_server own(executor, pages, [&server](asio::ip::tcp::socket socket, request asked) {
        return fullon_cache_api::handle_client(server, std::move(socket), std::move(asked)); // to its end
    });

    const double price = co_await price_of(server, "BTC/USDT"); // no socket, no JSON message
    co_await compare("ws://127.0.0.1:" + std::to_string(own.port()), price);

    co_await server.stop();
    co_await own.stop();
}
