// A complete program: serves the cache until Ctrl-C. README.md shows it whole.
#include <fullon_cache_api/cache_websocket_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

namespace asio = boost::asio;
using fullon_cache_api::cache_websocket_server;
using fullon_cache_api::server_config;

asio::awaitable<void> serve(server_config config)
{
    // One serial executor for all of it: a single-threaded io_context, or a strand.
    const auto executor = co_await asio::this_coro::executor;
    asio::signal_set signals(executor, SIGINT, SIGTERM);
    cache_websocket_server server(executor, config);
    co_await server.start(); // clients can connect; Redis may come later
    fmt::print("listening on port {}; Ctrl-C ends it\n", server.port());
    std::fflush(stdout);

    co_await signals.async_wait(asio::use_awaitable);

    co_await server.stop(); // lets requests finish, closes every client with 1001
}

int main(int argc, char** argv)
{
    if (argc > 1) {
        fmt::print(stderr, "usage: first_server (set REDIS_HOST, WEBSOCKET_PORT, ...: see .env.example)\n");
        return std::string_view(argv[1]) == "--help" ? 0 : 2;
    }
    try {
        asio::io_context context(1);
        asio::co_spawn(context, serve(server_config::from_env()), [](std::exception_ptr failure) {
            if (failure) // such as a port that is taken: out of run()
                std::rethrow_exception(failure);
        });
        context.run();
    } catch (const std::exception& failure) {
        fmt::print(stderr, "first_server: {}\n", failure.what());
        return 1;
    }
}
