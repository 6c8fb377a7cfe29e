// Keys that hold another type than they should: found, counted and told, never taken for nothing.
#include "operation_table.hpp"

#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/websocket_peer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>

namespace {

namespace asio = boost::asio;
using operation_table::text_in;
using support::served_redis;
using support::websocket_peer;

asio::awaitable<boost::json::object> result_of(websocket_peer* peer, std::string operation,
                                               std::string params = "{}")
{
    const auto answer = co_await peer->ask(operation, params);
    INFO(operation << " -> " << boost::json::serialize(answer));
    REQUIRE(answer.at("success").as_bool());
    co_return answer.at("result").as_object();
}

asio::awaitable<std::string> error_of(websocket_peer* peer, std::string operation, std::string params)
{
    const auto answer = co_await peer->ask(operation, params);
    co_return text_in(answer, "error_code");
}

} // namespace

TEST_CASE("keys of another type count as unreadable in overviews, and are errors where they are asked for")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        support::redis_cli cli(world.redis);
        for (const auto* const key :
             {"order_status:b", "trades:b:XY", "tickers:other", "ohlcv:QQ:5m", "process:data:broken"})
            cli(std::string(key).starts_with("process") ? "RPUSH" : "SET", key, "x");
        operation_table::seed(world.redis);
        cli("HSET", "process:active:tick", "broken", "x");
        co_await world.start();
        co_await support::eventually("the server has its Redis", [&] { return world.server->redis_up(); });
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);

        auto code = co_await error_of(&peer, "get_order_status", R"({"order_id":"nowhere"})");
        CHECK(code == "CORRUPT_ENTRY"); // it may have stood there
        const auto order = co_await result_of(&peer, "get_order_status", R"({"order_id":"777"})");
        CHECK(text_in(order, "order_id") == "777");
        code = co_await error_of(&peer, "get_orders_queue_status", R"({"exchange":"b"})");
        CHECK(code == "CORRUPT_ENTRY");
        code = co_await error_of(&peer, "get_ohlcv_timeframes", R"({"symbol":"QQ"})");
        CHECK(code == "CORRUPT_ENTRY");

        auto found = co_await result_of(&peer, "get_orders_queue_status");
        CHECK(found.at("unreadable").to_number<int>() == 2); // one of the seed
        CHECK(text_in(found, "status") == "unhealthy");
        found = co_await result_of(&peer, "get_orders_queue_size");
        CHECK(found.at("queues").as_array().size() == 2);
        found = co_await result_of(&peer, "get_orders_orders", R"({"user_id":1})");
        CHECK(found.at("count").to_number<int>() == 4);
        found = co_await result_of(&peer, "get_trades_queue_status", R"({"exchange":"b"})");
        CHECK(found.at("unreadable").to_number<int>() == 1);
        CHECK(text_in(found, "status") != "healthy");
        found = co_await result_of(&peer, "get_tickers_health");
        CHECK(found.at("exchanges").as_array().size() == 8);
        CHECK(text_in(found, "status") != "healthy");
        found = co_await result_of(&peer, "get_ohlcv_cache_status");
        CHECK(found.at("unreadable").to_number<int>() == 2); // one of the seed
        for (const auto* const operation : {"get_system_health", "get_active_processes"}) {
            const auto others = co_await peer.ask(operation, "{}");
            CHECK(others.at("success").as_bool());
        }
        found = co_await result_of(&peer, "get_processes_performance");
        CHECK(found.at("unreadable").to_number<int>() == 1);
        const auto opened = co_await peer.ask("stream_process_health", "{}");
        CHECK(opened.at("success").as_bool());
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("an exchange with ':' and a symbol of '/' alone are refused wherever they are asked for")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        struct bad {
            const char* operation;
            const char* params;
            const char* begin;
        };
        for (const auto& one : {
                 bad{"get_all_tickers", R"({"exchange":"a:b"})", "exchange: "},
                 bad{"get_tickers_active", R"({"exchange":"a:b"})", "exchange: "},
                 bad{"get_queue_length", R"({"exchange":"a:b"})", "exchange: "},
                 bad{"stream_order_queue", R"({"exchange":"a:b"})", "exchange: "},
                 bad{"get_orders_queue_size", R"({"exchange":"a:b"})", "exchange: "},
                 bad{"get_orders_queue_status", R"({"exchange":"a:b"})", "exchange: "},
                 bad{"get_orders_orders", R"({"user_id":1,"exchange":"a:b"})", "exchange: "},
                 bad{"stream_trade_updates", R"({"exchange":"b","symbol":"/"})", "symbol: "},
                 bad{"stream_ohlcv", R"({"symbol":"/","timeframe":"1m"})", "symbol: "},
                 bad{"stream_tickers", R"({"exchange":"b","symbols":["A/B","//"]})", "symbols: "},
             }) {
            const auto answer = co_await peer.ask(one.operation, one.params);
            INFO(one.operation << " -> " << boost::json::serialize(answer));
            CHECK(text_in(answer, "error_code") == "INVALID_PARAMS");
            CHECK(text_in(answer, "error").starts_with(one.begin));
        }
        peer.hang_up();
        co_await world.stop();
    });
}
