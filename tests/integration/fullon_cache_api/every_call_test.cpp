// Every call of the client, cut off in the middle: cancelled, its client closed, its client destroyed. And many streams of
// two clients over a server that goes and comes back.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/detail/deadline.hpp>
#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/catalogue.hpp>
#include <fullon_cache_api/operations/accounts_overview.hpp>
#include <fullon_cache_api/operations/bots_overview.hpp>
#include <fullon_cache_api/operations/ohlcv_overview.hpp>
#include <fullon_cache_api/operations/orders_overview.hpp>
#include <fullon_cache_api/operations/processes_overview.hpp>
#include <fullon_cache_api/operations/streams.hpp>
#include <fullon_cache_api/operations/tickers_overview.hpp>
#include <fullon_cache_api/operations/trades.hpp>
#include <fullon_cache_api/operations/trades_overview.hpp>
#include <fullon_cache_api/protocol/bot.hpp>
#include <fullon_cache_api/protocol/metrics_snapshot.hpp>
#include <fullon_cache_api/protocol/process.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::detail::with_deadline;
using fullon_cache_api::client;
using fullon_cache_api::error;
using fullon_cache_api::stream;
using fullon_cache_api::stream_state;
using fullon_cache_api::ticker;
using support::served_redis;

struct client_call {
    std::string name; // of the operation
    std::function<asio::awaitable<void>(client&)> make;
    bool needs_redis = true;
    bool tries = false;
};

template <class T>
asio::awaitable<void> ignoring(asio::awaitable<T> operation)
{
    (void)co_await std::move(operation);
}

const std::vector<client_call> calls{
    {"ping", [](client& c) { return ignoring(c.ping()); }},
    {"health_check", [](client& c) { return ignoring(c.health_check()); }, false},
    {"list_operations", [](client& c) { return ignoring(c.list_operations()); }, false},
    {"list_streams", [](client& c) { return ignoring(c.list_streams()); }, false},
    {"get_ticker", [](client& c) { return ignoring(c.get_ticker("a", "b")); }},
    {"get_ticker", [](client& c) { return ignoring(c.try_get_ticker("a", "b")); }, true, true},
    {"get_all_tickers", [](client& c) { return ignoring(c.get_all_tickers("a")); }},
    {"get_balance", [](client& c) { return ignoring(c.get_balance("1", "b")); }},
    {"get_balances", [](client& c) { return ignoring(c.get_balances("1")); }},
    {"get_positions", [](client& c) { return ignoring(c.get_positions("1")); }},
    {"get_positions", [](client& c) { return ignoring(c.try_get_positions("1")); }, true, true},
    {"get_order_status", [](client& c) { return ignoring(c.get_order_status("1", "b")); }},
    {"get_order_status", [](client& c) { return ignoring(c.try_get_order_status("1")); }, true, true},
    {"get_queue_length", [](client& c) { return ignoring(c.get_queue_length("a")); }},
    {"get_bot_status", [](client& c) { return ignoring(c.get_bot_status("1")); }},
    {"get_bots", [](client& c) { return ignoring(c.get_bots()); }},
    {"is_blocked", [](client& c) { return ignoring(c.is_blocked("a", "b")); }},
    {"is_blocked", [](client& c) { return ignoring(c.try_is_blocked("a", "b")); }, true, true},
    {"get_trades", [](client& c) { return ignoring(c.get_trades("a", "b")); }},
    {"get_trade_status", [](client& c) { return ignoring(c.get_trade_status("a")); }},
    {"get_latest_ohlcv_bars", [](client& c) { return ignoring(c.get_latest_ohlcv_bars("a", "1m")); }},
    {"get_system_health", [](client& c) { return ignoring(c.get_system_health()); }},
    {"get_active_processes", [](client& c) { return ignoring(c.get_active_processes()); }},
    {"get_tickers_active", [](client& c) { return ignoring(c.get_tickers_active("a")); }},
    {"get_tickers_health", [](client& c) { return ignoring(c.get_tickers_health()); }},
    {"get_tickers_subscriptions", [](client& c) { return ignoring(c.get_tickers_subscriptions()); }, false},
    {"get_accounts_status", [](client& c) { return ignoring(c.get_accounts_status("1")); }},
    {"get_accounts_summary", [](client& c) { return ignoring(c.get_accounts_summary()); }},
    {"get_orders_queue_size", [](client& c) { return ignoring(c.get_orders_queue_size()); }},
    {"get_orders_queue_status", [](client& c) { return ignoring(c.get_orders_queue_status("a")); }},
    {"get_orders_orders", [](client& c) { return ignoring(c.get_orders_orders("1")); }},
    {"get_bots_bots", [](client& c) { return ignoring(c.get_bots_bots("1")); }},
    {"get_bots_coordination_status", [](client& c) { return ignoring(c.get_bots_coordination_status()); }},
    {"get_trades_queue_size", [](client& c) { return ignoring(c.get_trades_queue_size()); }},
    {"get_trades_queue_status", [](client& c) { return ignoring(c.get_trades_queue_status("a")); }},
    {"get_trades_performance_metrics",
     [](client& c) { return ignoring(c.get_trades_performance_metrics()); }},
    {"get_ohlcv_timeframes", [](client& c) { return ignoring(c.get_ohlcv_timeframes("a")); }},
    {"get_ohlcv_cache_status", [](client& c) { return ignoring(c.get_ohlcv_cache_status()); }},
    {"get_ohlcv_performance_metrics", [](client& c) { return ignoring(c.get_ohlcv_performance_metrics()); }},
    {"get_processes_performance", [](client& c) { return ignoring(c.get_processes_performance()); }},
    {"get_processes_cache_overview", [](client& c) { return ignoring(c.get_processes_cache_overview()); }},
    {"stream_tickers", [](client& c) { return ignoring(c.stream_tickers("a", "b")); }},
    {"stream_tickers", [](client& c) { return ignoring(c.stream_tickers("a")); }},
    {"stream_positions", [](client& c) { return ignoring(c.stream_positions("1")); }},
    {"stream_order_queue", [](client& c) { return ignoring(c.stream_order_queue("a")); }},
    {"stream_bot_status", [](client& c) { return ignoring(c.stream_bot_status()); }},
    {"stream_process_health", [](client& c) { return ignoring(c.stream_process_health()); }},
    {"stream_trade_updates", [](client& c) { return ignoring(c.stream_trade_updates("a")); }},
    {"stream_ohlcv", [](client& c) { return ignoring(c.stream_ohlcv("a", "1m")); }},
    {"stream_metrics", [](client& c) { return ignoring(c.stream_metrics()); }, false},
};

using running = support::background<void>;

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

std::vector<running> start_all(client& cache)
{
    std::vector<running> result;
    for (const auto& one : calls)
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

TEST_CASE("every operation of the catalogue is called by a method of the client")
{
    std::set<std::string_view> expected;
    for (const auto& entry : fullon_cache_api::detail::catalogue())
        if (entry.name != "unsubscribe") // what the destructor of a stream does
            expected.insert(entry.name);
    std::set<std::string_view> called;
    for (const auto& one : calls)
        called.insert(one.name);
    CHECK(called == expected);
}

TEST_CASE("every call can be cancelled in the middle, and leaves nothing behind")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            auto cache = co_await client::connect(world.url());
            co_await hang(&world);
            auto pending = start_all(cache);
            co_await support::pause(20ms); // all are with the server, or answered
            for (auto& one : pending)
                one.cancel();
            for (std::size_t i = 0; i < calls.size(); ++i) {
                INFO(calls[i].name);
                const auto code = co_await outcome_of(pending[i]);
                if (calls[i].needs_redis)
                    CHECK(code == asio::error::operation_aborted);
                else
                    CHECK((!code || code == asio::error::operation_aborted));
            }
            world.redis.resume();
            // The server acknowledges streams that nobody wants any more: they are ended.
            std::size_t left = 1;
            const auto deadline = std::chrono::steady_clock::now() + 10s * support::patience;
            while (left != 0 && std::chrono::steady_clock::now() < deadline) {
                left = (co_await cache.list_streams()).streams.size();
                co_await support::pause(5ms);
            }
            CHECK(left == 0);
            const auto nothing = co_await cache.get_ticker("a", "b");
            CHECK_FALSE(nothing);
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("calls that are pending when the client is closed fail with closed")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            auto cache = co_await client::connect(world.url());
            co_await hang(&world);
            const auto pending = start_all(cache);
            co_await support::pause(20ms);
            co_await cache.close();
            for (std::size_t i = 0; i < calls.size(); ++i) {
                INFO(calls[i].name);
                const auto code = co_await outcome_of(pending[i]);
                if (calls[i].needs_redis && !calls[i].tries)
                    CHECK(code == error::closed);
                else // a try_ call says it in its result
                    CHECK((!code || code == error::closed));
            }
            world.redis.resume();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("calls that are pending when the client is destroyed end")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            std::vector<running> pending;
            {
                auto cache = co_await client::connect(world.url());
                co_await hang(&world);
                pending = start_all(cache);
                co_await support::pause(20ms);
            }
            for (std::size_t i = 0; i < calls.size(); ++i) {
                INFO(calls[i].name);
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
