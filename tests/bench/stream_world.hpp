// A Redis, a server on a thread of its own, and on this thread a client of it and writers.
#pragma once

#include "support/command_counts.hpp"
#include "support/context_thread.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/run_coro.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/ohlcv_cache.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/process_cache.hpp>
#include <fullon_cache/tick_cache.hpp>
#include <fullon_cache/trades_cache.hpp>
#include <fullon_cache_api/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace bench {

namespace asio = boost::asio;

struct stream_world {
    stream_world()
    {
        using namespace std::chrono_literals;
        server_thread.run([this] { return server.start(); }, 10s);
        run([this]() -> asio::awaitable<void> {
            writer.start();
            co_await writer.ready();
            cache =
                co_await fullon_cache_api::client::connect("ws://127.0.0.1:" + std::to_string(server.port()));
        });
    }
    stream_world(const stream_world&) = delete;
    stream_world& operator=(const stream_world&) = delete;
    ~stream_world()
    {
        using namespace std::chrono_literals;
        run([this]() -> asio::awaitable<void> {
            co_await cache.close();
            co_await writer.stop();
        });
        server_thread.run([this] { return server.stop(); }, 10s);
        server_thread.stop();
    }

    /// Runs a coroutine on this thread to its end.
    template <class Body>
    void run(Body body)
    {
        support::run(context, std::move(body), std::chrono::minutes(5));
    }

    support::redis_server redis;
    support::redis_cli cli{redis};
    support::context_thread server_thread;
    fullon_cache_api::cache_websocket_server server{server_thread.executor(), support::server_config(redis)};
    asio::io_context context{1};
    fullon_cache::connection writer{context.get_executor(), support::redis_config(redis)};
    fullon_cache::tick_cache ticks{writer};
    fullon_cache::account_cache accounts{writer};
    fullon_cache::orders_cache orders{writer};
    fullon_cache::bot_cache bots{writer};
    fullon_cache::process_cache processes{writer};
    fullon_cache::trades_cache trades{writer};
    fullon_cache::ohlcv_cache bars{writer};
    fullon_cache_api::client cache;
    std::string process_id{}; // of the process that is registered now
};

/// Completes when Redis has executed nothing for so long.
inline asio::awaitable<void> until_quiet(stream_world* at, std::chrono::milliseconds time)
{
    auto before = support::commands_of(at->cli);
    for (bool quiet = false; !quiet;) {
        asio::steady_timer timer(at->context, time);
        co_await timer.async_wait(asio::deferred);
        auto now = support::commands_of(at->cli);
        quiet = now == before;
        before = std::move(now);
    }
}

} // namespace bench
