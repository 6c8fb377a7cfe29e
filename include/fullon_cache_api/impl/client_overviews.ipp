// Bodies of client.hpp: the overviews, one line each.
#pragma once

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/impl/client_calls.hpp>
#include <fullon_cache_api/operations/accounts_overview.hpp>
#include <fullon_cache_api/operations/bots_overview.hpp>
#include <fullon_cache_api/operations/ohlcv_overview.hpp>
#include <fullon_cache_api/operations/orders_overview.hpp>
#include <fullon_cache_api/operations/processes_overview.hpp>
#include <fullon_cache_api/operations/tickers_overview.hpp>
#include <fullon_cache_api/operations/trades_overview.hpp>

#include <utility>

namespace fullon_cache_api {

using boost::asio::awaitable;
namespace asked = operations;

awaitable<active_tickers> client::get_tickers_active(std::string exchange, std::chrono::seconds max_age)
{
    return detail::ask<asked::get_tickers_active>(state_, {std::move(exchange), max_age.count()});
}

awaitable<tickers_health> client::get_tickers_health()
{
    return detail::ask<asked::get_tickers_health>(state_, {});
}

awaitable<ticker_subscriptions> client::get_tickers_subscriptions()
{
    return detail::ask<asked::get_tickers_subscriptions>(state_, {});
}

awaitable<std::optional<account_status>> client::get_accounts_status(std::string user_id)
{
    return detail::find<asked::get_accounts_status>(state_, {std::move(user_id)});
}

awaitable<accounts_summary> client::get_accounts_summary()
{
    return detail::ask<asked::get_accounts_summary>(state_, {});
}

awaitable<order_queue_sizes> client::get_orders_queue_size(std::string exchange)
{
    return detail::ask<asked::get_orders_queue_size>(state_, {detail::unless_empty(std::move(exchange))});
}

awaitable<order_queue_states> client::get_orders_queue_status(std::string exchange)
{
    return detail::ask<asked::get_orders_queue_status>(state_, {detail::unless_empty(std::move(exchange))});
}

awaitable<user_orders> client::get_orders_orders(std::string user_id, std::string exchange)
{
    return detail::ask<asked::get_orders_orders>(
        state_, {std::move(user_id), detail::unless_empty(std::move(exchange))});
}

awaitable<user_bots> client::get_bots_bots(std::string user_id)
{
    return detail::ask<asked::get_bots_bots>(state_, {std::move(user_id)});
}

awaitable<coordination_status> client::get_bots_coordination_status()
{
    return detail::ask<asked::get_bots_coordination_status>(state_, {});
}

awaitable<trade_queue_sizes> client::get_trades_queue_size(std::string exchange)
{
    return detail::ask<asked::get_trades_queue_size>(state_, {detail::unless_empty(std::move(exchange))});
}

awaitable<trade_queue_states> client::get_trades_queue_status(std::string exchange)
{
    return detail::ask<asked::get_trades_queue_status>(state_, {detail::unless_empty(std::move(exchange))});
}

awaitable<trade_metrics> client::get_trades_performance_metrics()
{
    return detail::ask<asked::get_trades_performance_metrics>(state_, {});
}

awaitable<std::optional<symbol_timeframes>> client::get_ohlcv_timeframes(std::string symbol)
{
    return detail::find<asked::get_ohlcv_timeframes>(state_, {std::move(symbol)});
}

awaitable<bar_cache_status> client::get_ohlcv_cache_status()
{
    return detail::ask<asked::get_ohlcv_cache_status>(state_, {});
}

awaitable<bar_metrics> client::get_ohlcv_performance_metrics()
{
    return detail::ask<asked::get_ohlcv_performance_metrics>(state_, {});
}

awaitable<process_performance> client::get_processes_performance()
{
    return detail::ask<asked::get_processes_performance>(state_, {});
}

awaitable<cache_overview> client::get_processes_cache_overview()
{
    return detail::ask<asked::get_processes_cache_overview>(state_, {});
}

} // namespace fullon_cache_api
