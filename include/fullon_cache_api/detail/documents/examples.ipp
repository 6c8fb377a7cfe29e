// Bodies of examples.hpp: the table of example values by name.
#pragma once

#include <fullon_cache_api/detail/documents/examples.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

// `x.name` is a member `name` inside x; `y.x.name` is inside x of operation y. Others get the simplest value of their type.
constexpr std::string_view example_values = R"({
    "exchange": "binance", "symbol": "BTC/USDT", "symbols": ["BTC/USDT", "ETH/USDT"],
    "price": 47000.5, "volume": 1275.0, "bid": 47000.25, "ask": 47000.75, "last": 47000.5,
    "open": 46900.0, "high": 47100.0, "low": 46850.5, "close": 47000.5,
    "timestamp": 1640995200.123, "cached_at": "2022-01-01T00:00:00.123000+00:00", "age_seconds": 0.25,
    "updated_at": 1640995200.123, "created_at": 1640991600.0, "heartbeat": 1640995200.123,
    "get_trade_status.updated_at": "2022-01-01T00:00:00.123000+00:00",
    "oldest": 1640991600.0, "newest": 1640995200.123, "cache_hit": true,
    "user_id": "1", "currency": "USDT",
    "total_balance": 1000.0, "available_balance": 800.0, "reserved_balance": 200.0,
    "positions.exchange": "1", "positions.side": "long", "position_update.side": "long",
    "position_update.exchange": "1", "get_positions.exchange": "1", "stream_positions.exchange": "1",
    "size": 0.5, "entry_price": 46000.0, "cost": 23000.25, "fee": 2.3, "count": 1,
    "get_latest_ohlcv_bars.count": 100, "limit": 100, "max_age_seconds": 300, "since_minutes": 5,
    "order_id": "777", "ex_order_id": "EX_1", "side": "buy", "order_type": "limit", "amount": 0.5,
    "filled": 0.2, "remaining": 0.3, "leverage": 1.0, "futures": false, "command": "spread", "reason": null,
    "uid": "1", "queue_length": 2, "queue_name": "binance", "processing_rate": 12.5,
    "status": "healthy", "get_order_status.status": "open", "orders.status": "open", "health_live.status": "alive",
    "get_bot_status.status": "running", "bot_update.status": "running", "processes.status": "running",
    "health_status": "healthy",
    "websocket": "connected", "cache": "available", "latency_ms": 0.12,
    "bot_id": "bot_1", "blocked_by": "bot_1", "is_blocked": true,
    "bots": {"bot_1": {"feed_0": {"status": "running", "symbol": "BTC/USDT", "timestamp": "2022-01-01T00:00:00.123000+00:00"}}},
    "data": {"feed_0": {"status": "running", "symbol": "BTC/USDT", "timestamp": "2022-01-01T00:00:00.123000+00:00"}},
    "trade_id": "T-1001", "ex_trade_id": "9001", "trade_key": "binance",
    "bars.timestamp": 1640995200.0, "bar.timestamp": 1640995200.0, "timeframe": "1h", "closed": false,
    "process_id": "tick:binance:1", "process_type": "tick", "component": "ticker_daemon", "message": "Reading tickers",
    "params": {"exchange": "binance"}, "heartbeat_stale": false,
    "healthy": true, "total_processes": 2, "active_processes": 2, "stale_processes": 0, "error_processes": 0,
    "by_type": {"tick": 1, "bot": 1}, "by_status": {"running": 2},
    "stream_key": "s1", "topics": ["tickers:binance:BTC/USDT"], "topic": "trades:binance:BTCUSDT",
    "epoch": "0f0c7d1e6a3b5c29", "delivery": "exact", "delivered": 6, "conflated": 0, "dropped": 3, "items": 2,
    "streams.dropped": 0, "update_id": 123, "removed": false, "snapshot": false,
    "operation": "stream_tickers", "request_id": "a1", "error": "symbol: required, must be a non-empty string",
    "operations.name": "get_ticker", "kind": "query", "doc": "The latest ticker of a symbol on an exchange.",
    "operations.params": {"type": "object"}, "operations.result": {"type": "object"},
    "rest": "/tickers/{exchange}/{symbol}",
    "get_tickers_active.symbols": ["BTC/USDT", "ETH/USDT"], "get_tickers_active.count": 2, "total": 2, "active": 2,
    "get_tickers_health.symbols": 2, "exchanges.symbols": 2, "subscriptions.topic": "tickers:binance:BTC/USDT", "subscribers": 3, "last_update": 1640995200.123,
    "get_orders_orders.count": 1, "get_tickers_subscriptions.count": 1,
    "get_accounts_status.symbols": ["BTC/USDT"], "currencies": ["BTC", "USDT"], "open_positions": 1,
    "balances_updated": 1640995200.123, "positions_updated": 1640995200.123,
    "accounts": 1, "with_balances": 1, "with_positions": 1,
    "totals": {"USDT": {"total_balance": 1000.0, "available_balance": 800.0, "reserved_balance": 200.0, "accounts": 1}},
    "get_orders_queue_size.total": 2, "get_orders_queue_status.total": 2, "queues.size": 2, "queues.by_status": {"open": 2},
    "queues.queue_name": "trades:binance:BTCUSDT",
    "get_orders_queue_size.queues.queue_name": "order_status:binance", "get_orders_queue_size.queues.processing_rate": null,
    "get_orders_queue_status.queues.queue_name": "order_status:binance", "get_orders_queue_status.queues.processing_rate": null,
    "last_written": 1640995200.123,
    "blocks.exchange": "binance", "since": 1640995100.0,
    "get_bots_coordination_status.oldest": 1640995100.0, "get_bots_coordination_status.newest": 1640995100.0,
    "queue_lengths": {"trades:binance:BTCUSDT": 2}, "followed": 1, "trades_per_minute": 12.0,
    "timeframes": ["1m", "1h"], "get_ohlcv_cache_status.symbols": 1, "get_ohlcv_cache_status.timeframes": ["1h"], "series_count": 1,
    "get_ohlcv_cache_status.fresh": 1, "get_ohlcv_cache_status.oldest": 1640995200.0, "get_ohlcv_cache_status.newest": 1640995200.0,
    "series.newest": 1640995200.0,
    "series.fresh": true, "series.bars": 100, "get_ohlcv_performance_metrics.bars": 100, "series.key": "ohlcv:BTCUSDT:1h",
    "get_ohlcv_performance_metrics.bars_read": 10, "get_ohlcv_performance_metrics.bytes_read": 620, "reads": 1,
    "series.bars_read": 10, "series.bytes_read": 620, "mean_latency_ms": 0.4, "slowest_latency_ms": 0.7,
    "get_processes_performance.processes": 1,
    "get_processes_performance.by_type": {"tick": {"processes": 1, "stale": 0, "failed": 0, "youngest_heartbeat_age": 1.2,
        "mean_heartbeat_age": 1.2, "oldest_heartbeat_age": 1.2}},
    "keys": {"tickers": {"keys": 1, "entries": 2}, "orders": {"keys": 1, "entries": 2}}, "total_keys": 2,
    "redis_version": "7.0.15", "get_processes_cache_overview.uptime_seconds": 86400, "connected_clients": 4,
    "used_memory": 1572864, "hit_rate": 0.97,
    "started_at": 1640991600.0, "interval": 1.0, "connections.open": 3, "connections.total": 12,
    "open_streams": {"stream_tickers": 2}, "requests.operation": "get_ticker", "outcomes": {"success": 120, "CACHE_MISS": 2},
    "latency.count": 122, "sum_seconds": 0.0153, "within": [80, 30, 10, 2], "sent_messages": 480, "sent_bytes": 96000,
    "local_cache.hits": 100, "answers": 4, "local_cache.bytes": 1800,
    "hits": 120, "misses": 2, "up": true, "invalidations": 240, "publications": 200, "readings": 240,
    "subscriptions": 4, "updates": 200, "deliveries": 360,
    "http.route": "/tickers/{exchange}/{symbol}", "statuses": {"200": 120, "404": 2}, "latency_bounds": [0.0001, 0.001, 0.01],
    "duration_ms": 0.21, "source": "redis",
    "name": "fullon_cache_api", "version": "0.1.0", "build": "g++ 12.2, release", "uptime_seconds": 3600.5,
    "title": "Not Found", "detail": "Ticker DOGE/USDT not found in binance cache", "error_code": "CACHE_MISS"
})";

constexpr std::string_view member_descriptions = R"({
    "timestamp": "Seconds since 1970 (UTC), with decimals",
    "cached_at": "Time of the data, as ISO 8601",
    "age_seconds": "Age of the data at the time of the response",
    "cache_hit": "False if the result is empty",
    "created_at": "Seconds since 1970 (UTC), with decimals; in a trade status: ISO 8601",
    "heartbeat": "Seconds since 1970 (UTC), with decimals",
    "heartbeat_stale": "True if the heartbeat is older than 300 s, more than 60 s in the future, or missing",
    "reserved_balance": "Total minus available if Redis does not store it",
    "filled": "Null if unknown, even for a closed order",
    "remaining": "Amount minus filled; null if either is null",
    "uptime_seconds": "Since the server process started",
    "get_processes_cache_overview.uptime_seconds": "Since Redis started"
})";

std::string_view text_of(const boost::json::value& type)
{
    const auto* text = type.if_string();
    return text ? std::string_view(*text) : std::string_view();
}

// The first type that a value may have which is not null.
std::string_view main_type(const boost::json::object& schema)
{
    const auto* type = schema.if_contains("type");
    if (!type)
        return {};
    if (const auto* several = type->if_array()) {
        for (const auto& one : *several)
            if (const auto name = text_of(one); name != "null")
                return name;
        return {};
    }
    return text_of(*type);
}

bool has_type(const boost::json::value& value, std::string_view type)
{
    if (type == "string")
        return value.is_string();
    if (type == "integer")
        return value.is_int64();
    if (type == "number")
        return value.is_number();
    if (type == "boolean")
        return value.is_bool();
    if (type == "array")
        return value.is_array();
    if (type == "object")
        return value.is_object();
    return type == "null" && value.is_null();
}

// Only the outermost type is looked at: the table's lists and objects are as they are in reality.
bool may_be(const boost::json::value& value, const boost::json::object& schema)
{
    if (const auto* only = schema.if_contains("const"))
        return value == *only;
    if (const auto* several = schema.if_contains("enum")) {
        const auto& choices = several->as_array();
        return std::find(choices.begin(), choices.end(), value) != choices.end();
    }
    for (const auto* const bound : {"minimum", "maximum"})
        if (const auto* limit = schema.if_contains(bound); limit && value.is_int64()) {
            const bool least = bound[1] == 'i';
            if (least ? value.get_int64() < limit->to_number<std::int64_t>()
                      : value.get_int64() > limit->to_number<std::int64_t>())
                return false;
        }
    const auto* type = schema.if_contains("type");
    if (!type)
        return true;
    const auto* several = type->if_array();
    return several ? std::any_of(several->begin(), several->end(),
                                 [&](const auto& one) { return has_type(value, text_of(one)); })
                   : has_type(value, text_of(*type));
}

const boost::json::object& example_table()
{
    static const boost::json::object table = boost::json::parse(example_values).as_object();
    return table;
}

std::string path_of(std::string_view inside, std::string_view name)
{
    std::string path(inside);
    if (!inside.empty() && !name.empty())
        path.push_back('.');
    return path.append(name);
}

const boost::json::value* find_example(const boost::json::object& schema, std::string_view name,
                                       std::string_view inside)
{
    const auto whole = path_of(inside, name);
    const auto parent = path_of(inside.substr(inside.rfind('.') + 1), name);
    for (const std::string_view key : {std::string_view(whole), std::string_view(parent), name})
        if (const auto* found = example_table().if_contains(key); found && may_be(*found, schema))
            return found;
    return nullptr;
}

boost::json::value object_example(const boost::json::object& schema, std::string_view path)
{
    boost::json::object made;
    if (const auto* members = schema.if_contains("properties")) {
        for (const auto& [key, member] : members->as_object())
            made.emplace(key, example_of(member.as_object(), key, path));
    } else if (const auto* values = schema.if_contains("additionalProperties"); values && values->is_object())
        made.emplace("name", example_of(values->as_object(), {}, path));
    return made;
}

boost::json::value array_example(const boost::json::object& schema, std::string_view path)
{
    boost::json::array made;
    if (const auto* each = schema.if_contains("prefixItems")) {
        for (const auto& item : each->as_array()) {
            const auto* title = item.as_object().if_contains("title");
            made.push_back(example_of(item.as_object(), title ? text_of(*title) : std::string_view(), path));
        }
    } else if (const auto* items = schema.if_contains("items"))
        made.push_back(example_of(items->as_object(), {}, path));
    return made;
}

} // namespace

boost::json::value example_of(const boost::json::object& schema, std::string_view name,
                              std::string_view inside)
{
    if (const auto* only = schema.if_contains("const"))
        return *only;
    if (const auto* several = schema.if_contains("anyOf"))
        return example_of(several->as_array().front().as_object(), name, inside);
    const auto type = main_type(schema);
    const bool is_struct = schema.contains("properties");
    if (!name.empty() && !is_struct)
        if (const auto* found = find_example(schema, name, inside))
            return *found;
    if (const auto* choices = schema.if_contains("enum"))
        return choices->as_array().front();
    if (type == "object")
        return object_example(schema, path_of(inside, name));
    if (type == "array")
        return array_example(schema, path_of(inside, name));
    if (type == "integer") {
        const auto* least = schema.if_contains("minimum");
        return least ? *least : boost::json::value(0);
    }
    if (type == "number")
        return 1.5;
    if (type == "boolean")
        return false;
    if (type == "string")
        return "text";
    return nullptr;
}

std::string text_example_of(const boost::json::object& schema, std::string_view name)
{
    if (name == "symbol")
        return "BTC-USDT";
    const auto made = example_of(schema, name);
    return made.is_string() ? std::string(made.get_string()) : boost::json::serialize(made);
}

void describe_members(boost::json::object& schema, std::string_view inside)
{
    static const boost::json::object words = boost::json::parse(member_descriptions).as_object();
    if (auto* members = schema.if_contains("properties"))
        for (auto& [name, member] : members->as_object()) {
            auto& one = member.as_object();
            const auto qualified = path_of(inside, name);
            for (const std::string_view key : {std::string_view(qualified), std::string_view(name)})
                if (const auto* text = words.if_contains(key); text && !one.contains("description"))
                    one["description"] = *text;
            describe_members(one, name);
        }
    for (const auto* const key : {"items", "additionalProperties"})
        if (auto* inner = schema.if_contains(key); inner && inner->is_object())
            describe_members(inner->as_object(), inside);
    for (const auto* const key : {"anyOf", "prefixItems"})
        if (auto* several = schema.if_contains(key))
            for (auto& one : several->as_array())
                describe_members(one.as_object(), inside);
}

} // namespace fullon_cache_api::detail
