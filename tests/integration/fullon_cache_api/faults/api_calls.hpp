// Every method of the API (a client's, or a server's in process), with parameters that find something in
// tests/data/seed.jsonl; the results as text.
#pragma once

#include <fullon_cache_api/as_result.hpp>
#include <fullon_cache_api/detail/catalogue/accounts_overview.hpp>
#include <fullon_cache_api/detail/catalogue/bots_overview.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv_overview.hpp>
#include <fullon_cache_api/detail/catalogue/orders_overview.hpp>
#include <fullon_cache_api/detail/catalogue/processes_overview.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/catalogue/tickers_overview.hpp>
#include <fullon_cache_api/detail/catalogue/trades.hpp>
#include <fullon_cache_api/detail/catalogue/trades_overview.hpp>
#include <fullon_cache_api/stream.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>
#include <fullon_cache_api/types/process.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace faults {

/// An outage that a call tells by what it returns counts as one that it throws.
template <class T>
void append_text(std::string& to, const T& result)
{
    fullon_orm::write_json(to, result, fullon_orm::json_style::wire);
}
template <class T>
void append_text(std::string& to, const boost::system::result<T>& result)
{
    append_text(to, result.value());
}
template <class X>
void append_text(std::string& to, const fullon_cache_api::stream<X>&)
{
    to.append("\"stream\""); // it is here: that is all; it ends with the call
}

template <class T>
boost::asio::awaitable<std::string> text_of(boost::asio::awaitable<T> call)
{
    const auto result = co_await std::move(call);
    std::string text;
    append_text(text, result);
    co_return text;
}

template <class Api>
struct api_call {
    std::string operation;
    std::function<boost::asio::awaitable<std::string>(Api&)> make; // \returns JSON
    bool needs_redis = true;
};

/// list_streams is of a connection: a server in process has none.
template <class Api>
std::vector<api_call<Api>> api_calls()
{
    std::vector<api_call<Api>> rows{
        {"ping", [](Api& a) { return text_of(a.ping()); }},
        {"health_check", [](Api& a) { return text_of(a.health_check()); }, false},
        {"get_ticker", [](Api& a) { return text_of(a.get_ticker("nulls", "BTC/USDT")); }},
        {"get_ticker",
         [](Api& a) { return text_of(fullon_cache_api::as_result(a.get_ticker("nulls", "BTC/USDT"))); }},
        {"get_all_tickers", [](Api& a) { return text_of(a.get_all_tickers("skip")); }},
        {"get_balance", [](Api& a) { return text_of(a.get_balance("1", "USDT")); }},
        {"get_balances", [](Api& a) { return text_of(a.get_balances("1")); }},
        {"get_positions", [](Api& a) { return text_of(a.get_positions("1")); }},
        {"get_positions", [](Api& a) { return text_of(fullon_cache_api::as_result(a.get_positions("1"))); }},
        {"get_order_status", [](Api& a) { return text_of(a.get_order_status("binance", "777")); }},
        {"get_order_status",
         [](Api& a) { return text_of(fullon_cache_api::as_result(a.get_order_status("777"))); }},
        {"get_queue_length", [](Api& a) { return text_of(a.get_queue_length("binance")); }},
        {"get_bot_status", [](Api& a) { return text_of(a.get_bot_status("bot_1")); }},
        {"get_bots", [](Api& a) { return text_of(a.get_bots()); }},
        {"is_blocked", [](Api& a) { return text_of(a.is_blocked("binance", "BTC/USDT")); }},
        {"is_blocked",
         [](Api& a) { return text_of(fullon_cache_api::as_result(a.is_blocked("binance", "BTC/USDT"))); }},
        {"get_trades", [](Api& a) { return text_of(a.get_trades("binance", "BTC/USDT")); }},
        {"get_trade_status", [](Api& a) { return text_of(a.get_trade_status("binance")); }},
        {"get_latest_ohlcv_bars", [](Api& a) { return text_of(a.get_latest_ohlcv_bars("BTC/USD", "1h")); }},
        {"get_system_health", [](Api& a) { return text_of(a.get_system_health()); }},
        {"get_active_processes", [](Api& a) { return text_of(a.get_active_processes()); }},
        {"get_tickers_active", [](Api& a) { return text_of(a.get_tickers_active("live")); }},
        {"get_tickers_health", [](Api& a) { return text_of(a.get_tickers_health()); }},
        {"get_tickers_subscriptions", [](Api& a) { return text_of(a.get_tickers_subscriptions()); }, false},
        {"get_accounts_status", [](Api& a) { return text_of(a.get_accounts_status("1")); }},
        {"get_accounts_summary", [](Api& a) { return text_of(a.get_accounts_summary()); }},
        {"get_orders_queue_size", [](Api& a) { return text_of(a.get_orders_queue_size()); }},
        {"get_orders_queue_status", [](Api& a) { return text_of(a.get_orders_queue_status("binance")); }},
        {"get_orders_orders", [](Api& a) { return text_of(a.get_user_orders("1")); }},
        {"get_bots_bots", [](Api& a) { return text_of(a.get_user_bots("1")); }},
        {"get_bots_coordination_status", [](Api& a) { return text_of(a.get_bots_coordination_status()); }},
        {"get_trades_queue_size", [](Api& a) { return text_of(a.get_trades_queue_size()); }},
        {"get_trades_queue_status", [](Api& a) { return text_of(a.get_trades_queue_status("binance")); }},
        {"get_trades_performance_metrics",
         [](Api& a) { return text_of(a.get_trades_performance_metrics()); }},
        {"get_ohlcv_timeframes", [](Api& a) { return text_of(a.get_ohlcv_timeframes("BTC/USD")); }},
        {"get_ohlcv_cache_status", [](Api& a) { return text_of(a.get_ohlcv_cache_status()); }},
        {"get_ohlcv_performance_metrics", [](Api& a) { return text_of(a.get_ohlcv_performance_metrics()); }},
        {"get_processes_performance", [](Api& a) { return text_of(a.get_processes_performance()); }},
        {"get_processes_cache_overview", [](Api& a) { return text_of(a.get_processes_cache_overview()); }},
        {"stream_tickers", [](Api& a) { return text_of(a.stream_tickers("nulls", "BTC/USDT")); }},
        {"stream_tickers", [](Api& a) { return text_of(a.stream_tickers("nulls")); }},
        {"stream_positions", [](Api& a) { return text_of(a.stream_positions("1")); }},
        {"stream_order_queue", [](Api& a) { return text_of(a.stream_order_queue("binance")); }},
        {"stream_bot_status", [](Api& a) { return text_of(a.stream_bot_status()); }},
        {"stream_process_health", [](Api& a) { return text_of(a.stream_process_health()); }},
        {"stream_trade_updates", [](Api& a) { return text_of(a.stream_trade_updates("binance")); }},
        {"stream_ohlcv", [](Api& a) { return text_of(a.stream_ohlcv("BTC/USD", "1h")); }},
        {"stream_metrics", [](Api& a) { return text_of(a.stream_metrics()); }, false},
    };
    if constexpr (requires(Api& a) { a.list_streams(); })
        rows.push_back({"list_streams", [](Api& a) { return text_of(a.list_streams()); }, false});
    if constexpr (requires(Api& a) { a.list_operations(); })
        rows.push_back({"list_operations", [](Api& a) { return text_of(a.list_operations()); }, false});
    return rows;
}

} // namespace faults
