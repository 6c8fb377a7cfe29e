// A program of its own that serves the cache, too: also what README.md shows.
#include "host.hpp"

#include <fullon_cache_api/cache_websocket_server.hpp>

#include <boost/asio/this_coro.hpp>

namespace asio = boost::asio;
using fullon_cache_api::cache_websocket_server;

asio::awaitable<void> host(fullon_cache_api::server_config config) // or server_config::from_env()
{
    // One serial executor for all of it: a single-threaded io_context, or a strand.
    const auto executor = co_await asio::this_coro::executor;
    cache_websocket_server server(executor, config);
    co_await server.start(); // clients can connect; Redis may come later

    co_await own_work("ws://127.0.0.1:" + std::to_string(server.port()));

    co_await server.stop(); // lets requests finish, closes every client with 1001
}
