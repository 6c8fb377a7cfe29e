// Every query on the wire and by the client: hit, miss, bad parameters, Redis down, Redis hung. The data is that of
// tests/data/seed.jsonl: what services have really stored, broken entries among it.
#include "operation_table.hpp"
#include "support/surfaces.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/catalogue/trades.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_cache_api/types/process.hpp>

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
        const auto tried = co_await fullon_cache_api::as_result(cache->get_positions("1"));
        REQUIRE(tried.has_value());
        CHECK(*tried == positions);
        const auto order = co_await cache->get_order_status("binance", "MKT");
        REQUIRE(order);
        CHECK(order->order_type == "market");
        CHECK_FALSE(order->price);
        CHECK(order->remaining == 0.1 - 0.04);
        const auto anywhere = co_await cache->get_order_status("MKT");
        CHECK(anywhere == order);
        const auto no_order = co_await fullon_cache_api::as_result(cache->get_order_status("nope"));
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
        const auto free = co_await fullon_cache_api::as_result(cache->is_blocked("binance", "ETH/USDT"));
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
        const auto p = co_await fullon_cache_api::as_result(cache->get_positions("1"));
        note(p);
        const auto o = co_await fullon_cache_api::as_result(cache->get_order_status("1"));
        note(o);
        const auto b = co_await fullon_cache_api::as_result(cache->is_blocked("binance", "BTC/USDT"));
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
