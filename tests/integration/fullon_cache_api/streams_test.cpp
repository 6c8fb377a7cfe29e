// Every stream on the wire: what it begins with, nothing, bad parameters, Redis down, Redis hung. The data is that of
// tests/data/seed.jsonl.
#include "operation_table.hpp"

#include <fullon_cache_api/detail/catalogue.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using namespace operation_table;

struct stream_case {
    std::string operation;
    std::string hit; // parameters
    std::string type; // of its messages
    std::size_t items; // of the snapshot
    std::string first; // members that its first item has at least
    std::string miss; // parameters under which there is nothing; "" where there always is something
    std::string topics; // of the miss
    std::vector<bad_params> refused;
    bool needs_redis = true;
};

const std::vector<stream_case> streams{
    {"stream_tickers",
     R"({"exchange":"nulls","symbols":["BTC/USDT"]})",
     "ticker_update",
     1,
     R"({"exchange":"nulls","symbol":"BTC/USDT","price":50000.0,"bid":null})",
     R"({"exchange":"nulls","symbols":["X"]})",
     R"(["tickers:nulls:X"])",
     {{"{}", "exchange: required"},
      {R"({"exchange":"a","symbols":"X"})", "symbols: must be a list"},
      {R"({"exchange":"a:b"})", "exchange: must not contain ':'"}}},
    {"stream_positions",
     R"({"user_id":1})",
     "position_update",
     2,
     R"({"user_id":"1"})",
     R"({"user_id":"nobody"})",
     R"(["positions:nobody"])",
     {{"{}", "user_id: required (or exchange"},
      {R"({"user_id":1,"exchange":2})", "exchange: must not be given beside user_id"},
      {R"({"user_id":[]})", "user_id: must be an id"}}},
    {"stream_order_queue",
     R"({"exchange":"binance"})",
     "queue_update",
     1,
     R"({"exchange":"binance","queue_length":5})",
     "",
     "",
     {{"{}", "exchange: required"}, {R"({"exchange":""})", "exchange: must be a non-empty text"}}},
    {"stream_bot_status",
     R"({"bot_id":"bot_1"})",
     "bot_update",
     1,
     R"({"bot_id":"bot_1","status":"running"})",
     R"({"bot_id":"nobody"})",
     R"(["bots:nobody"])",
     {{R"({"bot_id":true})", "bot_id: must be an id"}}},
    {"stream_process_health",
     "{}",
     "process_health_update",
     1,
     "{}",
     "",
     "",
     {{R"({"x":1})", "x: unknown parameter"}}},
    {"stream_trade_updates",
     R"({"exchange":"binance","symbol":"BTC/USDT"})",
     "trade_update",
     3,
     R"({"exchange":"binance","symbol":"BTC/USDT"})",
     R"({"exchange":"binance","symbol":"X/Y"})",
     R"(["trades:binance:XY"])",
     {{"{}", "exchange: required"},
      {R"({"exchange":7})", "exchange: must be a non-empty text"},
      {R"({"exchange":"a:b"})", "exchange: must not contain ':'"},
      {R"({"exchange":"a","symbol":""})", "symbol: must be a non-empty text"},
      {R"({"exchange":"a","limit":1})", "limit: unknown parameter"}}},
    {"stream_ohlcv",
     R"({"symbol":"BTC/USD","timeframe":"1h"})",
     "ohlcv_update",
     1,
     R"({"symbol":"BTCUSD","timeframe":"1h","closed":false})",
     R"({"symbol":"X/Y","timeframe":"1h"})",
     R"(["ohlcv:XY:1h"])",
     {{R"({"timeframe":"1m"})", "symbol: required"},
      {R"({"symbol":"BTC/USDT"})", "timeframe: required"},
      {R"({"symbol":"BTC/USDT","timeframe":1})", "timeframe: must be a non-empty text"},
      {R"({"symbol":"BTC/USDT","timeframe":"a:b"})", "timeframe: must not contain ':'"},
      {R"({"symbol":"BTC/USDT","timeframe":"a/b"})", "timeframe: must not contain '/'"}}},
    {"stream_metrics",
     R"({"interval":3600})",
     "metrics_update",
     1,
     R"({"interval":3600.0})",
     "",
     "",
     {{R"({"interval":0})", "interval: must be a number from 0.1 to 3600"},
      {R"({"interval":"1"})", "interval: must be a number"},
      {R"({"seconds":1})", "seconds: unknown parameter"}},
     false},
};

} // namespace

TEST_CASE("every stream of the catalogue is in the table")
{
    std::set<std::string_view> expected;
    for (const auto& entry : fullon_cache_api::detail::catalogue())
        if (entry.kind == fullon_cache_api::operation_kind::stream)
            expected.insert(entry.name);
    std::set<std::string_view> tested;
    for (const auto& one : streams)
        tested.insert(one.operation);
    CHECK(tested == expected);
}

TEST_CASE("every stream begins with what there is, or with nothing, and says so")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        for (const auto& one : streams) {
            auto answer = co_await peer.ask(one.operation, one.hit);
            INFO(one.operation << " " << one.hit << " -> " << json::serialize(answer));
            REQUIRE(answer.at("success").as_bool());
            const auto key = answer.at("result").at("stream_key");
            for (std::size_t i = 0; i < one.items; ++i) {
                const auto item = co_await peer.read_until("type", one.type);
                INFO(json::serialize(item));
                CHECK(item.at("snapshot").as_bool());
                CHECK(item.at("stream_key") == key);
                if (i == 0)
                    check_contains(item, one.first);
            }
            auto end = co_await peer.read_until("type", "snapshot_end");
            CHECK(end.at("stream_key") == key);
            CHECK(end.at("items").to_number<std::size_t>() == one.items);
            if (one.miss.empty())
                continue;
            answer = co_await peer.ask(one.operation, one.miss);
            CHECK(json::serialize(answer.at("result").at("topics")) == one.topics);
            end = co_await peer.read_until("type", "snapshot_end");
            CHECK(end.at("stream_key") == answer.at("result").at("stream_key"));
            CHECK(end.at("items").to_number<int>() == 0);
        }
        const auto listed = co_await peer.ask("list_streams");
        CHECK(listed.at("result").at("streams").as_array().size() == 2 * streams.size() - 3);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("every stream names the parameter that is wrong")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        co_await check_refusals(peer, streams);
        support::redis_cli cli(world.redis);
        cli("SET", "bot_status", "x");
        const auto wrong = co_await peer.ask("stream_bot_status");
        CHECK(wrong.at("error_code") == "CORRUPT_ENTRY");
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("every stream: an outage is an error, at once where it is known, in time where it is not")
{
    // What tells of the server itself goes on: metrics_test.cpp.
    std::vector<stream_case> of_redis;
    std::copy_if(streams.begin(), streams.end(), std::back_inserter(of_redis),
                 [](const auto& one) { return one.needs_redis; });
    support::run([&](asio::any_io_executor executor) { return check_outages(executor, of_redis); });
}
