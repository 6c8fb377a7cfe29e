// Uses each library of the package, without Redis and without a network.
#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/client_config.hpp>
#include <fullon_cache_api/server_config.hpp>
#include <fullon_cache_api/version.hpp>
#include <fullon_log/environment.hpp>
#include <fullon_orm/tick.hpp>

#if !defined(BOOST_ASIO_SEPARATE_COMPILATION) || !defined(BOOST_BEAST_SEPARATE_COMPILATION)
#error "the package does not say how its Boost was compiled"
#endif

#ifdef HAS_DOCUMENTATION
#include <fullon_cache_api/embedded_documentation.hpp>
#endif

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <fmt/core.h>

#include <chrono>
#include <exception>

namespace asio = boost::asio;

// Refused before anything is resolved; that it is shows that client, coroutines and Asio are linked.
asio::awaitable<void> connect()
{
    fullon_cache_api::client_config config;
    config.connect_timeout = std::chrono::seconds(1);
    co_await fullon_cache_api::client::connect("no url", config);
}

int main()
{
    const auto server = fullon_cache_api::server_config::from_env(
        fullon_log::environment::from({{"WEBSOCKET_PORT", "9000"}, {"REDIS_HOST", "cache.example"}}));
    const auto tick = fullon_orm::tick_from_json(R"({"price": 1650.5})", "binance", "ETH/USDT");

    std::exception_ptr failure;
    asio::io_context context;
    asio::co_spawn(context, connect(), [&](std::exception_ptr error) { failure = error; });
    context.run();

#ifdef HAS_DOCUMENTATION
    fmt::print("{} pages of documentation\n", fullon_cache_api::embedded_documentation().size());
#endif
    fmt::print("fullon_cache_api {}: port {}, Redis at {}, {} {}\n", fullon_cache_api::version, server.port,
               server.redis.host, tick ? tick->symbol : "unreadable", tick ? tick->price : 0);
    return server.port == 9000 && tick && tick->price == 1650.5 && failure ? 0 : 1;
}
