// Bodies of cache_calls.hpp: the overviews, one line each.
#pragma once

#include <fullon_cache_api/cache_calls.hpp>
#include <fullon_cache_api/detail/calls/cache_calls.hpp>
#include <fullon_cache_api/detail/catalogue/accounts_overview.hpp>
#include <fullon_cache_api/detail/catalogue/bots_overview.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv_overview.hpp>
#include <fullon_cache_api/detail/catalogue/orders_overview.hpp>
#include <fullon_cache_api/detail/catalogue/processes_overview.hpp>
#include <fullon_cache_api/detail/catalogue/tickers_overview.hpp>
#include <fullon_cache_api/detail/catalogue/trades_overview.hpp>

#include <utility>

namespace fullon_cache_api {

using boost::asio::awaitable;
namespace asked = operations;

awaitable<active_tickers> cache_calls::get_tickers_active(std::string exchange, std::chrono::seconds max_age)
{
    return detail::ask<asked::get_tickers_active>(caller_, {std::move(exchange), max_age.count()});
}

awaitable<tickers_health> cache_calls::get_tickers_health()
{
    return detail::ask<asked::get_tickers_health>(caller_, {});
}

awaitable<ticker_subscriptions> cache_calls::get_tickers_subscriptions()
{
    return detail::ask<asked::get_tickers_subscriptions>(caller_, {});
}

awaitable<std::optional<account_status>> cache_calls::get_accounts_status(std::string user_id)
{
    return detail::find<asked::get_accounts_status>(caller_, {std::move(user_id)});
}

awaitable<accounts_summary> cache_calls::get_accounts_summary()
{
    return detail::ask<asked::get_accounts_summary>(caller_, {});
}

awaitable<order_queue_sizes> cache_calls::get_orders_queue_size(std::string exchange)
{
    return detail::ask<asked::get_orders_queue_size>(caller_, {detail::unless_empty(std::move(exchange))});
}

awaitable<order_queue_states> cache_calls::get_orders_queue_status(std::string exchange)
{
    return detail::ask<asked::get_orders_queue_status>(caller_, {detail::unless_empty(std::move(exchange))});
}

awaitable<user_orders> cache_calls::get_user_orders(std::string user_id, std::string exchange)
{
    return detail::ask<asked::get_orders_orders>(
        caller_, {std::move(user_id), detail::unless_empty(std::move(exchange))});
}

awaitable<user_bots> cache_calls::get_user_bots(std::string user_id)
{
    return detail::ask<asked::get_bots_bots>(caller_, {std::move(user_id)});
}

awaitable<coordination_status> cache_calls::get_bots_coordination_status()
{
    return detail::ask<asked::get_bots_coordination_status>(caller_, {});
}

awaitable<trade_queue_sizes> cache_calls::get_trades_queue_size(std::string exchange)
{
    return detail::ask<asked::get_trades_queue_size>(caller_, {detail::unless_empty(std::move(exchange))});
}

awaitable<trade_queue_states> cache_calls::get_trades_queue_status(std::string exchange)
{
    return detail::ask<asked::get_trades_queue_status>(caller_, {detail::unless_empty(std::move(exchange))});
}

awaitable<trade_metrics> cache_calls::get_trades_performance_metrics()
{
    return detail::ask<asked::get_trades_performance_metrics>(caller_, {});
}

awaitable<std::optional<symbol_timeframes>> cache_calls::get_ohlcv_timeframes(std::string symbol)
{
    return detail::find<asked::get_ohlcv_timeframes>(caller_, {std::move(symbol)});
}

awaitable<bar_cache_status> cache_calls::get_ohlcv_cache_status()
{
    return detail::ask<asked::get_ohlcv_cache_status>(caller_, {});
}

awaitable<bar_metrics> cache_calls::get_ohlcv_performance_metrics()
{
    return detail::ask<asked::get_ohlcv_performance_metrics>(caller_, {});
}

awaitable<process_performance> cache_calls::get_processes_performance()
{
    return detail::ask<asked::get_processes_performance>(caller_, {});
}

awaitable<cache_overview> cache_calls::get_processes_cache_overview()
{
    return detail::ask<asked::get_processes_cache_overview>(caller_, {});
}

} // namespace fullon_cache_api
