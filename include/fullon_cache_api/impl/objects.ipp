// From the models of the cache to the objects of the wire.
#pragma once

#include <fullon_cache_api/protocol/account.hpp>
#include <fullon_cache_api/protocol/bot.hpp>
#include <fullon_cache_api/protocol/order.hpp>
#include <fullon_cache_api/protocol/process.hpp>
#include <fullon_cache_api/protocol/trade.hpp>

#include <fullon_cache/process_health.hpp>
#include <fullon_orm/balance.hpp>
#include <fullon_orm/bot_status.hpp>
#include <fullon_orm/order.hpp>
#include <fullon_orm/position.hpp>
#include <fullon_orm/process_info.hpp>
#include <fullon_orm/trade.hpp>

#include <algorithm>
#include <cmath>
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

position to_position(const fullon_orm::position& stored)
{
    const bool is_short = stored.volume.value_or(0) < 0;
    return {.symbol = stored.symbol,
            .exchange = stored.ex_id,
            .side = is_short ? "short" : "long",
            .size = stored.volume ? std::optional(std::abs(*stored.volume)) : std::nullopt,
            .entry_price = stored.price,
            .cost = stored.cost,
            .fee = stored.fee,
            .count = stored.count,
            .timestamp = stored.timestamp};
}

order to_order(const fullon_orm::order& stored)
{
    const double filled = stored.final_volume.value_or(0);
    return {.order_id = stored.order_id,
            .ex_order_id = stored.ex_order_id,
            .symbol = stored.symbol,
            .exchange = stored.exchange.value_or(""),
            .side = stored.side,
            .order_type = stored.order_type,
            .amount = stored.volume,
            .price = stored.price,
            .filled = filled,
            .remaining = stored.volume ? std::optional(std::max(0.0, *stored.volume - filled)) : std::nullopt,
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
