// A private Redis and a server over it, on the test's own io_context.
#pragma once

#include "support/async_test.hpp"
#include "support/redis_server.hpp"

#include <fullon_cache/connection.hpp>
#include <fullon_cache/tick_cache.hpp>
#include <fullon_cache_api/cache_websocket_server.hpp>

#include <fullon_orm/tick.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace support {

inline fullon_cache::config redis_config(const redis_server& redis)
{
    fullon_cache::config settings;
    settings.host = redis_server::host();
    settings.port = redis.port();
    settings.socket_timeout = std::chrono::seconds(3);
    return settings;
}

inline fullon_cache_api::server_config server_config(const redis_server& redis)
{
    fullon_cache_api::server_config settings;
    settings.host = "127.0.0.1";
    settings.port = 0;
    settings.redis = redis_config(redis);
    settings.stop_timeout = std::chrono::seconds(5);
    settings.slow_consumer_timeout *= patience; // a slow test is no slow client
    return settings;
}

/// A Redis user with the rights that a server needs, and no other; as arguments of redis-server, so that it outlives
/// a restart.
inline std::vector<std::string> smallest_user()
{
    std::vector<std::string> arguments{"--user", "api", "on", ">secret", "&*", "-@all"};
    for (const auto* const key :
         {"tickers:*", "ticker_time:*", "account_positions", "accounts", "order_status:*", "bot_status",
          "block_exchange", "opening_position", "trades:*", "TRADE:STATUS:*", "ohlcv:*", "process:*"})
        arguments.push_back(std::string("%R~") + key);
    for (const auto* const right : {"ping",      "role",        "select",     "client|tracking",
                                    "subscribe", "unsubscribe", "psubscribe", "punsubscribe",
                                    "multi",     "exec",        "hget",       "hmget",
                                    "hgetall",   "hlen",        "hscan",      "get",
                                    "lrange",    "llen",        "scan",       "pttl"})
        arguments.push_back(std::string("+") + right);
    return arguments;
}

/// Redis, a server that is logged in as the user who may do least, and a writer on a connection of its own. Await start()
/// first and stop() last.
struct served_redis {
    explicit served_redis(boost::asio::any_io_executor on)
        : executor(on), redis(smallest_user()), settings(server_config(redis)),
          writer(on, redis_config(redis)), ticks(writer)
    {
        settings.redis.user = "api";
        settings.redis.password = "secret";
    }

    boost::asio::awaitable<void> start()
    {
        writer.start();
        co_await start_server();
        co_await writer.ready();
    }

    boost::asio::awaitable<void> stop()
    {
        if (server)
            co_await stop_server();
        co_await writer.stop();
    }

    /// On the port that it had before, if it had one.
    boost::asio::awaitable<void> start_server()
    {
        server.emplace(executor, settings);
        co_await server->start();
        settings.port = server->port();
    }

    boost::asio::awaitable<void> stop_server()
    {
        co_await server->stop();
        server.reset();
    }

    /// Its end without a word to its clients, as a crash would be.
    void kill_server() { server.reset(); }

    std::string url() const
    {
        return (settings.tls_cert_file.empty() ? "ws://127.0.0.1:" : "wss://127.0.0.1:") +
               std::to_string(settings.port);
    }

    boost::asio::any_io_executor executor;
    redis_server redis;
    fullon_cache_api::server_config settings;
    fullon_cache::connection writer;
    fullon_cache::tick_cache ticks;
    std::optional<fullon_cache_api::cache_websocket_server> server;
};

inline fullon_orm::tick make_tick(std::string exchange, std::string symbol, double price, double time)
{
    fullon_orm::tick made;
    made.exchange = std::move(exchange);
    made.symbol = std::move(symbol);
    made.price = price;
    made.time = time;
    made.bid = price - 0.5;
    made.ask = price + 0.5;
    return made;
}

} // namespace support
