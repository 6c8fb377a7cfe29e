// Bodies of client.hpp: the queries, one line each.
#pragma once

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/impl/client_calls.hpp>
#include <fullon_cache_api/operations/accounts.hpp>
#include <fullon_cache_api/operations/bots.hpp>
#include <fullon_cache_api/operations/health.hpp>
#include <fullon_cache_api/operations/ohlcv.hpp>
#include <fullon_cache_api/operations/orders.hpp>
#include <fullon_cache_api/operations/processes.hpp>
#include <fullon_cache_api/operations/streams.hpp>
#include <fullon_cache_api/operations/tickers.hpp>
#include <fullon_cache_api/operations/trades.hpp>

#include <utility>

namespace fullon_cache_api {

using boost::asio::awaitable;
using boost::system::result;
namespace asked = operations;

awaitable<ping_result> client::ping()
{
    return detail::ask<asked::ping>(state_, {});
}

awaitable<health_result> client::health_check()
{
    return detail::ask<asked::health_check>(state_, {});
}

awaitable<operation_list> client::list_operations()
{
    return detail::ask<asked::list_operations>(state_, {});
}

awaitable<stream_list> client::list_streams()
{
    return detail::ask<asked::list_streams>(state_, {});
}

awaitable<std::optional<ticker>> client::get_ticker(std::string exchange, std::string symbol)
{
    return detail::find<asked::get_ticker>(state_, {std::move(exchange), std::move(symbol)});
}

awaitable<boost::system::result<std::optional<ticker>>> client::try_get_ticker(std::string exchange,
                                                                               std::string symbol)
{
    return detail::try_find<asked::get_ticker>(state_, {std::move(exchange), std::move(symbol)});
}

awaitable<std::vector<ticker>> client::get_all_tickers(std::string exchange)
{
    return detail::ask_member<asked::get_all_tickers, &exchange_tickers::tickers>(state_,
                                                                                  {std::move(exchange)});
}

awaitable<std::optional<balance>> client::get_balance(std::string user_id, std::string currency)
{
    return detail::find<asked::get_balance, balance>(state_, {std::move(user_id), std::move(currency), {}});
}

awaitable<std::vector<balance>> client::get_balances(std::string user_id)
{
    return detail::find_member<asked::get_balances, &account_balances::balances>(state_,
                                                                                 {std::move(user_id), {}});
}

awaitable<std::vector<position>> client::get_positions(std::string user_id)
{
    return detail::ask_member<asked::get_positions, &account_positions::positions>(state_,
                                                                                   {std::move(user_id), {}});
}

awaitable<result<std::vector<position>>> client::try_get_positions(std::string user_id)
{
    return detail::try_ask_member<asked::get_positions, &account_positions::positions>(
        state_, {std::move(user_id), {}});
}

awaitable<std::optional<order>> client::get_order_status(std::string order_id, std::string exchange)
{
    return detail::find<asked::get_order_status>(
        state_, {std::move(order_id), detail::unless_empty(std::move(exchange))});
}

awaitable<result<std::optional<order>>> client::try_get_order_status(std::string order_id,
                                                                     std::string exchange)
{
    return detail::try_find<asked::get_order_status>(
        state_, {std::move(order_id), detail::unless_empty(std::move(exchange))});
}

awaitable<std::int64_t> client::get_queue_length(std::string exchange)
{
    return detail::ask_member<asked::get_queue_length, &queue_length::queue_length>(state_,
                                                                                    {std::move(exchange)});
}

awaitable<std::optional<bot>> client::get_bot_status(std::string bot_id)
{
    return detail::find<asked::get_bot_status>(state_, {std::move(bot_id)});
}

awaitable<std::map<std::string, boost::json::object>> client::get_bots()
{
    return detail::ask_member<asked::get_bots, &bot_list::bots>(state_, {});
}

awaitable<std::optional<std::string>> client::is_blocked(std::string exchange, std::string symbol)
{
    return detail::ask_member<asked::is_blocked, &block_status::blocked_by>(
        state_, {std::move(exchange), std::move(symbol)});
}

awaitable<result<std::optional<std::string>>> client::try_is_blocked(std::string exchange, std::string symbol)
{
    return detail::try_ask_member<asked::is_blocked, &block_status::blocked_by>(
        state_, {std::move(exchange), std::move(symbol)});
}

awaitable<std::vector<trade>> client::get_trades(std::string exchange, std::string symbol,
                                                 std::optional<std::int64_t> limit)
{
    return detail::ask_member<asked::get_trades, &symbol_trades::trades>(
        state_, {std::move(symbol), std::move(exchange), limit});
}

awaitable<std::optional<trade_status>> client::get_trade_status(std::string trade_key)
{
    return detail::find<asked::get_trade_status>(state_, {std::move(trade_key)});
}

awaitable<std::vector<fullon_orm::bar>>
client::get_latest_ohlcv_bars(std::string symbol, std::string timeframe, std::int64_t count)
{
    return detail::find_member<asked::get_latest_ohlcv_bars, &symbol_bars::bars>(
        state_, {std::move(symbol), std::move(timeframe), count});
}

awaitable<system_health> client::get_system_health()
{
    return detail::ask<asked::get_system_health>(state_, {});
}

awaitable<std::vector<process>> client::get_active_processes(std::string process_type, std::string component,
                                                             std::chrono::minutes since)
{
    return detail::ask_member<asked::get_active_processes, &process_list::processes>(
        state_, {detail::unless_empty(std::move(process_type)), detail::unless_empty(std::move(component)),
                 since.count()});
}

} // namespace fullon_cache_api
