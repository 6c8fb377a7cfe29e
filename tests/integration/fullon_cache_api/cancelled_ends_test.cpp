// The end of a server and of a client, when who waits for it is cancelled at any moment.
#include "support/cancelled_at.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache_api/client.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache_api::cache_websocket_server;
using fullon_cache_api::client;
using fullon_cache_api::stream;
using fullon_cache_api::ticker;

constexpr auto never = std::numeric_limits<std::size_t>::max();
constexpr std::size_t most_turns = 2000; // an end takes some hundred

struct world {
    explicit world(const support::redis_server& over)
    {
        server.emplace(context.get_executor(), settings(over));
        support::cancel_after_turns(context, never, begin());
    }

    static fullon_cache_api::server_config settings(const support::redis_server& over)
    {
        auto made = support::server_config(over);
        made.stop_timeout = 1s * support::patience;
        return made;
    }

    asio::awaitable<void> begin()
    {
        co_await server->start();
        cache = co_await client::connect("ws://127.0.0.1:" + std::to_string(server->port()));
        remote = co_await cache.stream_tickers("x", "A");
        local = co_await server->stream_tickers("x", "A");
    }

    // Nothing may be left to do, nor look at what is gone.
    void run_out()
    {
        remote.reset();
        local.reset();
        support::cancel_after_turns(context, never, cache.close());
        context.restart();
        context.run_for(10s * support::patience);
        CHECK(context.stopped());
    }

    asio::io_context context{1};
    std::optional<cache_websocket_server> server{};
    client cache;
    std::optional<stream<ticker>> remote, local;
};

} // namespace

TEST_CASE("a server whose stop() is cancelled goes on to stop, also when it is destroyed then")
{
    const support::redis_server redis;
    bool in_time = false;
    std::size_t turns = 0;
    for (; !in_time && turns < most_turns; turns += turns < 40 ? 1 : 7) {
        INFO("cancelled after " << turns << " turns");
        world here(redis);
        in_time = support::cancel_after_turns(here.context, turns, here.server->stop()).in_time;
        here.server.reset();
        here.run_out();
    }
    CHECK(in_time);
    CHECK(turns > 3);
}

TEST_CASE("a server whose stop() was cancelled can be waited for again")
{
    const support::redis_server redis;
    world here(redis);
    CHECK(support::cancel_after_turns(here.context, 1, here.server->stop()).aborted);
    CHECK(support::cancel_after_turns(here.context, never, here.server->stop()).in_time);
    CHECK(here.server->connections() == 0);
    CHECK(support::cancel_after_turns(here.context, never, here.server->stop()).in_time); // a third time
    here.server.reset();
    here.run_out();
}

TEST_CASE("a client whose close() is cancelled is closed, and throws nothing")
{
    const support::redis_server redis;
    bool in_time = false;
    std::size_t turns = 1; // before the first it has not begun
    for (; !in_time && turns < most_turns; ++turns) {
        INFO("cancelled after " << turns << " turns");
        world here(redis);
        const auto end = support::cancel_after_turns(here.context, turns, here.cache.close());
        in_time = end.in_time;
        CHECK_FALSE(end.aborted);
        support::cancel_after_turns(here.context, never, here.server->stop());
        here.server.reset();
        here.run_out();
    }
    CHECK(in_time);
    CHECK(turns > 3);
}
