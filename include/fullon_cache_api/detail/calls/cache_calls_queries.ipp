// Bodies of cache_calls.hpp: the queries, one line each.
#pragma once

#include <fullon_cache_api/cache_calls.hpp>
#include <fullon_cache_api/detail/calls/cache_calls.hpp>
#include <fullon_cache_api/detail/catalogue/accounts.hpp>
#include <fullon_cache_api/detail/catalogue/bots.hpp>
#include <fullon_cache_api/detail/catalogue/health.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv.hpp>
#include <fullon_cache_api/detail/catalogue/orders.hpp>
#include <fullon_cache_api/detail/catalogue/processes.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/catalogue/tickers.hpp>
#include <fullon_cache_api/detail/catalogue/trades.hpp>

#include <utility>

namespace fullon_cache_api {

using boost::asio::awaitable;
using boost::system::result;
namespace asked = operations;

awaitable<ping_result> cache_calls::ping()
{
    return detail::ask<asked::ping>(caller_, {});
}

awaitable<health_result> cache_calls::health_check()
{
    return detail::ask<asked::health_check>(caller_, {});
}

awaitable<operation_list> cache_calls::list_operations()
{
    return detail::ask<asked::list_operations>(caller_, {});
}

awaitable<stream_list> cache_calls::list_streams()
{
    return detail::ask<asked::list_streams>(caller_, {});
}

awaitable<std::optional<ticker>> cache_calls::get_ticker(std::string exchange, std::string symbol)
{
    return detail::find<asked::get_ticker>(caller_, {std::move(exchange), std::move(symbol)});
}

awaitable<std::vector<ticker>> cache_calls::get_all_tickers(std::string exchange)
{
    return detail::ask_member<asked::get_all_tickers, &exchange_tickers::tickers>(caller_,
                                                                                  {std::move(exchange)});
}

awaitable<std::optional<balance>> cache_calls::get_balance(std::string user_id, std::string currency)
{
    return detail::find<asked::get_balance, balance>(caller_, {std::move(user_id), std::move(currency), {}});
}

awaitable<std::vector<balance>> cache_calls::get_balances(std::string user_id)
{
    return detail::find_member<asked::get_balances, &account_balances::balances>(caller_,
                                                                                 {std::move(user_id), {}});
}

awaitable<std::vector<position>> cache_calls::get_positions(std::string user_id)
{
    return detail::ask_member<asked::get_positions, &account_positions::positions>(caller_,
                                                                                   {std::move(user_id), {}});
}

awaitable<std::optional<order>> cache_calls::get_order_status(std::string exchange, std::string order_id)
{
    return detail::find<asked::get_order_status>(caller_, {std::move(order_id), std::move(exchange)});
}

awaitable<std::optional<order>> cache_calls::get_order_status(std::string order_id)
{
    return detail::find<asked::get_order_status>(caller_, {std::move(order_id), std::nullopt});
}

awaitable<std::int64_t> cache_calls::get_queue_length(std::string exchange)
{
    return detail::ask_member<asked::get_queue_length, &queue_length::queue_length>(caller_,
                                                                                    {std::move(exchange)});
}

awaitable<std::optional<bot>> cache_calls::get_bot_status(std::string bot_id)
{
    return detail::find<asked::get_bot_status>(caller_, {std::move(bot_id)});
}

awaitable<std::map<std::string, boost::json::object>> cache_calls::get_bots()
{
    return detail::ask_member<asked::get_bots, &bot_list::bots>(caller_, {});
}

awaitable<std::optional<std::string>> cache_calls::is_blocked(std::string exchange, std::string symbol)
{
    return detail::ask_member<asked::is_blocked, &block_status::blocked_by>(
        caller_, {std::move(exchange), std::move(symbol)});
}

awaitable<std::vector<trade>> cache_calls::get_trades(std::string exchange, std::string symbol,
                                                      std::optional<std::int64_t> limit)
{
    return detail::ask_member<asked::get_trades, &symbol_trades::trades>(
        caller_, {std::move(symbol), std::move(exchange), limit});
}

awaitable<std::optional<trade_status>> cache_calls::get_trade_status(std::string trade_key)
{
    return detail::find<asked::get_trade_status>(caller_, {std::move(trade_key)});
}

awaitable<std::vector<fullon_orm::bar>>
cache_calls::get_latest_ohlcv_bars(std::string symbol, std::string timeframe, std::int64_t count)
{
    return detail::find_member<asked::get_latest_ohlcv_bars, &symbol_bars::bars>(
        caller_, {std::move(symbol), std::move(timeframe), count});
}

awaitable<system_health> cache_calls::get_system_health()
{
    return detail::ask<asked::get_system_health>(caller_, {});
}

awaitable<std::vector<process>>
cache_calls::get_active_processes(std::string process_type, std::string component, std::chrono::minutes since)
{
    return detail::ask_member<asked::get_active_processes, &process_list::processes>(
        caller_, {detail::unless_empty(std::move(process_type)), detail::unless_empty(std::move(component)),
                  since.count()});
}

} // namespace fullon_cache_api
