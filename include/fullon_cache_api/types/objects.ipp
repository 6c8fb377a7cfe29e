// From the models of the cache to the objects of the wire.
#pragma once

#include <fullon_cache_api/types/account.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_cache_api/types/order.hpp>
#include <fullon_cache_api/types/process.hpp>
#include <fullon_cache_api/types/trade.hpp>

#include <fullon_cache/process_health.hpp>
#include <fullon_orm/balance.hpp>
#include <fullon_orm/bot_status.hpp>
#include <fullon_orm/order.hpp>
#include <fullon_orm/position.hpp>
#include <fullon_orm/process_info.hpp>
#include <fullon_orm/trade.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace fullon_cache_api {

balance to_balance(const fullon_orm::balance& stored, const fullon_orm::account_balances& of)
{
    return {.user_id = of.ex_id,
            .currency = stored.currency,
            .total_balance = stored.total,
            .available_balance = stored.available,
            .reserved_balance = stored.reserved,
            .timestamp = of.date};
}

namespace {

// Empty where one of them is unknown, or the rest beyond a double.
std::optional<double> rest_of(std::optional<double> whole, std::optional<double> part)
{
    const double left = whole && part ? std::max(0.0, *whole - *part) : HUGE_VAL;
    return std::isfinite(left) ? std::optional(left) : std::nullopt;
}

std::optional<std::string> side_of(const fullon_orm::position& stored)
{
    std::optional<std::string> side;
    if (stored.volume)
        side = *stored.volume < 0 ? "short" : "long";
    return side;
}

} // namespace

position to_position(const fullon_orm::position& stored)
{
    return {.symbol = stored.symbol,
            .exchange = stored.ex_id,
            .side = side_of(stored),
            .size = stored.volume ? std::optional(std::abs(*stored.volume)) : std::nullopt,
            .entry_price = stored.price,
            .cost = stored.cost,
            .fee = stored.fee,
            .count = stored.count,
            .timestamp = stored.timestamp};
}

order to_order(const fullon_orm::order& stored)
{
    return {.order_id = stored.order_id,
            .ex_order_id = stored.ex_order_id,
            .symbol = stored.symbol,
            .exchange = stored.exchange.value_or(""),
            .side = stored.side,
            .order_type = stored.order_type,
            .amount = stored.volume,
            .price = stored.price,
            .filled = stored.final_volume,
            .remaining = rest_of(stored.volume, stored.final_volume),
            .status = stored.status,
            .bot_id = stored.bot_id,
            .uid = stored.uid,
            .leverage = stored.leverage,
            .futures = stored.futures,
            .command = stored.command,
            .reason = stored.reason,
            .timestamp = stored.timestamp};
}

trade to_trade(const fullon_orm::trade& stored, std::string exchange)
{
    return {.trade_id = stored.trade_id,
            .ex_trade_id = stored.ex_trade_id,
            .symbol = stored.symbol,
            .exchange = std::move(exchange),
            .side = stored.side,
            .order_type = stored.order_type,
            .volume = stored.volume,
            .price = stored.price,
            .cost = stored.cost,
            .fee = stored.fee,
            .timestamp = stored.time};
}

bot to_bot(const fullon_orm::bot_status& stored)
{
    return {.bot_id = stored.bot_id,
            .status = stored.status(),
            .data = stored.data,
            .timestamp = stored.timestamp()};
}

process to_process(const fullon_orm::process_info& stored, double now)
{
    return {.process_id = stored.process_id,
            .process_type = stored.process_type,
            .component = stored.component,
            .status = stored.status,
            .message = stored.message,
            .params = stored.params,
            .created_at = stored.created_at,
            .updated_at = stored.updated_at,
            .heartbeat = stored.heartbeat,
            .heartbeat_stale = fullon_cache::is_stale(stored, now)};
}

} // namespace fullon_cache_api
