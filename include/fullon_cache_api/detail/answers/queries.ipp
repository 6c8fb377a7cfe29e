// Bodies of the queries on accounts, orders, bots, trades, bars and processes.
#pragma once

#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/catalogue/accounts.hpp>
#include <fullon_cache_api/detail/catalogue/bots.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv.hpp>
#include <fullon_cache_api/detail/catalogue/orders.hpp>
#include <fullon_cache_api/detail/catalogue/processes.hpp>
#include <fullon_cache_api/detail/catalogue/trades.hpp>
#include <fullon_cache_api/detail/http/route_table.hpp>

#include <fullon_cache/keys.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace fullon_cache_api::operations {

namespace asio = boost::asio;

namespace {

// What is asked for by its name and cannot be read is not missing.
void require_readable(const fullon_orm::account_balances& stored, const std::string& currency)
{
    if (std::find(stored.unreadable.begin(), stored.unreadable.end(), currency) != stored.unreadable.end())
        throw boost::system::system_error(error::corrupt_entry,
                                          "the balance of " + currency + " is unreadable");
}

account_balances balances_of(const fullon_orm::account_balances& stored)
{
    account_balances result{.user_id = stored.ex_id, .balances = {}, .timestamp = stored.date};
    result.balances.reserve(stored.balances.size());
    for (const auto& one : stored.balances)
        result.balances.push_back(to_balance(one, stored));
    return result;
}

} // namespace

std::optional<key_place> get_balance::place_of(const params&)
{
    return key_place{std::string(fullon_cache::balances_hash), fullon_cache::balances_hash};
}

std::optional<key_place> get_balances::place_of(const params&)
{
    return key_place{std::string(fullon_cache::balances_hash), fullon_cache::balances_hash};
}

std::optional<key_place> get_positions::place_of(const params&)
{
    return key_place{std::string(fullon_cache::positions_hash), fullon_cache::positions_hash};
}

std::optional<key_place> get_order_status::place_of(const params& asked)
{
    if (!asked.exchange) // it is looked for in all of them
        return std::nullopt;
    return key_place{fullon_cache::orders_hash(*asked.exchange), fullon_cache::orders_hash_prefix};
}

std::optional<key_place> get_bot_status::place_of(const params&)
{
    return key_place{std::string(fullon_cache::bots_hash), fullon_cache::bots_hash};
}

asio::awaitable<answer<get_balance::result>> get_balance::run(operation_context& context, params arguments)
{
    if (arguments.currency && arguments.exchange && *arguments.currency != *arguments.exchange)
        refuse("exchange: is an older name of currency, give one of them");
    const auto currency = arguments.currency ? arguments.currency : arguments.exchange;
    const auto account = id_text(arguments.user_id);
    const auto stored = co_await context.accounts.get_account_balances(account);
    const auto missing = answer<result>::miss("Balance not found for user " + account +
                                              (currency ? " " + *currency : std::string()));
    if (!stored)
        co_return missing;
    if (!currency)
        co_return found_in_redis(result(balances_of(*stored)));
    for (const auto& one : stored->balances)
        if (one.currency == *currency)
            co_return found_in_redis(result(to_balance(one, *stored)));
    require_readable(*stored, *currency);
    co_return missing;
}

asio::awaitable<answer<account_balances>> get_balances::run(operation_context& context, params arguments)
{
    const auto account = id_text(arguments.user_id);
    const auto stored = co_await context.accounts.get_account_balances(account);
    if (!stored)
        co_return answer<result>::miss("Balances not found for user " + account);
    auto found = balances_of(*stored);
    if (arguments.currency) {
        require_readable(*stored, *arguments.currency);
        std::erase_if(found.balances,
                      [&](const balance& one) { return one.currency != *arguments.currency; });
    }
    const bool any = !arguments.currency || !found.balances.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<account_positions>> get_positions::run(operation_context& context, params arguments)
{
    const auto account = account_of(arguments.user_id, arguments.exchange);
    const auto stored = co_await context.accounts.get_positions(account);
    account_positions found{.user_id = account, .exchange = account, .positions = {}};
    found.positions.reserve(stored.size());
    for (const auto& one : stored)
        found.positions.push_back(to_position(one));
    found.count = static_cast<std::int64_t>(stored.size());
    const bool any = !found.positions.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<order>> get_order_status::run(operation_context& context, params arguments)
{
    const auto id = id_text(arguments.order_id);
    std::optional<fullon_orm::order> stored;
    if (arguments.exchange) {
        stored = co_await context.orders.get_order_status(*arguments.exchange, id);
    } else {
        auto searching = within_time_of(context, context.orders.find_order(id));
        stored = co_await std::move(searching);
    }
    if (!stored)
        co_return answer<result>::miss("Order " + id + " not found" +
                                       (arguments.exchange ? " in " + *arguments.exchange : std::string()));
    co_return found_in_redis(to_order(*stored));
}

asio::awaitable<answer<queue_length>> get_queue_length::run(operation_context& context, params arguments)
{
    auto counting = within_time_of(context, context.orders.get_queue_length(arguments.exchange));
    const auto count = co_await std::move(counting);
    result found{.exchange = std::move(arguments.exchange), .queue_length = count, .timestamp = epoch_now()};
    const bool any = found.queue_length != 0;
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<bot>> get_bot_status::run(operation_context& context, params arguments)
{
    const auto id = id_text(arguments.bot_id);
    const auto stored = co_await context.bots.get_bot(id);
    if (!stored)
        co_return answer<result>::miss("Bot " + id + " not found");
    co_return found_in_redis(to_bot(*stored));
}

asio::awaitable<answer<bot_list>> get_bots::run(operation_context& context, params)
{
    auto reading = within_time_of(context, context.bots.get_bots());
    auto stored = co_await std::move(reading);
    result found;
    for (auto& one : stored)
        found.bots.emplace(std::move(one.bot_id), std::move(one.data));
    const bool any = !found.bots.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<block_status>> is_blocked::run(operation_context& context, params arguments)
{
    auto exchange = id_text(arguments.exchange);
    auto symbol = std::move(arguments.symbol);
    auto holder = co_await context.bots.is_blocked(exchange, symbol);
    if (auto other = protocol::other_spelling(symbol);
        !holder && other) { // a block that is called free costs money
        holder = co_await context.bots.is_blocked(exchange, *other);
        if (holder)
            symbol = std::move(*other);
    }
    result found{.exchange = std::move(exchange),
                 .symbol = std::move(symbol),
                 .is_blocked = holder.has_value(),
                 .blocked_by = std::move(holder),
                 .timestamp = epoch_now()};
    const bool any = found.is_blocked;
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<symbol_trades>> get_trades::run(operation_context& context, params arguments)
{
    const auto stored =
        co_await context.trades.get_trades(arguments.exchange, arguments.symbol, arguments.limit);
    result found{.exchange = arguments.exchange, .symbol = std::move(arguments.symbol), .trades = {}};
    found.trades.reserve(stored.size());
    for (const auto& one : stored)
        found.trades.push_back(to_trade(one, arguments.exchange));
    const bool any = !found.trades.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<trade_status>> get_trade_status::run(operation_context& context, params arguments)
{
    const auto time = co_await context.trades.get_trade_status(arguments.trade_key);
    if (!time)
        co_return answer<result>::miss("Trade status " + arguments.trade_key + " not found");
    result found{.trade_key = std::move(arguments.trade_key), .timestamp = *time, .updated_at = iso_of(time)};
    co_return found_in_redis(std::move(found));
}

asio::awaitable<answer<symbol_bars>> get_latest_ohlcv_bars::run(operation_context& context, params arguments)
{
    constexpr std::int64_t usual_count = 10;
    auto reading =
        within_time_of(context, context.bars.get_latest_ohlcv_bars(arguments.symbol, arguments.timeframe,
                                                                   arguments.count.value_or(usual_count)));
    auto stored = co_await std::move(reading);
    if (stored.empty())
        co_return answer<result>::miss("Bars of " + arguments.symbol + " " + arguments.timeframe +
                                       " not found");
    result found{.symbol = std::move(arguments.symbol),
                 .timeframe = std::move(arguments.timeframe),
                 .bars = std::move(stored)};
    co_return found_in_redis(std::move(found));
}

asio::awaitable<answer<system_health>> get_system_health::run(operation_context& context, params)
{
    auto reading = within_time_of(context, context.processes.get_system_health());
    auto health = co_await std::move(reading);
    co_return found_in_redis(std::move(health));
}

asio::awaitable<answer<process_list>> get_active_processes::run(operation_context& context, params arguments)
{
    fullon_cache::process_filter filter;
    filter.process_type = arguments.process_type.value_or("");
    filter.component = arguments.component.value_or("");
    if (arguments.since_minutes)
        filter.within = std::chrono::minutes(*arguments.since_minutes);
    auto reading = within_time_of(context, context.processes.get_active_processes(std::move(filter)));
    const auto stored = co_await std::move(reading);
    result found;
    found.processes.reserve(stored.size());
    const double now = epoch_now();
    for (const auto& one : stored)
        found.processes.push_back(to_process(one, now));
    const bool any = !found.processes.empty();
    co_return found_in_redis(std::move(found), any);
}

} // namespace fullon_cache_api::operations
