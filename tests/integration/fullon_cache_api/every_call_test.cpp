// Every call, by a client and in the server's process: the same answer from both, and cut off in the middle: cancelled,
// closed under it, destroyed under it. And many streams of two clients over a server that goes and comes back.
#include "operation_table.hpp"
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/served_redis.hpp"
#include "support/surfaces.hpp"

#include <fullon_cache_api/cache_api.hpp>
#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>
#include <fullon_cache_api/types/process.hpp>
#include <fullon_cache_api/types/streams.hpp>
#include <fullon_cache_api/types/tickers_overview.hpp>
#include <fullon_cache_api/types/trades.hpp>
#include <fullon_coro/deadline.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache_api::cache_calls;
using fullon_cache_api::client;
using fullon_cache_api::error;
using fullon_cache_api::stream;
using fullon_cache_api::stream_state;
using fullon_cache_api::ticker;
using fullon_coro::with_deadline;
using support::served_redis;
using support::surface;

using operation_table::api_call;

template <class T>
asio::awaitable<std::string> told(asio::awaitable<T> operation)
{
    const auto found = co_await std::move(operation);
    if constexpr (requires { found.has_value(); })
        co_return found.has_value() ? "something" : "nothing";
    else
        co_return "something";
}

const std::vector<api_call>& calls()
{
    static const auto all = operation_table::api_calls(); // its tables are of another file
    return all;
}

// Of what is not there.
const std::vector<api_call> misses{
    {"get_ticker", [](cache_calls& c) { return told(c.get_ticker("a", "b")); }},
    {"get_ticker", [](cache_calls& c) { return told(fullon_cache_api::as_result(c.get_ticker("a", "b"))); }},
    {"get_balance", [](cache_calls& c) { return told(c.get_balance("99", "b")); }},
    {"get_order_status", [](cache_calls& c) { return told(c.get_order_status("b", "1")); }},
    {"get_order_status", [](cache_calls& c) { return told(c.get_order_status("nope")); }},
    {"get_bot_status", [](cache_calls& c) { return told(c.get_bot_status("nope")); }},
    {"is_blocked", [](cache_calls& c) { return told(c.is_blocked("a", "b")); }},
    {"get_trade_status", [](cache_calls& c) { return told(c.get_trade_status("a")); }},
};

// What nobody should ask.
const std::vector<api_call> refused{
    {"get_ticker", [](cache_calls& c) { return told(c.get_ticker("", "b")); }},
    {"get_ticker", [](cache_calls& c) { return told(c.get_ticker("a", "")); }},
    {"get_all_tickers", [](cache_calls& c) { return told(c.get_all_tickers("")); }},
    {"get_balance", [](cache_calls& c) { return told(c.get_balance("", "b")); }},
    {"get_balance", [](cache_calls& c) { return told(c.get_balance("1", "")); }},
    {"get_positions", [](cache_calls& c) { return told(c.get_positions("")); }},
    {"get_order_status", [](cache_calls& c) { return told(c.get_order_status("")); }},
    {"get_queue_length", [](cache_calls& c) { return told(c.get_queue_length("")); }},
    {"get_bot_status", [](cache_calls& c) { return told(c.get_bot_status("")); }},
    {"is_blocked", [](cache_calls& c) { return told(c.is_blocked("", "b")); }},
    {"get_trades", [](cache_calls& c) { return told(c.get_trades("a", "b", 0)); }},
    {"get_trades", [](cache_calls& c) { return told(c.get_trades("a:b", "b", -1)); }},
    {"get_trade_status", [](cache_calls& c) { return told(c.get_trade_status("")); }},
    {"get_latest_ohlcv_bars", [](cache_calls& c) { return told(c.get_latest_ohlcv_bars("a", "1m", 0)); }},
    {"get_latest_ohlcv_bars", [](cache_calls& c) { return told(c.get_latest_ohlcv_bars("a", "1m", 10001)); }},
    {"get_active_processes",
     [](cache_calls& c) { return told(c.get_active_processes("", "", std::chrono::minutes(-1))); }},
    {"get_active_processes", [](cache_calls& c) { return told(c.get_active_processes("no_such_type")); }},
    {"get_tickers_active",
     [](cache_calls& c) { return told(c.get_tickers_active("a", std::chrono::seconds(0))); }},
    {"stream_tickers", [](cache_calls& c) { return told(c.stream_tickers("")); }},
    {"stream_tickers", [](cache_calls& c) { return told(c.stream_tickers("a:b")); }},
    {"stream_tickers", [](cache_calls& c) { return told(c.stream_tickers("a", "")); }},
    {"stream_positions", [](cache_calls& c) { return told(c.stream_positions("")); }},
    {"stream_order_queue", [](cache_calls& c) { return told(c.stream_order_queue("")); }},
    {"stream_trade_updates", [](cache_calls& c) { return told(c.stream_trade_updates("a:b")); }},
    {"stream_ohlcv", [](cache_calls& c) { return told(c.stream_ohlcv("a", "1/m")); }},
    {"stream_metrics", [](cache_calls& c) { return told(c.stream_metrics(1ms)); }},
};

/// What it came to: a result as text, or the error with its words.
asio::awaitable<std::string> ending_of(asio::awaitable<std::string> call)
{
    std::string text;
    try {
        text = co_await std::move(call);
    } catch (const boost::system::system_error& failure) {
        const auto code = static_cast<error>(failure.code().value());
        text = std::string(fullon_cache_api::wire_name(code)) + " " + failure.what();
    }
    co_return text;
}

// Without what differs from one answer to the next: times of the answer, ages, what was counted meanwhile.
void make_comparable(boost::json::value& from)
{
    using std::chrono::duration;
    if (const auto* time = from.if_double()) {
        const double now = duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        if (std::abs(now - *time) < 1000)
            from = "now";
    } else if (auto* list = from.if_array()) {
        for (auto& one : *list)
            make_comparable(one);
    } else if (auto* object = from.if_object()) {
        const auto differs = [](std::string_view name) {
            return name.ends_with("latency_ms") || name.ends_with("_age") || name == "server" ||
                   name == "followed" || name == "trades_per_minute"; // by streams of the table itself
        };
        for (auto& [name, value] : *object)
            if (differs(name))
                value = nullptr;
            else
                make_comparable(value);
    }
}

std::string comparable(const std::string& text)
{
    boost::system::error_code broken;
    auto value = boost::json::parse(text, broken);
    if (broken)
        return text;
    make_comparable(value);
    return boost::json::serialize(value);
}

// Side by side, so that an outage costs its time once.
asio::awaitable<void> compare(client* remote, cache_calls* server, std::vector<api_call> table)
{
    std::vector<support::background<std::string>> there;
    std::vector<support::background<std::string>> here;
    for (const auto& one : table) {
        there.emplace_back(remote->get_executor(), ending_of(one.make(*remote)));
        here.emplace_back(server->get_executor(), ending_of(one.make(*server)));
    }
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto by_client = co_await there[i].result();
        const auto in_process = co_await here[i].result();
        INFO(table[i].operation);
        if (table[i].operation ==
            "get_tickers_subscriptions") // other calls of the table begin and end streams meanwhile
            continue;
        CHECK(comparable(in_process) == comparable(by_client));
    }
}

using running = support::background<std::string>;

// How a call ended: nothing when it succeeded.
asio::awaitable<boost::system::error_code> outcome_of(running call)
{
    boost::system::error_code code;
    try {
        co_await call.result();
    } catch (const boost::system::system_error& failure) {
        code = failure.code();
    }
    co_return code;
}

std::vector<running> start_all(cache_calls& cache)
{
    std::vector<running> result;
    for (const auto& one : calls())
        result.emplace_back(cache.get_executor(), one.make(cache));
    return result;
}

// Redis hangs, so that nothing that needs it is answered.
asio::awaitable<void> hang(served_redis* world)
{
    co_await support::eventually("the server has its Redis", [&] { return world->server->redis_up(); });
    world->redis.pause();
}

} // namespace

TEST_CASE("client and server are what a bot may be written for")
{
    using fullon_cache_api::cache_api;
    STATIC_REQUIRE(cache_api<client>);
    STATIC_REQUIRE(cache_api<fullon_cache_api::cache_websocket_server>);
    STATIC_REQUIRE(cache_api<cache_calls>);
    STATIC_REQUIRE_FALSE(cache_api<served_redis>);
}

TEST_CASE("every call has the same answer by a client and in process: hits, misses, refusals, outages")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            world.settings.redis.socket_timeout = 400ms;
            // It depends on the moment what it still says of a Redis that hangs.
            world.settings.local_cache = false;
            operation_table::seed(world.redis);
            co_await world.start();
            auto cache = co_await client::connect(world.url());
            co_await support::eventually("the server has its Redis",
                                         [&] { return world.server->redis_up(); });
            co_await compare(&cache, &*world.server, calls());
            co_await compare(&cache, &*world.server, misses);
            co_await compare(&cache, &*world.server, refused);
            for (const auto& one : refused) {
                const auto ending = co_await ending_of(one.make(*world.server));
                INFO(one.operation << ": " << ending);
                CHECK(ending.starts_with("INVALID_PARAMS"));
            }
            world.redis.pause();
            co_await compare(&cache, &*world.server, calls());
            co_await support::eventually("given up by the watchdog",
                                         [&] { return !world.server->redis_up(); });
            co_await compare(&cache, &*world.server, calls());
            co_await compare(&cache, &*world.server, misses);
            co_await compare(&cache, &*world.server, refused);
            world.redis.resume();
            co_await support::eventually("it is back", [&] { return world.server->redis_up(); });
            co_await compare(&cache, &*world.server, calls());
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("every call can be cancelled in the middle, and leaves nothing behind")
{
    support::run_on_both(
        [](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            auto cache = co_await support::use(world, where);
            co_await hang(&world);
            auto pending = start_all(*cache);
            co_await support::pause(20ms); // all are with the server, or answered
            for (auto& one : pending)
                one.cancel();
            for (std::size_t i = 0; i < calls().size(); ++i) {
                INFO(calls()[i].operation);
                const auto code = co_await outcome_of(pending[i]);
                if (calls()[i].needs_redis)
                    CHECK(code == asio::error::operation_aborted);
                else
                    CHECK((!code || code == asio::error::operation_aborted));
            }
            world.redis.resume();
            // The server acknowledges streams that nobody wants any more: they are ended.
            std::size_t left = 1;
            const auto deadline = std::chrono::steady_clock::now() + 10s * support::patience;
            while (left != 0 && std::chrono::steady_clock::now() < deadline) {
                left = (co_await cache->list_streams()).streams.size();
                co_await support::pause(5ms);
            }
            CHECK(left == 0);
            const auto nothing = co_await cache->get_ticker("a", "b");
            CHECK_FALSE(nothing);
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("calls that are pending when the client is closed, or the server stopped, fail with closed")
{
    support::run_on_both(
        [](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            auto cache = co_await support::use(world, where);
            co_await hang(&world);
            const auto pending = start_all(*cache);
            co_await support::pause(20ms);
            co_await cache.close();
            for (std::size_t i = 0; i < calls().size(); ++i) {
                INFO(calls()[i].operation);
                const auto code = co_await outcome_of(pending[i]);
                if (calls()[i].needs_redis)
                    CHECK(code == error::closed);
                else
                    CHECK((!code || code == error::closed));
            }
            world.redis.resume();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("calls that are pending when the client or the server is destroyed end")
{
    support::run_on_both(
        [](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            auto cache = co_await support::use(world, where);
            co_await hang(&world);
            const auto pending = start_all(*cache);
            co_await support::pause(20ms);
            cache.destroy();
            for (std::size_t i = 0; i < calls().size(); ++i) {
                INFO(calls()[i].operation);
                auto ending = outcome_of(pending[i]);
                const auto code = co_await with_deadline(5s * support::patience, std::move(ending));
                CHECK((code == error::closed || !code));
            }
            world.redis.resume();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("hundreds of streams of two clients go on after the server has gone and come back")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            fullon_cache_api::client_config quick;
            quick.backoff_min = 1ms;
            quick.backoff_max = 50ms;
            constexpr int count = 400;
            std::vector<client> clients;
            std::vector<stream<ticker>> streams;
            for (int c = 0; c < 2; ++c) {
                clients.push_back(co_await client::connect(world.url(), quick));
                for (int i = 0; i < count; ++i)
                    streams.push_back(co_await clients.back().stream_tickers("x", "S" + std::to_string(i)));
            }
            for (int round = 1; round <= 3; ++round) {
                if (round == 2)
                    co_await world.stop_server();
                if (round == 3)
                    world.kill_server();
                if (round != 1)
                    co_await world.start_server();
                for (int i = 0; i < count; ++i)
                    co_await world.ticks.set_ticker(
                        support::make_tick("x", "S" + std::to_string(i), round, round));
                for (auto& one : streams) {
                    double price = 0;
                    while (price != round) {
                        auto item = co_await with_deadline(10s * support::patience, one.next());
                        REQUIRE(item);
                        price = item->price;
                    }
                }
            }
            for (auto& one : clients) {
                const auto listed = co_await one.list_streams();
                CHECK(listed.streams.size() == count);
                co_await one.close();
            }
            for (const auto& one : streams)
                CHECK(one.state() == stream_state::disconnected);
            co_await world.stop();
        },
        120s);
}
