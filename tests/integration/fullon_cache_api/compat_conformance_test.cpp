// The compat dialect against recordings of the Python gateway: every exchange and every stream, on both of its paths and on
// the native one.
#include "operation_table.hpp"

#include "support/recorded_exchanges.hpp"

#include <catch2/generators/catch_generators.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace {

using namespace operation_table;

// As a number that says "when" it differs from recording to recording, unless it was stored.
bool is_time_of_recording(const json::value& value)
{
    constexpr double recorded_after = 1.79e9;
    return value.is_number() && value.to_number<double>() > recorded_after;
}

bool is_about_now(const json::value& value)
{
    const double now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    return value.is_number() && std::abs(value.to_number<double>() - now) < 60;
}

// Fields of a hash come in an order of Redis' own.
json::array by_symbol(json::array list)
{
    const auto symbol_of = [](const json::value& one) {
        const auto* object = one.if_object();
        return object ? text_in(*object, "symbol") : std::string();
    };
    std::sort(list.begin(), list.end(),
              [&](const auto& one, const auto& other) { return symbol_of(one) < symbol_of(other); });
    return list;
}

// Empty, or where they differ. Numbers are compared by value.
std::string difference(const json::value& expected, const json::value& found, const std::string& where)
{
    const auto said = [&] {
        return where + ": " + json::serialize(expected) + " was " + json::serialize(found);
    };
    if (expected.is_number() && found.is_number())
        return expected.to_number<double>() == found.to_number<double>() ? "" : said();
    if (expected.kind() != found.kind())
        return said();
    if (const auto* list = expected.if_array()) {
        const auto& other = found.get_array();
        if (list->size() != other.size())
            return said();
        for (std::size_t i = 0; i < list->size(); ++i)
            if (auto text = difference((*list)[i], other[i], where + "[" + std::to_string(i) + "]");
                !text.empty())
                return text;
        return {};
    }
    const auto* object = expected.if_object();
    if (!object)
        return expected == found ? "" : said();
    const auto& other = found.get_object();
    for (const auto& [name, value] : other)
        if (!object->contains(name))
            return where + ": has also " + std::string(name);
    for (const auto& [name, value] : *object) {
        const auto member = where + "." + std::string(name);
        if (!other.contains(name))
            return member + " is missing";
        const bool is_time = name == "timestamp" || name == "last_update";
        if (is_time && is_time_of_recording(value)) {
            // The account's own time in place of that of the answer.
            if (!is_about_now(other.at(name)) && !other.contains("total_balance") &&
                !object->contains("total_balance"))
                return member + " is not now";
            continue;
        }
        auto text = name == "tickers" ? difference(by_symbol(value.as_array()),
                                                   by_symbol(other.at(name).as_array()), member)
                                      : difference(value, other.at(name), member);
        if (!text.empty())
            return text;
    }
    return {};
}

void seed_as_recorded(const support::redis_server& server)
{
    seed(server);
    support::redis_cli cli(server); // what the recording had not
    cli("DEL", "tickers:live");
    cli("HDEL", "bot_status", "8");
}

struct recorded_world {
    explicit recorded_world(asio::any_io_executor executor) : served(executor), cli(served.redis)
    {
        seed_as_recorded(served.redis);
    }

    served_redis served;
    support::redis_cli cli;
};

// Answered otherwise on purpose: one unreadable entry does not fail the list.
const std::string mixed_bad_reply =
    R"({"request_id":"r1","action":"get_all_tickers","success":true,"result":{"exchange":"bad","tickers":[)"
    R"({"symbol":"EXTRA","exchange":"bad","price":50000.0,"volume":1234.56,"timestamp":1762500000.123456,"bid":49999.0,"ask":50001.0,"change_24h":0.0},)"
    R"({"symbol":"STR","exchange":"bad","price":50000.5,"volume":1234.56,"timestamp":1762500000.123456,"bid":49999.0,"ask":50001.0,"change_24h":0.0}]}})";

asio::awaitable<void> replay_queries(asio::any_io_executor executor, std::string before)
{
    recorded_world world(executor);
    co_await world.served.start();
    co_await support::eventually("Redis is there", [&] { return world.served.server->redis_up(); });
    std::map<std::string, websocket_peer> peers;
    for (const auto& one : support::recorded_queries()) {
        const auto path = before + one.path;
        auto found = peers.find(path);
        if (found == peers.end()) {
            found = peers.emplace(path, websocket_peer(executor)).first;
            co_await found->second.open(world.served.settings.port, path);
        }
        co_await found->second.send_text(one.request);
        const auto answer = co_await found->second.read_json();
        INFO(one.path << " " << one.note << "\n" << one.request << "\n" << json::serialize(answer));
        const auto& expected = one.note == "all, mixed bad" ? mixed_bad_reply : one.replies.front();
        CHECK(difference(json::parse(expected), answer, "") == "");
    }
    peers.clear();
    co_await world.served.stop();
}

// The writes behind the later messages of a stream, which the recording does not have.
void write_next(support::redis_cli& cli, const std::string& action)
{
    if (action == "queue_update")
        cli("HSET", "order_status:binance", "NEW", R"({"price":1})");
    else if (action == "trade_update")
        cli("RPUSH", "trades:binance:BTCUSDT",
            R"({"trade_id":12,"symbol":"BTC/USDT","side":"buy","volume":0.1,"price":50012.0,"time":1762500000.5})");
    else if (action == "ohlcv_update")
        cli("RPUSH", "ohlcv:BTCUSD:1h", "[1762600000,1,2,3,4,5]");
    else if (action == "process_health_update")
        for (const auto& id : cli("HKEYS", "process:active:bot").texts())
            cli("DEL", "process:data:" + id);
}

asio::awaitable<void> replay_streams(asio::any_io_executor executor, std::string before)
{
    for (const auto& one : support::recorded_streams()) {
        recorded_world world(executor);
        if (one.request.find(R"("bot_1")") != std::string::npos) // was written before its first message
            world.cli("HSET", "bot_status", "bot_1", R"({"feed_1":{"status":"paused"}})");
        co_await world.served.start();
        co_await support::eventually("Redis is there", [&] { return world.served.server->redis_up(); });
        websocket_peer peer(executor);
        co_await peer.open(world.served.settings.port, before + one.path);
        co_await peer.send_text(one.request);
        for (std::size_t i = 0; i < one.replies.size(); ++i) {
            const auto expected = json::parse(one.replies[i]).as_object();
            const auto action = text_in(expected, "action");
            const bool repeated =
                i > 1 && text_in(json::parse(one.replies[i - 1]).as_object(), "action") == action;
            const bool single = action == "ticker_update" || action == "position_update";
            if ((repeated && !single) || (i == 1 && action == "trade_update"))
                write_next(world.cli, action);
            const auto message = co_await peer.read_json();
            INFO(one.path << " " << one.request << "\n" << json::serialize(message));
            CHECK(difference(expected, message, "") == "");
        }
        peer.hang_up();
        co_await world.served.stop();
    }
}

} // namespace

TEST_CASE("the recorded exchanges of the Python gateway are answered as it did", "[compat]")
{
    const auto* const before = GENERATE("", "/api/v1/cache");
    support::run([=](asio::any_io_executor executor) { return replay_queries(executor, before); });
}

TEST_CASE("the recorded streams of the Python gateway are told as it did", "[compat]")
{
    const auto* const before = GENERATE("", "/api/v1/cache");
    support::run([=](asio::any_io_executor executor) { return replay_streams(executor, before); });
}
