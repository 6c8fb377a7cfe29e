// The compat dialect beyond what was recorded: every operation found, missing, wrongly asked for, without Redis; streams
// that live on; both dialects on one connection.
#include "operation_table.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/compat/compat_operations.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace {

using namespace operation_table;
using namespace std::chrono_literals;

std::string compat_text(const std::string& action, const std::string& params, const std::string& id = "1")
{
    return R"({"action":")" + action + R"(","request_id":)" + id + R"(,"params":)" + params + "}";
}

asio::awaitable<json::object> ask(websocket_peer& peer, std::string action, std::string params)
{
    co_await peer.send_text(compat_text(action, params));
    co_return co_await peer.read_json();
}

// "CODE: text", or the result.
std::string told(const json::object& answer)
{
    if (!answer.contains("success"))
        return "no reply: " + json::serialize(answer);
    if (!answer.at("success").as_bool())
        return text_in(answer, "error_code") + ": " + text_in(answer, "error");
    return json::serialize(answer.contains("result") ? answer.at("result") : answer.at("message"));
}

struct row {
    std::string path;
    std::string action;
    std::string params;
    std::string answer; // of told() what it begins with; of a result: members that it has, at least
};

// Beside the recorded ones.
const std::vector<row> answers{
    {"tickers", "get_ticker", R"({"exchange":5,"symbol":7})",
     R"({"symbol":"7","exchange":"5","price":50000.0})"},
    {"tickers", "get_ticker", R"({"exchange":"nulls","symbol":"BTC/USDT"})", R"({"bid":0.0,"ask":50001.0})"},
    {"tickers", "get_ticker", R"({"exchange":"bad","symbol":"NOTJSON"})",
     "CACHE_ERROR: Failed to retrieve ticker data"},
    {"tickers", "get_ticker", R"({"exchange":"wrongtype","symbol":"A"})",
     "CACHE_ERROR: Failed to retrieve ticker data"},
    {"tickers", "get_ticker", R"({"exchange":["a"],"symbol":true})",
     "TICKER_NOT_FOUND: Ticker True not found for ['a']"},
    {"tickers", "get_ticker", R"({"exchange":0,"symbol":"A"})",
     "INVALID_PARAMS: exchange and symbol parameters required"},
    {"tickers", "get_all_tickers", R"({"exchange":5})", R"({"exchange":5})"},
    {"tickers", "get_all_tickers", R"({"exchange":"none"})", R"({"exchange":"none","tickers":[]})"},
    {"tickers", "get_all_tickers", R"({"exchange":"wrongtype"})", "CACHE_ERROR: Failed to retrieve tickers"},
    {"accounts", "get_balance", R"({"user_id":1,"currency":"BTC"})",
     R"({"total_balance":1.5,"available_balance":1.2})"},
    {"accounts", "get_balance", R"({"user_id":1,"currency":"ZERO"})",
     R"({"total_balance":5.0,"available_balance":2.0,"reserved_balance":3.0})"},
    {"accounts", "get_balance", R"({"user_id":1,"currency":"STR"})",
     R"({"total_balance":12.5,"available_balance":2.5})"},
    {"accounts", "get_balance", R"({"user_id":1,"currency":"NULLA"})",
     R"({"total_balance":1.0,"available_balance":1.0})"},
    {"accounts", "get_balance", R"({"user_id":1,"currency":"NEG"})", R"({"reserved_balance":0.0})"},
    {"accounts", "get_balance", R"({"user_id":9,"currency":"BTC"})",
     "BALANCE_NOT_FOUND: Balance not found for user 9 BTC"},
    {"accounts", "get_balance", R"({"user_id":"x","currency":"BTC"})",
     "CACHE_ERROR: Failed to retrieve balance data"},
    {"accounts", "get_positions", R"({"user_id":"2"})", R"({"user_id":2,"exchange":null,"count":1})"},
    {"accounts", "get_positions", R"({"exchange":1,"user_id":3})", R"({"user_id":3,"exchange":1,"count":2})"},
    {"accounts", "get_positions", R"({"exchange":77})", R"({"positions":[],"count":0})"},
    {"accounts", "get_positions", R"({"exchange":"x"})", "CACHE_ERROR: Failed to retrieve positions"},
    {"accounts", "get_positions", "{}", "INVALID_PARAMS: user_id or exchange parameter required"},
    {"orders", "get_order_status", R"({"exchange":"binance","order_id":"MKT"})",
     R"({"price":0.0,"order_type":"market"})"},
    {"orders", "get_order_status", R"({"exchange":"binance","order_id":"EX_2"})",
     R"({"side":null,"status":null,"filled":0.0,"remaining":0.1})"},
    {"orders", "get_order_status", R"({"exchange":"binance","order_id":"MIN"})",
     R"({"amount":0.0,"price":1.0,"symbol":null})"},
    {"orders", "get_order_status", R"({"exchange":"binance","order_id":"BADJSON"})",
     "CACHE_ERROR: Failed to retrieve order status"},
    {"orders", "get_queue_length", R"({"exchange":"binance"})", R"({"exchange":"binance","queue_length":5})"},
    {"orders", "get_queue_length", R"({"exchange":"none"})", R"({"queue_length":0})"},
    {"bots", "get_bot_status", R"({"bot_id":"bot_1"})", R"({"bot_id":"bot_1","status":"running"})"},
    {"bots", "get_bot_status", R"({"bot_id":7})", R"({"bot_id":"7","data":{"status":"running"}})"},
    {"bots", "get_bot_status", "{}", "INVALID_PARAMS: bot_id parameter required"},
    {"bots", "get_bot_status", R"({"bot_id":"broken"})", "CACHE_ERROR: Failed to retrieve bot status"},
    {"bots", "is_blocked", R"({"exchange":"binance","symbol":"BTC/USDT"})",
     R"({"is_blocked":true,"blocked_by":"bot_1"})"},
    {"bots", "is_blocked", R"({"exchange":"binance"})",
     "INVALID_PARAMS: exchange and symbol parameters required"},
    {"trades", "get_trades", R"({"exchange":"binance","symbol":"NOPE"})",
     R"({"exchange":"binance","symbol":"NOPE","trades":[]})"},
    {"ohlcv", "get_latest_ohlcv_bars", R"({"symbol":"NOPE","timeframe":"1h"})",
     "OHLCV_NOT_FOUND: OHLCV data not found for NOPE 1h"},
    {"ohlcv", "get_latest_ohlcv_bars", R"({"symbol":"BTCUSD","timeframe":"1h","count":"1"})",
     R"({"bars":[[1762539600.0,50011.0,50100.0,49900.0,50050.5,1234.56]]})"},
    {"ohlcv", "get_latest_ohlcv_bars", R"({"symbol":"BTC/USD","timeframe":"1h","count":1})",
     R"({"symbol":"BTC/USD"})"},
    {"ohlcv", "get_latest_ohlcv_bars", R"({"symbol":"BTCUSD","timeframe":"1h","count":"x"})",
     "INVALID_PARAMS: count: "},
    {"ohlcv", "get_latest_ohlcv_bars", R"({"symbol":"BTCUSD","timeframe":"1h","count":null})",
     "INVALID_PARAMS: count: "},
    {"ohlcv", "get_latest_ohlcv_bars", R"({"symbol":"BTCUSD","timeframe":"1h","count":-1})",
     "INVALID_PARAMS: count: "},
    {"process", "get_active_processes", R"({"process_type":"bot"})", "{}"},
    {"process", "get_active_processes", R"({"since_minutes":"x"})",
     "INVALID_PARAMS: since_minutes: must be an integer"},
    {"process", "get_active_processes", R"({"since_minutes":0})", "INVALID_PARAMS: since_minutes: "},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":null})",
     R"("Streaming started for 0 symbols on binance")"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":""})",
     R"("Streaming started for 0 symbols on binance")"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":0})",
     R"("Streaming started for 0 symbols on binance")"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":false})",
     R"("Streaming started for 0 symbols on binance")"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":{}})",
     R"("Streaming started for 0 symbols on binance")"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":[]})",
     R"("Streaming started for 0 symbols on binance")"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":0.0})",
     R"("Streaming started for 0 symbols on binance")"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":7})",
     "INVALID_PARAMS: symbols: must be a list"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":"BTC/USDT"})",
     "INVALID_PARAMS: symbols: must be a list"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":{"a":1}})",
     "INVALID_PARAMS: symbols: must be a list"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":true})",
     "INVALID_PARAMS: symbols: must be a list"},
    {"tickers", "stream_tickers", R"({"exchange":"binance","symbols":1e400})",
     "INVALID_PARAMS: symbols: must be a list"},
    {"accounts", "stream_positions", R"({"user_id":"x"})", "INVALID_PARAMS: user_id: must be an integer"},
    {"tickers", "get_trades", "{}", "INVALID_OPERATION: Operation 'get_trades' not implemented"},
    {"tickers", "list_streams", "{}", "INVALID_OPERATION: Operation 'list_streams' not implemented"},
    {"tickers", "unsubscribe", "{}", "INVALID_PARAMS: stream_key parameter required"},
};

asio::awaitable<void> check_answers(asio::any_io_executor executor)
{
    served_redis world(executor);
    seed(world.redis);
    co_await world.start();
    co_await support::eventually("Redis is there", [&] { return world.server->redis_up(); });
    for (const auto& one : answers) {
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port, "/ws/" + one.path + "/c1");
        const auto answer = co_await ask(peer, one.action, one.params);
        INFO(one.action << " " << one.params << " -> " << json::serialize(answer));
        if (one.answer.starts_with('{')) {
            REQUIRE(answer.contains("result"));
            check_contains(answer.at("result").as_object(), one.answer);
        } else
            CHECK(told(answer).starts_with(one.answer));
        peer.hang_up();
    }
    co_await world.stop();
}

// Of each operation: how it fails without Redis.
const std::vector<row> without_redis{
    {"tickers", "get_ticker", R"({"exchange":"a","symbol":"b"})", "Failed to retrieve ticker data"},
    {"tickers", "get_all_tickers", R"({"exchange":"a"})", "Failed to retrieve tickers"},
    {"accounts", "get_balance", R"({"user_id":1,"currency":"A"})", "Failed to retrieve balance data"},
    {"accounts", "get_positions", R"({"user_id":1})", "Failed to retrieve positions"},
    {"orders", "get_order_status", R"({"exchange":"a","order_id":1})", "Failed to retrieve order status"},
    {"orders", "get_queue_length", R"({"exchange":"a"})", "Failed to retrieve queue length"},
    {"bots", "get_bot_status", R"({"bot_id":1})", "Failed to retrieve bot status"},
    {"bots", "is_blocked", R"({"exchange":"a","symbol":"b"})", "Failed to query blocking status"},
    {"bots", "get_bots", "{}", "Failed to retrieve bots"},
    {"trades", "get_trades", R"({"exchange":"a","symbol":"b"})", "Failed to retrieve trades"},
    {"ohlcv", "get_latest_ohlcv_bars", R"({"symbol":"a","timeframe":"b"})", "Failed to retrieve OHLCV data"},
    {"process", "get_system_health", "{}", "Failed to retrieve system health"},
    {"process", "get_active_processes", "{}", "Failed to retrieve active processes"},
    {"tickers", "stream_tickers", R"({"exchange":"a","symbols":["b"]})", "Stream ended: "},
    {"accounts", "stream_positions", R"({"user_id":1})", "Stream ended: "},
    {"orders", "stream_order_queue", R"({"exchange":"a"})", "Stream ended: "},
    {"bots", "stream_bot_status", "{}", "Stream ended: "},
    {"trades", "stream_trade_updates", R"({"exchange":"a"})", "Stream ended: "},
    {"ohlcv", "stream_ohlcv", R"({"symbol":"a","timeframe":"b"})", "Stream ended: "},
    {"process", "stream_process_health", "{}", "Stream ended: "},
};

// All at once on one connection of the native path, which serves every group.
asio::awaitable<void> check_failures(websocket_peer& peer)
{
    for (const auto& one : without_redis)
        co_await peer.send_text(compat_text(one.action, one.params, '"' + one.action + '"'));
    std::size_t acknowledged = 0;
    for (std::size_t failed = 0; failed < without_redis.size();) {
        const auto answer = co_await peer.read_json();
        if (answer.contains("stream_key")) {
            ++acknowledged;
            continue;
        }
        ++failed;
        const auto* expected = &without_redis.front();
        for (const auto& one : without_redis)
            if (one.action == text_in(answer, "request_id"))
                expected = &one;
        INFO(json::serialize(answer));
        CHECK(told(answer).starts_with("CACHE_ERROR: " + expected->answer));
    }
    CHECK(acknowledged == 7);
}

asio::awaitable<void> check_outage(asio::any_io_executor executor)
{
    served_redis world(executor);
    world.settings.redis.socket_timeout = 400ms;
    co_await world.start();
    co_await support::eventually("Redis is there", [&] { return world.server->redis_up(); });
    websocket_peer peer(executor);
    co_await peer.open(world.settings.port);
    world.redis.pause();
    const auto begin = std::chrono::steady_clock::now();
    co_await check_failures(peer); // side by side
    CHECK(std::chrono::steady_clock::now() - begin < 1500ms * support::patience);
    world.redis.kill();
    co_await support::eventually("it is known", [&] { return !world.server->redis_up(); });
    co_await check_failures(peer);
    const auto metrics = co_await peer.ask("list_streams");
    CHECK(metrics.at("success").as_bool());
    peer.hang_up();
    co_await world.stop();
}

using message_list = std::vector<json::object>;

struct live_row {
    std::string path;
    std::string request; // action and params
    std::string params;
    std::size_t initial; // messages
    std::function<void(support::redis_cli&)> write;
    std::vector<std::string> updates; // members of the results that the write brings
    std::function<void(support::redis_cli&)> quiet; // changes that this dialect has no word for
};

std::vector<live_row> live_rows()
{
    const auto nothing = [](support::redis_cli&) {};
    const auto ticker = [](const char* price) {
        return std::string(R"({"price":)") + price + R"(,"time":1900000000,"volume":1,"bid":2,"ask":3})";
    };
    return {
        {"tickers",
         "stream_tickers",
         R"({"exchange":"binance","symbols":["BTC/USDT","NEW"]})",
         1,
         [=](support::redis_cli& cli) {
             cli("HSET", "tickers:binance", "BTC/USDT", ticker("1.5"));
             cli("HSET", "tickers:binance", "OTHER", ticker("9"));
         },
         {R"({"symbol":"BTC/USDT","exchange":"binance","price":1.5,"change_24h":0.0})"},
         [](support::redis_cli& cli) { cli("HDEL", "tickers:binance", "BTC/USDT"); }},
        {"accounts",
         "stream_positions",
         R"({"user_id":1})",
         2,
         [](support::redis_cli& cli) {
             cli("HSET", "account_positions", "1", R"({"BTC/USDT":{"volume":-2,"price":10,"timestamp":5}})");
         },
         {R"({"user_id":1,"exchange":"1","symbol":"BTC/USDT","side":"short","size":2.0,"mark_price":10.0,"timestamp":5.0})"},
         [](support::redis_cli& cli) { cli("HDEL", "account_positions", "1"); }},
        {"orders",
         "stream_order_queue",
         R"({"exchange":"binance"})",
         1,
         [](support::redis_cli& cli) { cli("DEL", "order_status:binance"); },
         {R"({"exchange":"binance","queue_length":0})"},
         nothing},
        {"bots",
         "stream_bot_status",
         R"({"bot_id":"nope"})",
         1,
         [](support::redis_cli& cli) { cli("HSET", "bot_status", "nope", "{y"); },
         {R"({"bots":{"nope":{"error":"Invalid JSON"}}})"},
         [](support::redis_cli& cli) { cli("HSET", "bot_status", "bot_1", R"({"a":1})"); }},
        {"trades",
         "stream_trade_updates",
         R"({"exchange":"binance","symbol":"BTC/USDT"})",
         0,
         [](support::redis_cli& cli) {
             for (int id = 21; id < 23; ++id)
                 cli("RPUSH", "trades:binance:BTCUSDT",
                     R"({"symbol":"BTC/USDT","volume":1,"price":2,"time":3,"trade_id":)" +
                         std::to_string(id) + "}");
         },
         {R"({"exchange":"binance","symbol":"BTC/USDT","trade_id":21})",
          R"({"trade_id":22,"timestamp":3.0})"},
         [](support::redis_cli& cli) { cli("DEL", "trades:binance:BTCUSDT"); }},
        {"trades",
         "stream_trade_updates",
         R"({"exchange":"binance"})",
         0,
         [](support::redis_cli& cli) {
             cli("RPUSH", "trades:binance:NEWUSDT",
                 R"({"symbol":"NEW/USDT","volume":1,"price":2,"trade_id":1})");
         },
         {R"({"symbol":"NEW/USDT","trade_id":1})"},
         nothing},
        {"ohlcv",
         "stream_ohlcv",
         R"({"symbol":"BTC/USD","timeframe":"1h"})",
         1,
         [](support::redis_cli& cli) {
             cli("RPUSH", "ohlcv:BTCUSD:1h", "[1762543200,1,2,3,4,5]");
             cli("LSET", "ohlcv:BTCUSD:1h", -1, "[1762543200,1,2,3,4,6]");
         },
         {R"({"symbol":"BTC/USD","bar":[1762543200.0,1.0,2.0,3.0,4.0,6.0]})"},
         [](support::redis_cli& cli) { cli("DEL", "ohlcv:BTCUSD:1h"); }},
        {"process",
         "stream_process_health",
         "{}",
         1,
         [](support::redis_cli& cli) {
             for (const auto& id : cli("HKEYS", "process:active:bot").texts())
                 cli("DEL", "process:data:" + id);
         },
         {R"({"active_processes":1})"},
         nothing},
    };
}

void check_update(const json::object& message, const std::string& members)
{
    INFO(json::serialize(message) << " should have " << members);
    REQUIRE(message.contains("result"));
    const auto& result = message.at("result").as_object();
    CHECK(text_in(result, "stream_key") == "me:1");
    CHECK(message.at("request_id") == 1);
    for (const auto* const foreign : {"snapshot", "update_id", "removed", "type"})
        CHECK_FALSE(result.contains(foreign));
    check_contains(result, members);
}

// What is written in two steps may come in one, so the last of the expected messages is what must come.
asio::awaitable<void> check_live(asio::any_io_executor executor, live_row row)
{
    served_redis world(executor);
    seed(world.redis);
    support::redis_cli cli(world.redis);
    co_await world.start();
    co_await support::eventually("Redis is there", [&] { return world.server->redis_up(); });
    websocket_peer peer(executor);
    co_await peer.open(world.settings.port, "/ws/" + row.path + "/me");
    const auto acknowledged = co_await ask(peer, row.request, row.params);
    CHECK(text_in(acknowledged, "stream_key") == "me:1");
    for (std::size_t i = 0; i < row.initial; ++i) {
        const auto message = co_await peer.read_json();
        check_update(message, "{}");
    }
    row.write(cli);
    for (std::size_t i = 0; i < row.updates.size();) {
        const auto message = co_await peer.read_json();
        const auto& result = message.at("result").as_object();
        const auto* bar = result.if_contains("bar");
        if (bar && bar->as_array().at(5).to_number<double>() != 6.0)
            continue; // on the way
        check_update(message, row.updates[i++]);
    }
    row.quiet(cli);
    const auto ended = co_await ask(peer, "unsubscribe", R"({"stream_key":"me:1"})");
    INFO(json::serialize(ended));
    CHECK(text_in(ended, "action") == "unsubscribe"); // and nothing came before it
    co_await support::eventually("nothing is followed",
                                 [&] { return world.server->metrics().topics.subscriptions == 0; });
    peer.hang_up();
    co_await world.stop();
}

} // namespace

TEST_CASE("every operation of the compat dialect: found, missing, wrongly asked for", "[compat]")
{
    support::run([](asio::any_io_executor executor) { return check_answers(executor); });
}

TEST_CASE("without Redis every operation of the compat dialect fails with its own words", "[compat]")
{
    std::set<std::string> tested;
    for (const auto& one : without_redis)
        tested.insert(one.action);
    std::set<std::string> all;
    for (const auto& one : fullon_cache_api::detail::compat_operations())
        all.insert(std::string(one.name));
    CHECK(tested == all);
    support::run([](asio::any_io_executor executor) { return check_outage(executor); });
}

TEST_CASE("streams of the compat dialect tell what changes, in recorded shapes only", "[compat]")
{
    for (const auto& row : live_rows()) {
        INFO(row.request << " " << row.params);
        support::run([&](asio::any_io_executor executor) { return check_live(executor, row); });
    }
}

TEST_CASE("one connection of the native path speaks both dialects", "[compat]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        co_await world.start();
        co_await support::eventually("Redis is there", [&] { return world.server->redis_up(); });
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port, "/ws");
        const auto compat = co_await ask(peer, "get_ticker", R"({"exchange":"binance","symbol":"BTC/USDT"})");
        CHECK(compat.at("result").as_object().contains("change_24h"));
        const auto native = co_await peer.ask("get_ticker", R"({"exchange":"binance","symbol":"BTC/USDT"})");
        CHECK(native.at("result").as_object().contains("last"));
        const auto both = co_await [](websocket_peer& of) -> asio::awaitable<json::object> {
            co_await of.send_text(R"({"request_id":"b","action":"get_bots","operation":"ping"})");
            co_return co_await of.read_json();
        }(peer);
        CHECK(both.contains("metrics"));
        const auto neither = co_await [](websocket_peer& of) -> asio::awaitable<json::object> {
            co_await of.send_text(R"({"request_id":"n"})");
            co_return co_await of.read_json();
        }(peer);
        CHECK(text_in(neither, "error") == "operation: required, must be the name of an operation");
        // Ids that only this dialect has; and an operation that is none.
        for (const auto* const id : {R"({"a":[1]})", "true", "[1]"}) {
            co_await peer.send_text(compat_text("get_bots", "{}", id));
            const auto answer = co_await peer.read_json();
            CHECK(answer.at("request_id") == json::parse(id));
            CHECK(answer.at("success").as_bool());
        }
        co_await peer.send_text(R"({"request_id":"o","action":"get_bots","operation":5})");
        const auto odd = co_await peer.read_json();
        CHECK(text_in(odd, "error") == "operation: must be a string");
        const auto started = co_await ask(peer, "stream_order_queue", R"({"exchange":"binance"})");
        CHECK(text_in(started, "stream_key").size() == 36 + 2);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("replies of the compat dialect keep the order of their requests", "[compat]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        co_await world.start();
        co_await support::eventually("Redis is there", [&] { return world.server->redis_up(); });
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port, "/ws");
        std::string last;
        for (int i = 0; i < 100; ++i) // slow and quick ones, some refused at once
            co_await peer.send_text(compat_text(i % 3 == 0   ? "get_active_processes"
                                                : i % 3 == 1 ? "get_bots"
                                                             : "nothing",
                                                "{}", std::to_string(i)));
        for (int i = 0; i < 100; ++i) {
            const auto answer = co_await peer.read_json();
            REQUIRE(answer.at("request_id") == i);
        }
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a stream of the compat dialect may be asked for twice, and ended before it began", "[compat]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_streams = 3;
        seed(world.redis);
        co_await world.start();
        co_await support::eventually("Redis is there", [&] { return world.server->redis_up(); });
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port, "/ws/orders/c1");
        const auto stream = compat_text("stream_order_queue", R"({"exchange":"binance"})", "null");
        const auto end = compat_text("unsubscribe", R"({"stream_key":"c1:None"})");
        for (int i = 0; i < 2; ++i) {
            co_await peer.send_text(stream);
            const auto started = co_await peer.read_json();
            CHECK(text_in(started, "stream_key") == "c1:None");
            const auto update = co_await peer.read_json();
            CHECK(text_in(update, "action") == "queue_update");
        }
        const auto ended = co_await ask(peer, "unsubscribe", R"({"stream_key":"c1:None"})");
        CHECK(ended.at("result").as_object().at("delivered") == 2);
        // At once: it never says a word.
        for (int i = 0; i < 20; ++i) {
            co_await peer.send_text(stream);
            co_await peer.send_text(end);
            const auto first = co_await peer.read_json();
            const auto second = co_await peer.read_json();
            CHECK(text_in(first, "stream_key") == "c1:None");
            CHECK(text_in(second, "action") == "unsubscribe");
        }
        for (int i = 0; i < 4; ++i) {
            co_await peer.send_text(compat_text("stream_order_queue", R"({"exchange":"none"})"));
            const auto answer = co_await peer.read_json();
            CHECK(told(answer).starts_with(i < 3 ? R"("Streaming started for none")"
                                                 : "LIMIT_EXCEEDED: more than 3 streams"));
            if (i < 3)
                co_await peer.read_json();
        }
        peer.hang_up();
        co_await support::eventually("nobody is connected", [&] { return world.server->connections() == 0; });
        CHECK(world.server->metrics().topics.subscriptions == 0);
        co_await world.stop();
    });
}

TEST_CASE("a stream of the compat dialect that cannot go on says so", "[compat]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        co_await world.start();
        co_await support::eventually("Redis is there", [&] { return world.server->redis_up(); });
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port, "/ws/accounts/c1");
        const auto started = co_await ask(peer, "stream_positions", R"({"exchange":"x"})");
        CHECK(told(started) == R"("Streaming started for exchange x")");
        const auto ended = co_await peer.read_json();
        CHECK(told(ended) == "CACHE_ERROR: Stream ended: exchange: must be an integer");
        CHECK(ended.at("request_id") == 1);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("streams of the compat dialect outlive Redis, and end with its truth", "[compat]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        seed(world.redis);
        co_await world.start();
        co_await support::eventually("Redis is there", [&] { return world.server->redis_up(); });
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port, "/ws/orders/c1");
        co_await ask(peer, "stream_order_queue", R"({"exchange":"binance"})");
        const auto before = co_await peer.read_json();
        CHECK(before.at("result").as_object().at("queue_length") == 5);
        world.redis.kill();
        co_await support::eventually("it is known", [&] { return !world.server->redis_up(); });
        world.redis.start(); // empty
        const auto after = co_await peer.read_json();
        INFO(json::serialize(after));
        CHECK(after.at("result").as_object().at("queue_length") == 0);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("what is stored as deeply as it may be is told in either dialect", "[compat]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        support::redis_cli cli(world.redis);
        const auto deep = R"({"a":)" + std::string(31, '[') + std::string(31, ']') + "}";
        cli("HSET", "bot_status", "deep", deep, "too_deep", '[' + deep + ']');
        co_await world.start();
        co_await support::eventually("Redis is there", [&] { return world.server->redis_up(); });
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port, "/ws/bots/c1");
        const std::string whole = R"({"deep":)" + deep + R"(,"too_deep":{"error":"Invalid JSON"}})";
        json::parse_options deeper;
        deeper.max_depth = 64;
        const auto bots = json::parse(whole, {}, deeper);
        for (const auto* const request : {"get_bots", "stream_bot_status"}) {
            co_await peer.send_text(compat_text(request, "{}"));
            auto text = co_await peer.read_text();
            if (request == std::string_view("stream_bot_status"))
                text = co_await peer.read_text();
            CHECK(json::parse(text, {}, deeper).at("result").at("bots") == bots);
        }
        co_await peer.send_text(compat_text("get_bot_status", R"({"bot_id":"deep"})"));
        const auto text = co_await peer.read_text();
        CHECK(text.find(R"("success":true)") != std::string::npos);
        auto connecting = fullon_cache_api::client::connect(world.url());
        auto client = co_await std::move(connecting);
        const auto found = co_await client.get_bots();
        CHECK(found.size() == 1);
        co_await client.close();
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("streams of the compat dialect follow so many tickers, and no more", "[compat]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.max_topics = 10000;
        co_await world.start();
        co_await support::eventually("Redis is there", [&] { return world.server->redis_up(); });
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port, "/ws/tickers/c1");
        json::array symbols;
        for (int i = 0; i < 4000; ++i)
            symbols.push_back(json::string(std::to_string(i)));
        const auto params = R"({"exchange":"e","symbols":)" + json::serialize(symbols) + "}";
        for (int i = 0; i < 3; ++i) {
            const auto answer = co_await ask(peer, "stream_tickers", params);
            CHECK(told(answer) ==
                  (i < 2 ? R"("Streaming started for 4000 symbols on e")"
                         : "LIMIT_EXCEEDED: symbols: more than 10000 are followed on this connection"));
        }
        const auto ended = co_await ask(peer, "unsubscribe", R"({"stream_key":"c1:1"})");
        CHECK(ended.at("success").as_bool());
        const auto again = co_await ask(peer, "stream_tickers", params);
        CHECK(again.at("success").as_bool());
        peer.hang_up();
        co_await world.stop();
    });
}
