// A test over one cache and a Redis of its own.
#pragma once

#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/connection.hpp>
#include <fullon_cache/error.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace support {

/// What a test of a cache has at hand.
template <class Cache>
struct cache_world {
    cache_world(boost::asio::any_io_executor executor, const fullon_cache::config& settings,
                redis_server& running)
        : server(running), connection(std::move(executor), settings), cache(connection), cli(running)
    {}
    redis_server& server;
    fullon_cache::connection connection;
    Cache cache;
    redis_cli cli;
};

/// Runs `body(world)`, a coroutine, with a started connection.
template <class Cache, class Body>
void with_cache(Body body, void (*adjust)(fullon_cache::config&) = nullptr)
{
    run([&](boost::asio::any_io_executor executor) -> boost::asio::awaitable<void> {
        redis_server server;
        auto settings = redis_config(server);
        if (adjust)
            adjust(settings);
        cache_world<Cache> world(executor, settings, server);
        world.connection.start();
        co_await world.connection.ready();
        co_await body(world);
        co_await world.connection.stop();
    });
}

/// The error that an operation ends with; nothing when it succeeds.
template <class T>
boost::asio::awaitable<std::optional<fullon_cache::errc>> error_of(boost::asio::awaitable<T> operation)
{
    std::optional<fullon_cache::errc> failure;
    try {
        (void)co_await std::move(operation);
    } catch (const fullon_cache::cache_error& error) {
        failure = static_cast<fullon_cache::errc>(error.code().value());
    }
    co_return failure;
}
inline boost::asio::awaitable<std::optional<fullon_cache::errc>>
error_of(boost::asio::awaitable<void> operation)
{
    std::optional<fullon_cache::errc> failure;
    try {
        co_await std::move(operation);
    } catch (const fullon_cache::cache_error& error) {
        failure = static_cast<fullon_cache::errc>(error.code().value());
    }
    co_return failure;
}

} // namespace support
