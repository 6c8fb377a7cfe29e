// What the overviews say of a system that is well, of one that is not, and of an empty one. Hits, misses and bad
// parameters of each are in queries_test.cpp.
#include "operation_table.hpp"

#include "support/command_counts.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/catalogue/accounts_overview.hpp>
#include <fullon_cache_api/detail/catalogue/bots_overview.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv_overview.hpp>
#include <fullon_cache_api/detail/catalogue/orders_overview.hpp>
#include <fullon_cache_api/detail/catalogue/processes.hpp>
#include <fullon_cache_api/detail/catalogue/processes_overview.hpp>
#include <fullon_cache_api/detail/catalogue/tickers_overview.hpp>
#include <fullon_cache_api/detail/catalogue/trades_overview.hpp>
#include <fullon_cache_api/detail/rest/rest_gateway.hpp>

#include <fullon_cache/overview_reader.hpp>
#include <fullon_coro/deadline.hpp>
#include <fullon_orm/iso_time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace operation_table;
using fullon_cache_api::client;
using support::redis_cli;

double now()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string iso(double age)
{
    return fullon_orm::format_iso(now() - age);
}

std::string trade_text(int id, double age)
{
    return R"({"trade_id":)" + std::to_string(id) +
           R"(,"symbol":"BTC/USDT","volume":1.0,"price":2.0,"time":")" + iso(age) + R"("})";
}

std::string bar_text(double age)
{
    return "[" + std::to_string(static_cast<long long>(now() - age)) + ",1,2,3,4,5]";
}

/// Runs `body(world, cli, cache)` with a client.
template <class Body>
void with_client_of(Body body)
{
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        redis_cli cli(world.redis);
        co_await world.start();
        auto cache = co_await client::connect(world.url());
        co_await support::eventually("the server has its Redis", [&] { return world.server->redis_up(); });
        co_await body(world, cli, cache);
        co_await cache.close();
        co_await world.stop();
    });
}

} // namespace

TEST_CASE("an empty Redis: what must be there is unhealthy, what may be empty is not")
{
    with_client_of([](served_redis&, redis_cli&, client& cache) -> asio::awaitable<void> {
        const auto tickers = co_await cache.get_tickers_health();
        CHECK(tickers.status == "unhealthy");
        CHECK_FALSE(tickers.newest);
        const auto accounts = co_await cache.get_accounts_summary();
        CHECK(accounts.status == "unhealthy");
        const auto bars = co_await cache.get_ohlcv_cache_status();
        CHECK(bars.status == "unhealthy");
        const auto processes = co_await cache.get_processes_performance();
        CHECK(processes.status == "unhealthy");
        const auto orders = co_await cache.get_orders_queue_status();
        CHECK(orders.status == "healthy");
        const auto trades = co_await cache.get_trades_queue_status();
        CHECK(trades.status == "healthy");
        const auto coordination = co_await cache.get_bots_coordination_status();
        CHECK(coordination.status == "healthy");
        const auto metrics = co_await cache.get_ohlcv_performance_metrics();
        CHECK(metrics.reads == 0);
        CHECK_FALSE(metrics.mean_latency_ms);
        const auto overview = co_await cache.get_processes_cache_overview();
        CHECK(overview.total_keys == 0);
        CHECK(overview.keys.size() == 14);
    });
}

TEST_CASE("tickers are healthy while every exchange has one of lately")
{
    with_client_of([](served_redis& world, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        co_await world.ticks.set_ticker(support::make_tick("a", "BTC/USDT", 1, now()));
        co_await world.ticks.set_ticker(support::make_tick("a", "OLD/USDT", 1, now() - 301));
        co_await world.ticks.set_ticker(support::make_tick("b", "BTC/USDT", 1, now() - 30));
        cli("HSET", "tickers:b", "NOTIME", R"({"price":1})");
        cli("HSET", "tickers:", "X", R"({"price":1})"); // no exchange has no name
        auto health = co_await cache.get_tickers_health();
        CHECK(health.status == "healthy");
        REQUIRE(health.exchanges.size() == 2);
        CHECK(health.exchanges[0].symbols == 2);
        CHECK(health.exchanges[0].active == 1);
        CHECK(health.exchanges[1].symbols == 2);
        CHECK(health.exchanges[1].active == 1);
        CHECK(health.oldest == health.exchanges[0].oldest);
        CHECK(health.newest == health.exchanges[0].newest);
        const auto wide = co_await cache.get_tickers_active("a", std::chrono::seconds(600));
        CHECK(wide.symbols == std::vector<std::string>{"BTC/USDT", "OLD/USDT"});
        const auto narrow = co_await cache.get_tickers_active("b", std::chrono::seconds(10));
        CHECK(narrow.symbols.empty());
        CHECK(narrow.total == 2);

        cli("HDEL", "tickers:a", "BTC/USDT");
        health = co_await cache.get_tickers_health();
        CHECK(health.status == "degraded");
        CHECK(health.exchanges[0].status == "unhealthy");
        CHECK(health.exchanges[1].status == "healthy");
        cli("HSET", "tickers:b", "BROKEN", "{x");
        health = co_await cache.get_tickers_health();
        CHECK(health.exchanges[1].status == "degraded");
        cli("HDEL", "tickers:b", "BTC/USDT");
        health = co_await cache.get_tickers_health();
        CHECK(health.status == "unhealthy");
    });
}

TEST_CASE("the tickers that streams follow are listed with their connections")
{
    with_client_of([](served_redis& world, redis_cli&, client& cache) -> asio::awaitable<void> {
        co_await world.ticks.set_ticker(support::make_tick("a", "BTC/USDT", 1, 1000));
        auto second = co_await client::connect(world.url());
        {
            const auto one = co_await cache.stream_tickers("a", "BTC/USDT");
            const auto same = co_await cache.stream_tickers("a", "BTC/USDT"); // on the same connection
            const auto all = co_await second.stream_tickers("a");
            const auto none = co_await second.stream_tickers("b", "ETH/USDT");
            auto listed = co_await cache.get_tickers_subscriptions();
            REQUIRE(listed.count == 2);
            CHECK(listed.subscriptions[0].topic == "tickers:a:BTC/USDT");
            CHECK(listed.subscriptions[0].subscribers == 2);
            CHECK(listed.subscriptions[0].last_update == 1000.0);
            CHECK_FALSE(listed.subscriptions[0].stale);
            CHECK(listed.subscriptions[1].symbol == "ETH/USDT");
            CHECK(listed.subscriptions[1].subscribers == 1);
            CHECK_FALSE(listed.subscriptions[1].last_update);
            co_await world.ticks.set_ticker(support::make_tick("a", "BTC/USDT", 2, 1001));
            while (listed.subscriptions[0].last_update != 1001.0) // or the time of the whole test is over
                listed = co_await cache.get_tickers_subscriptions();
            CHECK(listed.subscriptions[0].update_id == 1);

            world.redis.kill();
            co_await support::eventually("it is known", [&] { return !world.server->redis_up(); });
            listed = co_await cache.get_tickers_subscriptions();
            REQUIRE(listed.count == 2);
            CHECK(listed.subscriptions[0].stale);
            world.redis.start();
            co_await support::eventually("it is back", [&] { return world.server->redis_up(); });
        }
        auto left = co_await cache.get_tickers_subscriptions();
        while (left.count != 0)
            left = co_await cache.get_tickers_subscriptions();
        co_await second.close();
    });
}

TEST_CASE("accounts: sums by currency, and how old they are")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        cli("HSET", "accounts", "1",
            R"({"USDT":{"balance":10.5,"available":8.0,"reserved":2.5},"BTC":{"total":1,"free":1,"used":0},"date":")" +
                iso(0) + R"("})");
        cli("HSET", "accounts", "2",
            R"({"USDT":{"balance":1.5,"available":1.5},"date":")" + iso(10) + R"("})");
        cli("HSET", "account_positions", "2",
            R"({"BTC/USDT":{"volume":1.0},"ETH/USDT":{"volume":-1.0},"timestamp":")" + iso(400) + R"("})");
        cli("HSET", "account_positions", "3", R"({"timestamp":")" + iso(20) + R"("})");
        auto all = co_await cache.get_accounts_summary();
        CHECK(all.status == "healthy");
        CHECK(all.accounts == 3);
        CHECK(all.with_balances == 2);
        CHECK(all.with_positions == 1);
        CHECK(all.open_positions == 2);
        CHECK(all.unreadable == 0);
        REQUIRE(all.totals.size() == 2);
        CHECK(all.totals["USDT"].total_balance == 12);
        CHECK(all.totals["USDT"].available_balance == 9.5);
        CHECK(all.totals["USDT"].reserved_balance == 2.5);
        CHECK(all.totals["USDT"].accounts == 2);
        CHECK(all.totals["BTC"].accounts == 1);
        auto one = co_await cache.get_accounts_status("2");
        REQUIRE(one);
        CHECK(one->status == "healthy"); // by the newer of its parts
        CHECK(one->timestamp == one->balances_updated);
        CHECK(one->symbols == std::vector<std::string>{"BTC/USDT", "ETH/USDT"});

        cli("HSET", "accounts", "2", "{x");
        one = co_await cache.get_accounts_status("2");
        REQUIRE(one);
        CHECK(one->status == "degraded");
        CHECK(one->unreadable == 1);
        CHECK(one->currencies.empty());
        CHECK(one->timestamp == one->positions_updated);
        all = co_await cache.get_accounts_summary();
        CHECK(all.status == "degraded");
        CHECK(all.unreadable == 1);
        CHECK(all.accounts == 3);
        cli("HSET", "account_positions", "2", "[1]");
        one = co_await cache.get_accounts_status("2");
        REQUIRE(one);
        CHECK(one->status == "unhealthy");
        CHECK(one->unreadable == 2);
        const auto unknown = co_await cache.get_accounts_status("99");
        CHECK_FALSE(unknown);
    });
}

TEST_CASE("times in the future, or in milliseconds, count as current nowhere")
{
    with_client_of([](served_redis& world, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        co_await world.ticks.set_ticker(support::make_tick("a", "BTC/USDT", 1, now() * 1000));
        co_await world.ticks.set_ticker(support::make_tick("a", "ETH/USDT", 1, now() + 600));
        const auto tickers = co_await cache.get_tickers_health();
        CHECK(tickers.status == "unhealthy");
        CHECK(tickers.active == 0);
        const auto active = co_await cache.get_tickers_active("a");
        CHECK(active.symbols.empty());

        cli("HSET", "accounts", "1", R"({"date":")" + iso(-600) + R"("})");
        auto account = co_await cache.get_accounts_status("1");
        REQUIRE(account);
        CHECK(account->status == "unhealthy");
        auto accounts = co_await cache.get_accounts_summary();
        CHECK(accounts.status == "unhealthy");
        cli("HSET", "account_positions", "1", R"({"timestamp":")" + iso(10) + R"("})");
        account = co_await cache.get_accounts_status("1");
        REQUIRE(account);
        CHECK(account->status == "healthy"); // one part is current
        accounts = co_await cache.get_accounts_summary();
        CHECK(accounts.status == "healthy");

        cli("RPUSH", "trades:a:BTCUSDT", trade_text(1, -600));
        const auto trades = co_await cache.get_trades_queue_status();
        CHECK(trades.status == "unhealthy");
        cli("RPUSH", "ohlcv:BTCUSDT:1d", bar_text(-600));
        const auto bars = co_await cache.get_ohlcv_cache_status();
        CHECK(bars.status == "unhealthy");
        CHECK(bars.fresh == 0);
        cli("HSET", "opening_position", "a:X", "1:" + iso(-600));
        const auto marks = co_await cache.get_bots_coordination_status();
        CHECK(marks.status == "unhealthy");
    });
}

TEST_CASE("a process that reports from the future is stale, not active, and without an age")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        const auto put = [&](const std::string& id, const std::string& updated,
                             const std::string& heartbeat) {
            cli("SET", "process:data:" + id,
                R"({"status":"running","updated_at":)" + updated + R"(,"heartbeat":)" + heartbeat + "}");
            cli("HSET", "process:active:" + id.substr(0, id.find(':')), id, iso(-3600));
        };
        const auto quoted = [](double age) { return '"' + iso(age) + '"'; };
        put("bot:hour:1", quoted(-3600), quoted(-3600));
        auto health = co_await cache.get_system_health();
        CHECK_FALSE(health.healthy);
        CHECK(health.total_processes == 1);
        CHECK(health.stale_processes == 1);
        auto performance = co_await cache.get_processes_performance();
        CHECK(performance.status == "unhealthy");
        CHECK(performance.stale == 1);
        CHECK_FALSE(performance.by_type["bot"].youngest_heartbeat_age);
        CHECK_FALSE(performance.by_type["bot"].mean_heartbeat_age);
        auto active = co_await cache.get_active_processes();
        CHECK(active.empty());

        put("bot:milliseconds:1", "1e15", "1e15");
        put("bot:well:1", quoted(10), quoted(10));
        put("bot:half:1", quoted(1), quoted(-3600));
        put("tick:skew:1", quoted(-30), quoted(-30)); // the clock of another machine
        health = co_await cache.get_system_health();
        CHECK(health.total_processes == 5);
        CHECK(health.stale_processes == 3);
        performance = co_await cache.get_processes_performance();
        CHECK(performance.status == "degraded");
        CHECK(performance.processes == 5);
        CHECK(performance.stale == 3);
        const auto& bots = performance.by_type["bot"];
        REQUIRE(bots.youngest_heartbeat_age);
        CHECK(*bots.youngest_heartbeat_age >= 10);
        CHECK(bots.youngest_heartbeat_age == bots.oldest_heartbeat_age);
        CHECK(bots.mean_heartbeat_age == bots.oldest_heartbeat_age);
        CHECK(performance.by_type["tick"].youngest_heartbeat_age == 0.0);
        active = co_await cache.get_active_processes();
        std::vector<std::string> seen;
        for (const auto& one : active)
            seen.push_back(one.component + (one.heartbeat_stale ? " stale" : ""));
        CHECK(seen == std::vector<std::string>{"skew", "half stale", "well"});
        auto updates = co_await cache.stream_process_health();
        auto told =
            co_await fullon_coro::with_deadline(std::chrono::seconds(10) * support::patience, updates.next());
        REQUIRE(told);
        CHECK(told->active_processes == 3);
        CHECK(told->stale_processes == 3);
        // One whose times come to be within a minute of now while nobody writes.
        put("bot:soon:1", quoted(-62), quoted(-62));
        bool active_in_time = false;
        while (!active_in_time) {
            told = co_await fullon_coro::with_deadline(std::chrono::seconds(15) * support::patience,
                                                       updates.next());
            REQUIRE(told);
            active_in_time =
                told->total_processes == 6 && told->active_processes == 4 && told->stale_processes == 3;
        }
    });
}

TEST_CASE("a list whose oldest trade has no time is judged by its newest; without any it is degraded")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        const std::string undated = R"({"trade_id":1,"symbol":"BTC/USDT","volume":1.0,"price":2.0})";
        cli("RPUSH", "trades:a:BTCUSDT", undated, trade_text(2, 3700));
        cli("RPUSH", "trades:b:BTCUSDT", undated);
        auto states = co_await cache.get_trades_queue_status();
        REQUIRE(states.queues.size() == 2);
        CHECK_FALSE(states.queues[0].oldest);
        CHECK(states.queues[0].health_status == "unhealthy");
        CHECK_FALSE(states.queues[1].newest);
        CHECK(states.queues[1].unreadable == 0);
        CHECK(states.queues[1].health_status == "degraded");
    });
}

TEST_CASE(
    "an account that does not say its total counts with its parts; open is what says a volume that is not 0")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        cli("HSET", "accounts", "1", R"({"USDT":{"available":8.0,"reserved":2.5},"BTC":{"balance":3.0}})");
        cli("HSET", "accounts", "2", R"({"USDT":{"available":1.0},"BTC":{"total":0,"free":1.0,"used":1.0}})");
        cli("HSET", "account_positions", "1",
            R"({"A":{"volume":0},"B":{"volume":-1.0},"C":{"cost":1.0},"D":{"volume":0.0}})");
        cli("HSET", "account_positions", "2", R"({"A":{"volume":0}})");
        auto all = co_await cache.get_accounts_summary();
        CHECK(all.totals["USDT"].total_balance == 11.5);
        CHECK(all.totals["USDT"].available_balance == 9);
        CHECK(all.totals["USDT"].reserved_balance == 2.5);
        CHECK(all.totals["BTC"].total_balance == 3); // 0 was said
        CHECK(all.open_positions == 1);
        CHECK(all.with_positions == 1);
        CHECK(all.unreadable == 1);
        const auto one = co_await cache.get_accounts_status("1");
        REQUIRE(one);
        CHECK(one->open_positions == 1);
        CHECK(one->symbols == std::vector<std::string>{"B"});
        CHECK(one->unreadable == 1); // C does not say
        const auto flat = co_await cache.get_accounts_status("2");
        REQUIRE(flat);
        CHECK(flat->open_positions == 0);
        CHECK(flat->symbols.empty());
    });
}

TEST_CASE("what cannot be read, or is misnamed, is counted where it is left out")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        cli("HSET", "order_status:a", "1", R"({"uid":7})", "2", "{x");
        cli("HSET", "order_status:b", "3", "{x");
        const auto mine = co_await cache.get_user_orders("7");
        CHECK(mine.count == 1);
        CHECK(mine.unreadable == 2);
        const auto there = co_await cache.get_user_orders("7", "b");
        CHECK(there.unreadable == 1);
        cli("HSET", "bot_status", "1", R"({"user_id":7})", "2", R"({"user_id":8})", "3", "{x");
        const auto bots = co_await cache.get_user_bots("7");
        CHECK(bots.bots.size() == 1);
        CHECK(bots.unreadable == 1);

        cli("RPUSH", "trades:a:BTCUSDT", trade_text(1, 0));
        auto trades = co_await cache.get_trades_queue_status();
        CHECK(trades.status == "healthy");
        cli("RPUSH", "trades:odd", trade_text(1, 0));
        trades = co_await cache.get_trades_queue_status();
        CHECK(trades.queues.size() == 1);
        CHECK(trades.unreadable == 1);
        CHECK(trades.status == "degraded");
        const auto metrics = co_await cache.get_trades_performance_metrics();
        CHECK(metrics.unreadable == 1);
        CHECK(metrics.status == "degraded");
        trades = co_await cache.get_trades_queue_status("a");
        CHECK(trades.status == "healthy"); // the odd one belongs to nobody

        cli("RPUSH", "ohlcv:BTCUSDT:1m", "{x", bar_text(0));
        auto bars = co_await cache.get_ohlcv_cache_status();
        CHECK(bars.status == "healthy");
        auto measured = co_await cache.get_ohlcv_performance_metrics();
        CHECK(measured.bars_read == 2);
        CHECK(measured.unreadable == 1);
        cli("RPUSH", "ohlcv:odd", bar_text(0));
        bars = co_await cache.get_ohlcv_cache_status();
        CHECK(bars.series_count == 1);
        CHECK(bars.unreadable == 1);
        CHECK(bars.status == "degraded");
        measured = co_await cache.get_ohlcv_performance_metrics();
        CHECK(measured.unreadable == 2);
        CHECK(measured.series.size() == 1);
    });
}

TEST_CASE("orders by status, and those of a user, the last written first")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        const auto put = [&](const char* exchange, const char* id, const char* rest, double age) {
            cli("HSET", std::string("order_status:") + exchange, id,
                std::string(R"({"uid":)") + rest + R"(,"timestamp":")" + iso(age) + R"("})");
        };
        put("a", "1", R"(7,"status":"open")", 30);
        put("a", "2", R"("7","status":"filled")", 20);
        put("b", "3", R"(7,"status":"open")", 10);
        put("b", "4", R"(8,"status":"open")", 5);
        cli("HSET", "order_status:c", "5", "{x");
        const auto mine = co_await cache.get_user_orders("7");
        REQUIRE(mine.count == 3);
        CHECK(mine.orders[0].order_id == "3");
        CHECK(mine.orders[1].order_id == "2");
        CHECK(mine.orders[2].order_id == "1");
        const auto there = co_await cache.get_user_orders("7", "b");
        CHECK(there.count == 1);
        const auto states = co_await cache.get_orders_queue_status();
        CHECK(states.status == "unhealthy"); // c has nothing that can be read
        REQUIRE(states.queues.size() == 3);
        CHECK(states.queues[0].by_status == std::map<std::string, std::int64_t>{{"filled", 1}, {"open", 1}});
        CHECK(states.queues[0].health_status == "healthy");
        CHECK(states.queues[2].health_status == "unhealthy");
        CHECK(states.total == 4);
        CHECK(states.oldest == states.queues[0].oldest);
        CHECK(states.newest == states.queues[1].newest);
        const auto sizes = co_await cache.get_orders_queue_size("a");
        REQUIRE(sizes.queues.size() == 1);
        CHECK(sizes.total == 2);
    });
}

TEST_CASE("trades that nobody takes degrade their list; those that streams follow are told")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        cli("RPUSH", "trades:a:BTCUSDT", trade_text(1, 60), trade_text(2, 50));
        cli("RPUSH", "trades:b:BTCUSDT", trade_text(1, 400), "{x");
        cli("SET", "TRADE:STATUS:a", iso(50));
        auto states = co_await cache.get_trades_queue_status();
        REQUIRE(states.queues.size() == 2);
        CHECK(states.queues[0].queue_name == "trades:a:BTCUSDT");
        CHECK(states.queues[0].symbol == "BTC/USDT");
        CHECK(states.queues[0].health_status == "healthy");
        CHECK(states.queues[0].last_written);
        CHECK_FALSE(states.queues[0].processing_rate);
        CHECK(states.queues[1].symbol == "BTCUSDT"); // its newest is unreadable
        CHECK(states.queues[1].health_status == "degraded");
        CHECK(states.queues[1].unreadable == 1);
        CHECK_FALSE(states.queues[1].last_written);
        CHECK(states.status == "degraded");
        cli("LSET", "trades:b:BTCUSDT", 0, trade_text(1, 3700));
        states = co_await cache.get_trades_queue_status("b");
        REQUIRE(states.queues.size() == 1);
        CHECK(states.status == "unhealthy");
        cli("DEL", "trades:b:BTCUSDT");
        auto metrics = co_await cache.get_trades_performance_metrics();
        CHECK(metrics.status == "healthy");
        CHECK(metrics.followed == 0);
        CHECK_FALSE(metrics.trades_per_minute);
        {
            auto trades = co_await cache.stream_trade_updates("a", "BTC/USDT");
            metrics = co_await cache.get_trades_performance_metrics();
            CHECK(metrics.followed == 1);
            CHECK_FALSE(metrics.trades_per_minute); // not for a minute yet: see rate_meter_test.cpp
            for (int id = 3; id <= 7; ++id)
                cli("RPUSH", "trades:a:BTCUSDT", trade_text(id, 0));
            for (int seen = 0; seen < 7; ++seen) {
                auto item = co_await fullon_coro::with_deadline(std::chrono::seconds(10) * support::patience,
                                                                trades.next());
                REQUIRE(item);
            }
            const auto sizes = co_await cache.get_trades_queue_size("a");
            REQUIRE(sizes.queues.size() == 1);
            CHECK(sizes.queues[0].size == 7);
            CHECK_FALSE(sizes.queues[0].processing_rate);
            cli("DEL", "trades:a:BTCUSDT"); // followed still, and none of these lists
            metrics = co_await cache.get_trades_performance_metrics();
            CHECK(metrics.queue_lengths.empty());
            CHECK(metrics.followed == 0);
        }
    });
}

TEST_CASE("bars are as fresh as their timeframe wants, in either spelling of the symbol")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        cli("RPUSH", "ohlcv:BTC/USDT:1m", bar_text(60));
        cli("RPUSH", "ohlcv:BTCUSDT:15m", bar_text(3600));
        cli("RPUSH", "ohlcv:BTCUSDT:1d", bar_text(86400));
        cli("RPUSH", "ohlcv:ETHUSDT:15m", bar_text(100));
        cli("RPUSH", "ohlcv:BTC-X-USDT:1w", bar_text(0)); // another symbol
        auto status = co_await cache.get_ohlcv_cache_status();
        CHECK(status.status == "healthy"); // of each timeframe some symbol is up to date
        CHECK(status.symbols == 3);
        CHECK(status.timeframes == std::vector<std::string>{"1m", "15m", "1d", "1w"});
        CHECK(status.series_count == 5);
        CHECK(status.fresh == 4);
        const auto both = co_await cache.get_ohlcv_timeframes("BTC/USDT");
        REQUIRE(both);
        CHECK(both->timeframes == std::vector<std::string>{"1m", "15m", "1d"});
        const auto slashless = co_await cache.get_ohlcv_timeframes("BTCUSDT");
        REQUIRE(slashless);
        CHECK(slashless->timeframes == std::vector<std::string>{"15m", "1d"});
        const auto wild = co_await cache.get_ohlcv_timeframes("*");
        CHECK_FALSE(wild);
        cli("DEL", "ohlcv:ETHUSDT:15m");
        status = co_await cache.get_ohlcv_cache_status();
        CHECK(status.status == "degraded"); // 15m has nobody
        cli("DEL", "ohlcv:BTCUSDT:15m");
        cli("RPUSH", "ohlcv:BTCUSDT:odd", bar_text(0));
        status = co_await cache.get_ohlcv_cache_status();
        CHECK(status.status == "healthy");
        CHECK(status.timeframes.back() == "odd");
        cli("RPUSH", "ohlcv:BTCUSDT:odd", "{x");
        status = co_await cache.get_ohlcv_cache_status();
        CHECK(status.status == "degraded");
        CHECK(status.unreadable == 1);
    });
}

TEST_CASE("more lists than are read at once are all there")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        std::vector<std::vector<std::string>> writes;
        for (int i = 0; i < 1234; ++i) {
            const auto symbol = "S" + std::to_string(i) + "USDT";
            writes.push_back({"RPUSH", "ohlcv:" + symbol + ":1m", bar_text(0), bar_text(0)});
            writes.push_back({"RPUSH", "trades:a:" + symbol, trade_text(i, 0)});
            writes.push_back({"HSET", "tickers:a", symbol, R"({"price":1})"});
        }
        cli.pipeline(writes);
        const auto bars = co_await cache.get_ohlcv_performance_metrics();
        CHECK(bars.series.size() == 1234);
        CHECK(bars.bars == 2468);
        CHECK(bars.bars_read == 2468);
        CHECK(bars.bytes_read == 2468 * static_cast<std::int64_t>(bar_text(0).size()));
        CHECK(bars.reads == 13);
        CHECK(bars.mean_latency_ms <= bars.slowest_latency_ms);
        const auto trades = co_await cache.get_trades_queue_size();
        CHECK(trades.queues.size() == 1234);
        CHECK(trades.total == 1234);
        auto overview = co_await cache.get_processes_cache_overview();
        CHECK(overview.keys["bars"] == fullon_cache::key_count{1234, 2468});
        CHECK(overview.keys["tickers"] == fullon_cache::key_count{1, 1234});
        CHECK(overview.total_keys == 2469);
        CHECK(overview.server.connections.open == 1);
        CHECK(overview.server.cache.hits >= 2); // what was asked above
        CHECK(overview.server.redis.up);
        CHECK(overview.server.uptime_seconds > 0);
    });
}

TEST_CASE("keys are counted in one walk, whatever else there is")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        std::vector<std::vector<std::string>> writes;
        for (int i = 0; i < 2500; ++i) {
            const auto number = std::to_string(i);
            writes.push_back({"SET", "other:" + number, "x"});
            writes.push_back({"SET", "process:data:a:" + number, "x"});
        }
        writes.push_back({"SET", "ticker_time:a:X", "1"});
        writes.push_back({"SET", "TRADE:STATUS:a", "1"});
        writes.push_back({"RPUSH", "ohlcv:X:1m", "1", "2"});
        writes.push_back({"RPUSH", "trades:a:X", "1", "2", "3"});
        writes.push_back({"HSET", "tickers:a", "X", "1"});
        writes.push_back({"HSET", "order_status:a", "1", "1"});
        writes.push_back({"HSET", "process:active:a", "1", "1"});
        // Of other types than those of their kind.
        writes.push_back({"SET", "tickers:b", "x"});
        writes.push_back({"SET", "ohlcv:Y:1m", "x"});
        cli.pipeline(writes);
        const auto before = support::commands_of(cli);
        auto overview = co_await cache.get_processes_cache_overview();
        auto scans = support::difference(support::commands_of(cli), before)["scan"];
        CHECK(scans >= 5);
        CHECK(scans <= 7); // 5009 keys, a thousand at a time
        using fullon_cache::key_count;
        auto& keys = overview.keys;
        CHECK(keys["processes"] == key_count{2500, 2500});
        CHECK(keys["ticker_times"] == key_count{1, 1});
        CHECK(keys["bars"] == key_count{1, 2});
        CHECK(keys["trades"] == key_count{1, 3});
        CHECK(keys["tickers"] == key_count{1, 1});
        CHECK(keys["orders"] == key_count{1, 1});
        CHECK(keys["active_processes"] == key_count{1, 1});
        CHECK(keys["trade_status"] == key_count{1, 1});
        CHECK(overview.total_keys == 2507);
    });
}

TEST_CASE("a position that is being opened for too long, or since nobody knows when, is told")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        cli("HSET", "block_exchange", "b:X", "1", "a:Y:Z", "2");
        cli("HSET", "opening_position", "a:X", "1:" + iso(5));
        auto found = co_await cache.get_bots_coordination_status();
        CHECK(found.status == "healthy");
        REQUIRE(found.blocks.size() == 2);
        CHECK(found.blocks[0] == fullon_orm::block{"a", "Y:Z", "2"});
        CHECK(found.blocks[1] == fullon_orm::block{"b", "X", "1"});
        cli("HSET", "opening_position", "a:Y", "1");
        found = co_await cache.get_bots_coordination_status();
        CHECK(found.status == "degraded");
        REQUIRE(found.opening_positions.size() == 2);
        CHECK_FALSE(found.opening_positions[1].since);
        cli("HSET", "opening_position", "a:Y", "1:" + iso(301));
        found = co_await cache.get_bots_coordination_status();
        CHECK(found.status == "degraded");
        cli("HSET", "opening_position", "a:Y", "1:" + iso(3700));
        found = co_await cache.get_bots_coordination_status();
        CHECK(found.status == "unhealthy");
        cli("DEL", "opening_position");
        cli("HSET", "block_exchange", "nobody", "1");
        found = co_await cache.get_bots_coordination_status();
        CHECK(found.status == "degraded");
        CHECK(found.unreadable == 1);
    });
}

TEST_CASE("processes: ages of heartbeats, stale and failed ones, by type")
{
    with_client_of([](served_redis&, redis_cli& cli, client& cache) -> asio::awaitable<void> {
        const auto put = [&](const std::string& id, const char* status, double updated, double heartbeat) {
            cli("SET", "process:data:" + id,
                std::string(R"({"status":")") + status + R"(","updated_at":")" + iso(updated) +
                    R"(","heartbeat":")" + iso(heartbeat) + R"("})");
            cli("HSET", "process:active:" + id.substr(0, id.find(':')), id, iso(updated));
        };
        put("tick:a:1", "running", 10, 10);
        put("tick:b:1", "running", 20, 20);
        auto found = co_await cache.get_processes_performance();
        CHECK(found.status == "healthy");
        put("tick:c:1", "running", 400, 400);
        put("bot:a:1", "error", 1, 1);
        put("bot:gone:1", "error", 4000, 4000);
        cli("SET", "process:data:bot:broken:1", "{x");
        cli("HSET", "process:active:bot", "bot:broken:1", iso(0));
        found = co_await cache.get_processes_performance();
        CHECK(found.status == "degraded");
        CHECK(found.processes == 4);
        CHECK(found.stale == 1);
        CHECK(found.failed == 1);
        CHECK(found.unreadable == 1);
        const auto& tick = found.by_type["tick"];
        CHECK(tick.processes == 3);
        CHECK(tick.stale == 1);
        REQUIRE(tick.oldest_heartbeat_age);
        CHECK(*tick.youngest_heartbeat_age >= 10);
        CHECK(*tick.oldest_heartbeat_age >= 400);
        CHECK(*tick.oldest_heartbeat_age < 460);
        CHECK(*tick.mean_heartbeat_age > *tick.youngest_heartbeat_age);
        CHECK(*tick.mean_heartbeat_age < *tick.oldest_heartbeat_age);
        cli("DEL", "process:data:tick:a:1", "process:data:tick:b:1", "process:data:bot:broken:1");
        found = co_await cache.get_processes_performance();
        CHECK(found.status == "unhealthy");
    });
}

TEST_CASE("who may run INFO hears what Redis says of itself; the tag does not change with it")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        redis_cli cli(redis);
        cli("HSET", "accounts", "1", "{}");
        fullon_cache::connection connection(executor, support::redis_config(redis));
        fullon_cache_api::operation_context context(connection.shared_link(), nullptr, "e", 0, nullptr);
        fullon_cache_api::detail::rest_gateway gateway(context, fullon_cache_api::gateway_config());
        connection.start();
        co_await connection.ready();
        fullon_cache_api::http_request request;
        request.method = "GET";
        request.target = "/api/v1/cache/processes/cache/overview";
        const auto first = co_await gateway.handle(request);
        const auto body = json::parse(first.body).as_object();
        CHECK(!body.at("redis_version").as_string().empty());
        CHECK(body.at("used_memory").as_int64() > 0);
        CHECK(body.at("max_memory").as_int64() == 0);
        CHECK(body.at("connected_clients").as_int64() >= 1);
        cli("GET", "nothing"); // another hit rate
        request.headers.emplace_back("If-None-Match",
                                     std::string(fullon_cache_api::find_header(first.headers, "etag")));
        const auto again = co_await gateway.handle(request);
        CHECK(again.status == 304);
        fullon_cache_api::cache_overview one;
        fullon_cache_api::cache_overview other;
        other.server.uptime_seconds = 5;
        other.server.connections.open = 5;
        other.server.cache.hits = 5;
        other.uptime_seconds = other.used_memory = other.connected_clients = 5;
        other.hit_rate = 0.5;
        fullon_cache_api::operations::get_processes_cache_overview::strip_times(other);
        CHECK(other == one);
        other.server.redis.losses = 1; // what befell the link is news
        fullon_cache_api::operations::get_processes_cache_overview::strip_times(other);
        CHECK(other != one);
        co_await connection.stop();
    });
}

TEST_CASE("bars come ten at a time, over HTTP a hundred")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        redis_cli cli(world.redis);
        for (int i = 0; i < 150; ++i)
            cli("RPUSH", "ohlcv:BTCUSDT:1m", "[" + std::to_string(i * 60) + ",1,2,3,4,5]");
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        co_await support::eventually("the server has its Redis", [&] { return world.server->redis_up(); });
        const auto few =
            co_await peer.ask("get_latest_ohlcv_bars", R"({"symbol":"BTCUSDT","timeframe":"1m"})");
        CHECK(few.at("result").at("bars").as_array().size() == 10);
        fullon_cache_api::operation_context context(world.writer.shared_link(), nullptr, "e", 0, nullptr);
        fullon_cache_api::detail::rest_gateway gateway(context, fullon_cache_api::gateway_config());
        fullon_cache_api::http_request request;
        request.method = "GET";
        request.target = "/api/v1/cache/ohlcv/BTC/USDT/1m";
        const auto many = co_await gateway.handle(request);
        CHECK(json::parse(many.body).at("bars").as_array().size() == 100);
        peer.hang_up();
        co_await world.stop();
    });
}
