// A Redis behind a proxy, a server over it whose waits are short, and a second Redis to take its place.
#pragma once

#include "../operation_table.hpp"

#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"
#include "support/tcp_proxy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace faults {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using support::patience;
using support::tcp_proxy;

/// How long Redis may take for one operation.
constexpr auto operation_timeout = 300ms * patience;

/// How soon after the end of a fault everything is as it was.
constexpr auto mending_time = 1s * patience;

/// The data of all operations, but for what cannot be read: a stream of everything is stale while there is something.
inline void seed(const support::redis_server& redis)
{
    operation_table::seed(redis);
    support::redis_cli cli(redis);
    cli("HDEL", "bot_status", "broken");
}

/// The server as in production, but for its patience.
inline void shorten(fullon_cache::config& redis)
{
    redis.socket_timeout = operation_timeout;
    redis.connect_timeout = operation_timeout;
    redis.backoff_min = 5ms;
    redis.backoff_max = 50ms;
    redis.ping_interval = 50ms;
    redis.ping_timeout = 500ms * patience;
}

struct fault_world {
    explicit fault_world(asio::any_io_executor on, std::vector<std::string> arguments = {})
        : executor(on), redis(with_user(std::move(arguments))), proxy(on, redis.port()),
          settings(support::server_config(redis))
    {
        settings.redis.port = proxy.port();
        settings.redis.user = "api";
        settings.redis.password = "secret";
        shorten(settings.redis);
    }

    /// The server is there, and has its Redis, unless `waits` is false.
    asio::awaitable<void> start(bool waits = true)
    {
        server.emplace(executor, settings);
        co_await server->start();
        settings.port = server->port();
        if (waits)
            co_await support::eventually("the server has its Redis", [this] { return server->redis_up(); });
    }

    asio::awaitable<void> stop()
    {
        if (server)
            co_await server->stop();
        co_await proxy.stop();
    }

    std::string url() const { return "ws://127.0.0.1:" + std::to_string(settings.port); }

    /// What the server talks to now.
    support::redis_server& current() { return other ? *other : redis; }

    static std::vector<std::string> with_user(std::vector<std::string> arguments)
    {
        auto all = support::smallest_user();
        all.insert(all.end(), arguments.begin(), arguments.end());
        return all;
    }

    asio::any_io_executor executor;
    support::redis_server redis;
    std::unique_ptr<support::redis_server> other; // has taken its place
    std::unique_ptr<support::redis_server> master; // of the one that is talked to
    std::unique_ptr<support::redis_cli> kept; // a way in that a fault leaves open
    tcp_proxy proxy;
    fullon_cache_api::server_config settings;
    std::optional<fullon_cache_api::cache_websocket_server> server;
};

} // namespace faults
