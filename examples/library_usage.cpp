// A host that embeds the server in its own io_context and does its own work beside it, on the same thread.
// Starts a Redis of its own; library_usage/host.cpp is the part to copy.
#include "library_usage/host.hpp"
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache_api/client.hpp>

#include <fmt/core.h>

namespace asio = boost::asio;

asio::awaitable<void> own_work(std::string url)
{
    fmt::print("serving on {}\n", url);
    auto cache = co_await fullon_cache_api::client::connect(url);
    const auto answer = co_await cache.ping();
    fmt::print("ping: {}, cache {}\n", answer.status, answer.cache);
    examples::expect(answer.status == "healthy", "a healthy server");
    const auto ticker = co_await cache.get_ticker("binance", "BTC/USDT");
    examples::expect(!ticker, "an empty Redis");
    fmt::print("BTC/USDT at binance: {}\n", ticker ? "there" : "not in the cache");
    co_await cache.close();
}

int main()
{
    try {
        support::redis_server redis;
        fullon_cache_api::server_config config;
        config.host = "127.0.0.1";
        config.port = 0; // any free one
        config.redis.host = redis.host();
        config.redis.port = redis.port();
        return examples::run(host(config));
    } catch (const std::exception& failure) {
        fmt::print(stderr, "failed: {}\n", failure.what());
        return 1;
    }
}
