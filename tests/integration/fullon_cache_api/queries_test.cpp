// Every query on the wire and by the client: hit, miss, bad parameters, Redis down, Redis hung. The data is that of
// tests/data/seed.jsonl: what services have really stored, broken entries among it.
#include "operation_table.hpp"
#include "support/surfaces.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/catalogue.hpp>
#include <fullon_cache_api/operations/trades.hpp>
#include <fullon_cache_api/protocol/bot.hpp>
#include <fullon_cache_api/protocol/process.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/iso_time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using fullon_cache_api::error;
using namespace operation_table;
using support::surface;

struct query {
    std::string operation;
    std::string hit; // parameters
    std::string result; // of a hit: members that it has at least, with these values
    std::string miss; // parameters; "" where there is no miss
    std::string nothing; // result of a miss that is no error; "" = CACHE_MISS
    std::vector<bad_params> refused;
};

// The table of every query of data. What the service says of itself is in protocol_test.cpp.
const std::vector<query> queries{
    {"get_ticker",
     R"({"exchange":"nulls","symbol":"BTC/USDT"})",
     R"({"exchange":"nulls","symbol":"BTC/USDT","price":50000.0,"bid":null,"timestamp":1762500000.123456})",
     R"({"exchange":"nulls","symbol":"X"})",
     "",
     {{R"({"exchange":"nulls"})", "symbol: required, must be a non-empty text"},
      {R"({"exchange":7,"symbol":"X"})", "exchange: must be a non-empty text"}}},
    {"get_all_tickers",
     R"({"exchange":"skip"})",
     R"({"exchange":"skip"})",
     R"({"exchange":"nowhere"})",
     R"({"exchange":"nowhere","tickers":[]})",
     {{"{}", "exchange: required"}, {R"({"exchange":[]})", "exchange: must be a non-empty text"}}},
    {"get_balance",
     R"({"user_id":1,"currency":"USDT"})",
     R"({"user_id":"1","currency":"USDT","total_balance":10000.0,"available_balance":8500.0,"reserved_balance":1500.0,"timestamp":1762500000.123456})",
     R"({"user_id":1,"currency":"XXX"})",
     "",
     {{"{}", "user_id: required, must be " + id_words},
      {R"({"user_id":1.5})", "user_id: must be " + id_words},
      {R"({"user_id":""})", "user_id: must be " + id_words},
      {R"({"user_id":1,"currency":5})", "currency: must be a non-empty text"},
      {R"({"user_id":1,"currency":"A","exchange":"B"})", "exchange: is an older name of currency"}}},
    {"get_balances",
     R"({"user_id":"1"})",
     R"({"user_id":"1","timestamp":1762500000.123456})",
     R"({"user_id":99})",
     "",
     {{"{}", "user_id: required"}, {R"({"user_id":null})", "user_id: required"}}},
    {"get_positions",
     R"({"user_id":1})",
     R"({"user_id":"1","exchange":"1","count":2})",
     R"({"exchange":"99"})",
     R"({"user_id":"99","exchange":"99","positions":[],"count":0})",
     {{"{}", "user_id: required (or exchange"},
      {R"({"user_id":1,"exchange":"1"})", "exchange: must not be given beside user_id"},
      {R"({"user_id":true})", "user_id: must be " + id_words}}},
    {"get_order_status",
     R"({"order_id":777,"exchange":"binance"})",
     R"({"order_id":"777","ex_order_id":"EX_1","exchange":"binance","symbol":"BTC/USDT","side":"buy","order_type":"limit","amount":0.1,"price":50000.0,"filled":0.5,"remaining":0.0,"status":"open","bot_id":1,"uid":1,"leverage":1.0,"futures":false,"command":null,"reason":null,"timestamp":null})",
     R"({"order_id":"nope","exchange":"binance"})",
     "",
     {{R"({"exchange":"binance"})", "order_id: required, must be " + id_words},
      {R"({"order_id":"1","exchange":""})", "exchange: must be a non-empty text"}}},
    {"get_queue_length",
     R"({"exchange":"binance"})",
     R"({"exchange":"binance","queue_length":5})",
     R"({"exchange":"nowhere"})",
     R"({"exchange":"nowhere","queue_length":0})",
     {{"{}", "exchange: required"}, {R"({"exchange":1})", "exchange: must be a non-empty text"}}},
    {"get_bot_status",
     R"({"bot_id":"bot_1"})",
     R"({"bot_id":"bot_1","status":"running","timestamp":1762500000.123456})",
     R"({"bot_id":"nope"})",
     "",
     {{"{}", "bot_id: required, must be " + id_words}, {R"({"bot_id":{}})", "bot_id: must be " + id_words}}},
    {"get_bots",
     "{}",
     R"({"bots":{"bot_1":{"feed_1":{"status":"running","symbols":["BTC/USDT"],"performance":{"pnl":100.0},"timestamp":"2025-11-07T07:20:00.123456+00:00"},"feed_2":{"status":"paused"},"note":"x"},"7":{"status":"running"},"8":{"user_id":1,"status":"idle"},"empty":{}}})",
     "",
     "",
     {{R"({"bot_id":"x"})", "bot_id: unknown parameter; known are: none"}}},
    {"is_blocked",
     R"({"exchange":"binance","symbol":"BTC/USDT"})",
     R"({"exchange":"binance","symbol":"BTC/USDT","is_blocked":true,"blocked_by":"bot_1"})",
     R"({"exchange":5,"symbol":"ETH/USDT"})",
     R"({"exchange":"5","symbol":"ETH/USDT","is_blocked":false,"blocked_by":null})",
     {{R"({"exchange":"binance"})", "symbol: required"},
      {R"({"exchange":"","symbol":"A"})", "exchange: must be " + id_words}}},
    {"get_trades",
     R"({"symbol":"BTC/USDT","exchange":"binance","limit":2})",
     R"({"exchange":"binance","symbol":"BTC/USDT"})",
     R"({"symbol":"X","exchange":"binance"})",
     R"({"exchange":"binance","symbol":"X","trades":[]})",
     {{R"({"symbol":"X"})", "exchange: required"},
      {R"({"symbol":"X","exchange":"a","limit":0})", "limit: must be a whole number from 1 to 2147483647"},
      {R"({"symbol":"X","exchange":"a","limit":"2"})", "limit: must be a whole number from 1 to"},
      {R"({"symbol":"X","exchange":"a","limit":1.5})", "limit: must be a whole number from 1 to"}}},
    {"get_trade_status",
     R"({"trade_key":"binance"})",
     R"({"trade_key":"binance","timestamp":1762500000.123456,"updated_at":"2025-11-07T07:20:00.123456+00:00"})",
     R"({"trade_key":"nope"})",
     "",
     {{"{}", "trade_key: required"}, {R"({"trade_key":1})", "trade_key: must be a non-empty text"}}},
    {"get_latest_ohlcv_bars",
     R"({"symbol":"BTC/USD","timeframe":"1h","count":2})",
     R"({"symbol":"BTC/USD","timeframe":"1h","bars":[[1762536000.0,50010.0,50100.0,49900.0,50050.5,1234.56],[1762539600.0,50011.0,50100.0,49900.0,50050.5,1234.56]]})",
     R"({"symbol":"X","timeframe":"1h"})",
     "",
     {{R"({"symbol":"X"})", "timeframe: required"},
      {R"({"symbol":"X","timeframe":"1h","count":0})", "count: must be a whole number from 1 to 10000"},
      {R"({"symbol":"X","timeframe":"1h","count":10001})", "count: must be a whole number from 1 to 10000"}}},
    {"get_system_health",
     "{}",
     R"({"healthy":false,"total_processes":2,"by_type":{"bot":1,"tick":1},"by_status":{"error":1,"running":1},"stale_processes":0,"error_processes":1})",
     "",
     "",
     {{R"({"x":1})", "x: unknown parameter"}}},
    {"get_active_processes",
     R"({"process_type":"bot","component":"bot_1","since_minutes":5})",
     "{}",
     R"({"component":"nobody"})",
     R"({"processes":[]})",
     {{R"({"process_type":"typo"})", "process_type: must be one of tick, ohlcv, bot"},
      {R"({"since_minutes":0})", "since_minutes: must be a whole number from 1 to 1440"},
      {R"({"component":7})", "component: must be a non-empty text"}}},
    {"get_tickers_active",
     R"({"exchange":"live"})",
     R"({"exchange":"live","max_age_seconds":300,"symbols":["BTC/USDT"],"count":1,"total":1,"unreadable":0})",
     R"({"exchange":"skip","max_age_seconds":60})",
     R"({"exchange":"skip","max_age_seconds":60,"symbols":[],"count":0,"total":1,"unreadable":1,"newest":1762500000.123456})",
     {{"{}", "exchange: required"},
      {R"({"exchange":"live","max_age_seconds":0})", "max_age_seconds: must be a whole number from 1 to"}}},
    {"get_tickers_health",
     "{}",
     R"({"status":"degraded","max_age_seconds":300,"symbols":9,"active":1,"unreadable":7,"oldest":1762500000.123456})",
     "",
     "",
     {{R"({"exchange":"live"})", "exchange: unknown parameter"}}},
    {"get_accounts_status",
     R"({"user_id":1})",
     R"({"user_id":"1","status":"unhealthy","currencies":["BTC","NEG","NULLA","STR","USDT","ZERO"],"open_positions":2,"symbols":["BTC/USDT","ETH/USDT"],"balances_updated":1762500000.123456,"positions_updated":1762500000.123456,"timestamp":1762500000.123456})",
     R"({"user_id":99})",
     "",
     {{"{}", "user_id: required"}, {R"({"user_id":""})", "user_id: must be " + id_words}}},
    {"get_accounts_summary",
     "{}",
     R"({"status":"unhealthy","accounts":2,"with_balances":1,"with_positions":2,"open_positions":3,"newest":1762500000.123456})",
     "",
     "",
     {{R"({"x":1})", "x: unknown parameter"}}},
    {"get_orders_queue_size",
     "{}",
     R"({"total":5,"queues":[{"queue_name":"order_status:binance","exchange":"binance","size":5,"processing_rate":null,"oldest":1762500000.123456,"newest":1762500000.123456,"unreadable":1,"health_status":"degraded"}]})",
     R"({"exchange":"nowhere"})",
     R"({"queues":[],"total":0})",
     {{R"({"exchange":""})", "exchange: must be a non-empty text"}}},
    {"get_orders_queue_status",
     R"({"exchange":"binance"})",
     R"({"status":"degraded","total":5,"unreadable":1,"oldest":1762500000.123456,"queues":[{"queue_name":"order_status:binance","exchange":"binance","size":5,"processing_rate":null,"oldest":1762500000.123456,"newest":1762500000.123456,"unreadable":1,"health_status":"degraded","by_status":{"open":3,"unknown":2}}]})",
     R"({"exchange":"nowhere"})",
     R"({"status":"healthy","queues":[],"total":0,"oldest":null})",
     {{R"({"exchange":1})", "exchange: must be a non-empty text"}}},
    {"get_orders_orders",
     R"({"user_id":1})",
     R"({"user_id":"1","count":4})",
     R"({"user_id":1,"exchange":"nowhere"})",
     R"({"user_id":"1","orders":[],"count":0})",
     {{"{}", "user_id: required"}, {R"({"user_id":1,"exchange":""})", "exchange: must be a non-empty text"}}},
    {"get_bots_bots",
     R"({"user_id":"1"})",
     R"({"bots":{"8":{"user_id":1,"status":"idle"}}})",
     R"({"user_id":2})",
     R"({"bots":{}})",
     {{"{}", "user_id: required"}, {R"({"user_id":[]})", "user_id: must be " + id_words}}},
    {"get_bots_coordination_status",
     "{}",
     R"({"status":"healthy","blocks":[{"exchange":"binance","symbol":"BTC/USDT","bot_id":"bot_1"}],"unreadable":0})",
     "",
     "",
     {{R"({"bot_id":1})", "bot_id: unknown parameter"}}},
    {"get_trades_queue_size",
     R"({"exchange":"binance"})",
     R"({"total":9})",
     R"({"exchange":"nowhere"})",
     R"({"queues":[],"total":0})",
     {{R"({"exchange":""})", "exchange: must be a non-empty text"},
      {R"({"exchange":"a:b"})", "exchange: must not contain ':'"}}},
    {"get_trades_queue_status",
     "{}",
     R"({"status":"unhealthy","total":9,"unreadable":2,"oldest":1762500000.123456,"newest":1762500000.123456})",
     R"({"exchange":"nowhere"})",
     R"({"status":"healthy","queues":[],"total":0,"unreadable":0,"oldest":null})",
     {{R"({"exchange":7})", "exchange: must be a non-empty text"}}},
    {"get_trades_performance_metrics",
     "{}",
     R"({"status":"unhealthy","queue_lengths":{"trades:binance:BADJ":4,"trades:binance:BTCUSDT":3,"trades:binance:ISOUSDT":1,"trades:binance:NULLTIME":1},"total":9,"followed":0,"trades_per_minute":null,"oldest":1762500000.123456})",
     "",
     "",
     {{R"({"exchange":"binance"})", "exchange: unknown parameter"}}},
    {"get_ohlcv_timeframes",
     R"({"symbol":"BTC/USD"})",
     R"({"symbol":"BTC/USD","timeframes":["1h"]})",
     R"({"symbol":"BT"})",
     "",
     {{"{}", "symbol: required"}, {R"({"symbol":1})", "symbol: must be a non-empty text"}}},
    {"get_ohlcv_cache_status",
     "{}",
     R"({"status":"unhealthy","symbols":2,"timeframes":["1m","1h"],"series_count":2,"fresh":0,"unreadable":1,"newest":1762539600.0,"series":[{"symbol":"BTCUSD","timeframe":"1h","bars":12,"newest":1762539600.0,"fresh":false},{"symbol":"WEIRD","timeframe":"1m","bars":4,"newest":null,"fresh":false}]})",
     "",
     "",
     {{R"({"symbol":"X"})", "symbol: unknown parameter"}}},
    {"get_ohlcv_performance_metrics",
     "{}",
     R"({"bars":16,"bars_read":14,"reads":1})",
     "",
     "",
     {{R"({"symbol":"X"})", "symbol: unknown parameter"}}},
    {"get_processes_performance",
     "{}",
     R"({"status":"degraded","processes":2,"stale":0,"failed":1,"unreadable":0})",
     "",
     "",
     {{R"({"process_type":"tick"})", "process_type: unknown parameter"}}},
    {"get_processes_cache_overview",
     "{}",
     R"({"redis_version":null,"uptime_seconds":null,"used_memory":null,"hit_rate":null,"keys":{"active_processes":{"keys":2,"entries":2},"balances":{"keys":1,"entries":1},"bars":{"keys":2,"entries":16},"blocks":{"keys":1,"entries":1},"bots":{"keys":1,"entries":5},"components":{"keys":1,"entries":2},"opening_positions":{"keys":1,"entries":1},"orders":{"keys":1,"entries":6},"positions":{"keys":1,"entries":2},"processes":{"keys":2,"entries":2},"ticker_times":{"keys":0,"entries":0},"tickers":{"keys":6,"entries":16},"trade_status":{"keys":1,"entries":1},"trades":{"keys":4,"entries":9}},"total_keys":24})",
     "",
     "",
     {{R"({"x":1})", "x: unknown parameter"}}},
};

asio::awaitable<void> check_hits(websocket_peer& peer)
{
    for (const auto& one : queries) {
        const auto answer = co_await peer.ask(one.operation, one.hit);
        INFO(one.operation << " " << one.hit << " -> " << json::serialize(answer));
        CHECK(answer.at("success").as_bool());
        if (answer.at("success").as_bool()) {
            check_contains(answer.at("result").as_object(), one.result);
            CHECK(answer.at("metrics").at("cache_hit").as_bool());
            CHECK(answer.at("metrics").at("source") == "redis");
        }
    }
}

asio::awaitable<void> check_misses(websocket_peer& peer)
{
    for (const auto& one : queries) {
        if (one.miss.empty())
            continue;
        const auto answer = co_await peer.ask(one.operation, one.miss);
        INFO(one.operation << " " << one.miss << " -> " << json::serialize(answer));
        CHECK(answer.at("success").as_bool() == !one.nothing.empty());
        if (one.nothing.empty()) {
            CHECK(text_in(answer, "error_code") == "CACHE_MISS");
            CHECK(text_in(answer, "error").find("not found") != std::string::npos);
        } else {
            check_contains(answer.at("result").as_object(), one.nothing);
            CHECK_FALSE(answer.at("metrics").at("cache_hit").as_bool());
        }
    }
}

} // namespace

TEST_CASE("every query of the catalogue is in the table")
{
    const std::set<std::string_view> of_itself{"ping",        "health_check", "list_operations",
                                               "unsubscribe", "list_streams", "get_tickers_subscriptions"};
    std::set<std::string_view> expected;
    for (const auto& entry : fullon_cache_api::detail::catalogue())
        if (entry.kind == fullon_cache_api::operation_kind::query && !of_itself.contains(entry.name))
            expected.insert(entry.name);
    std::set<std::string_view> tested;
    for (const auto& one : queries)
        tested.insert(one.operation);
    CHECK(tested == expected);
}

TEST_CASE("every query: hit, miss, missing and wrong parameters")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        co_await check_hits(peer);
        co_await check_misses(peer);
        co_await check_refusals(peer, queries);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("every query: an outage is an error, at once where it is known, in time where it is not")
{
    support::run([](asio::any_io_executor executor) { return check_outages(executor, queries); });
}

TEST_CASE("what was asked for alone and is unreadable is an error of its own")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        support::redis_cli cli(world.redis);
        cli("HSET", "account_positions", "bad", "{x");
        cli("HSET", "accounts", "bad", "[1]");
        cli("SET", "TRADE:STATUS:odd", "yesterday");
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        const std::vector<std::pair<std::string, std::string>> corrupt{
            {"get_ticker", R"({"exchange":"bad","symbol":"NAN"})"},
            {"get_positions", R"({"user_id":"bad"})"},
            {"get_balance", R"({"user_id":"bad","currency":"USDT"})"},
            {"get_balances", R"({"user_id":"bad"})"},
            {"get_order_status", R"({"order_id":"BADJSON","exchange":"binance"})"},
            {"get_order_status", R"({"order_id":"BADJSON"})"},
            {"get_bot_status", R"({"bot_id":"broken"})"},
            {"get_trade_status", R"({"trade_key":"odd"})"},
        };
        for (const auto& [operation, params] : corrupt) {
            const auto answer = co_await peer.ask(operation, params);
            INFO(operation << " " << params << " -> " << json::serialize(answer));
            CHECK(text_in(answer, "error_code") == "CORRUPT_ENTRY");
        }
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("get_balance without a currency gives all, and knows the older name")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        const auto all = co_await peer.ask("get_balance", R"({"user_id":1})");
        CHECK(all.at("result").at("balances").as_array().size() == 6);
        const auto older = co_await peer.ask("get_balance", R"({"user_id":"1","exchange":"BTC"})");
        CHECK(older.at("result").at("total_balance") == 1.5);
        const auto both =
            co_await peer.ask("get_balance", R"({"user_id":"1","exchange":"BTC","currency":"BTC"})");
        CHECK(both.at("success").as_bool());
        const auto list = co_await peer.ask("list_operations");
        for (const auto& one : list.at("result").at("operations").as_array())
            if (one.at("name") == "get_balance")
                CHECK(one.at("result").at("anyOf").as_array().size() == 2);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("client and server have a method for every query")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        co_await world.start();
        auto cache = co_await support::use(world, where);
        const auto usdt = co_await cache->get_balance("1", "USDT");
        REQUIRE(usdt);
        CHECK(usdt->total_balance == 10000);
        CHECK(usdt->user_id == "1");
        const auto no_balance = co_await cache->get_balance("1", "XXX");
        CHECK_FALSE(no_balance);
        const auto balances = co_await cache->get_balances("1");
        CHECK(balances.size() == 6);
        const auto no_balances = co_await cache->get_balances("99");
        CHECK(no_balances.empty());
        const auto positions = co_await cache->get_positions("1");
        REQUIRE(positions.size() == 2);
        CHECK(positions[1].side == "short");
        CHECK(positions[1].size == 1);
        const auto tried = co_await cache->try_get_positions("1");
        REQUIRE(tried.has_value());
        CHECK(*tried == positions);
        const auto order = co_await cache->get_order_status("MKT", "binance");
        REQUIRE(order);
        CHECK(order->order_type == "market");
        CHECK_FALSE(order->price);
        CHECK(order->remaining == 0.1 - 0.04);
        const auto anywhere = co_await cache->get_order_status("MKT");
        CHECK(anywhere == order);
        const auto no_order = co_await cache->try_get_order_status("nope");
        REQUIRE(no_order.has_value());
        CHECK_FALSE(*no_order);
        const auto length = co_await cache->get_queue_length("binance");
        CHECK(length == 5);
        const auto bot = co_await cache->get_bot_status("bot_1");
        REQUIRE(bot);
        CHECK(bot->data.at("note") == "x");
        const auto bots = co_await cache->get_bots();
        CHECK(bots.size() == 4);
        const auto blocked = co_await cache->is_blocked("binance", "BTC/USDT");
        CHECK(blocked == "bot_1");
        const auto free = co_await cache->try_is_blocked("binance", "ETH/USDT");
        REQUIRE(free.has_value());
        CHECK_FALSE(*free);
        const auto trades = co_await cache->get_trades("binance", "BTC/USDT", 2);
        REQUIRE(trades.size() == 2);
        CHECK(trades[0].price == 50001);
        CHECK(trades[0].trade_id == fullon_orm::stored_id(std::int64_t(2)));
        const auto all_trades = co_await cache->get_trades("binance", "BTC/USDT");
        CHECK(all_trades.size() == 3);
        const auto status = co_await cache->get_trade_status("binance");
        REQUIRE(status);
        CHECK(status->timestamp == 1762500000.123456);
        const auto bars = co_await cache->get_latest_ohlcv_bars("BTC/USD", "1h", 3);
        REQUIRE(bars.size() == 3);
        CHECK(bars[2].open == 50011);
        const auto no_bars = co_await cache->get_latest_ohlcv_bars("X", "1h");
        CHECK(no_bars.empty());
        const auto health = co_await cache->get_system_health();
        CHECK(health.error_processes == 1);
        const auto processes = co_await cache->get_active_processes();
        CHECK(processes.size() == 2);
        const auto ticks = co_await cache->get_active_processes("tick", "", std::chrono::minutes(60));
        REQUIRE(ticks.size() == 1);
        CHECK_FALSE(ticks[0].heartbeat_stale);

        std::vector<error> codes;
        const auto note = [&](const auto& outcome) {
            codes.push_back(outcome ? error() : static_cast<error>(outcome.error().value()));
        };
        world.redis.kill();
        co_await support::eventually("the server knows", [&] { return !world.server->redis_up(); });
        const auto p = co_await cache->try_get_positions("1");
        note(p);
        const auto o = co_await cache->try_get_order_status("1");
        note(o);
        const auto b = co_await cache->try_is_blocked("binance", "BTC/USDT");
        note(b);
        CHECK(codes == std::vector<error>(3, error::cache_unavailable));
        bool threw = false;
        try {
            (void)co_await cache->is_blocked("binance", "BTC/USDT");
        } catch (const boost::system::system_error& failure) {
            threw = failure.code() == error::cache_unavailable;
        }
        CHECK(threw);
        co_await cache.close();
        co_await world.stop();
    });
}
