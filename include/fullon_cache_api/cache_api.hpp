// The concept `cache_api`: what answers queries and streams, such as a client or a server in process.
#pragma once

#include <fullon_cache_api/cache_calls.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

namespace detail {

// One concept for each subject: a stand-in that lacks a method is reported by subject, not as one long
// failure.

/// A call whose awaitable gives a `Result`.
template <class Call, class Result>
concept gives = std::same_as<Call, boost::asio::awaitable<Result>>;

/// Balances, positions and orders.
template <class T>
concept asks_accounts = requires(T& cache, std::string text) {
    { cache.get_balance(text, text) } -> gives<std::optional<balance>>;
    { cache.get_balances(text) } -> gives<std::vector<balance>>;
    { cache.get_positions(text) } -> gives<std::vector<position>>;
    { cache.get_order_status(text) } -> gives<std::optional<order>>;
    { cache.get_order_status(text, text) } -> gives<std::optional<order>>;
    { cache.get_queue_length(text) } -> gives<std::int64_t>;
};

/// Bots and blocks.
template <class T>
concept asks_bots = requires(T& cache, std::string text) {
    { cache.get_bot_status(text) } -> gives<std::optional<bot>>;
    { cache.get_bots() } -> gives<std::map<std::string, boost::json::object>>;
    { cache.is_blocked(text, text) } -> gives<std::optional<std::string>>;
};

/// Tickers, trades and bars.
template <class T>
concept asks_market = requires(T& cache, std::string text, std::int64_t count) {
    { cache.get_ticker(text, text) } -> gives<std::optional<ticker>>;
    { cache.get_all_tickers(text) } -> gives<std::vector<ticker>>;
    { cache.get_trades(text, text, count) } -> gives<std::vector<trade>>;
    { cache.get_trade_status(text) } -> gives<std::optional<trade_status>>;
    { cache.get_latest_ohlcv_bars(text, text, count) } -> gives<std::vector<fullon_orm::bar>>;
};

/// The service itself, and processes.
template <class T>
concept asks_service = requires(T& cache, std::string text, std::chrono::minutes since) {
    { cache.ping() } -> gives<ping_result>;
    { cache.health_check() } -> gives<health_result>;
    { cache.list_operations() } -> gives<operation_list>;
    { cache.list_streams() } -> gives<stream_list>;
    { cache.get_system_health() } -> gives<system_health>;
    { cache.get_active_processes(text, text, since) } -> gives<std::vector<process>>;
};

/// The streams.
template <class T>
concept streams_cache = requires(T& cache, std::string text, symbol_list symbols, stream_options options) {
    { cache.stream_tickers(text, symbols, options) } -> gives<stream<ticker>>;
    { cache.stream_positions(text, options) } -> gives<stream<account_position>>;
    { cache.stream_order_queue(text, options) } -> gives<stream<queue_length>>;
    { cache.stream_bot_status(text, options) } -> gives<stream<bot>>;
    { cache.stream_trade_updates(text, text, options) } -> gives<stream<trade>>;
    { cache.stream_ohlcv(text, text, options) } -> gives<stream<bar_update>>;
    { cache.stream_process_health(options) } -> gives<stream<process_health>>;
};

} // namespace detail

/// What a bot needs of the cache: the queries and streams of `cache_calls`, without overviews and
/// stream_metrics().
///
/// Modelled by `client`, by `cache_websocket_server` in the same process, by their base `cache_calls`, and by
/// any stand-in for tests with the same methods. What cache_calls.hpp says about errors, cancellation and
/// concurrency is expected of every model.
///
/// \code
/// boost::asio::awaitable<double> price_of(cache_api auto& cache, std::string symbol)
/// {
///     const auto found = co_await cache.get_ticker("binance", symbol);
///     co_return found ? found->price : 0;
/// }
/// \endcode
///
/// Required are ping, health_check, list_operations, list_streams; get_ticker, get_all_tickers; get_balance,
/// get_balances, get_positions; get_order_status (with and without an exchange), get_queue_length;
/// get_bot_status, get_bots, is_blocked; get_trades, get_trade_status; get_latest_ohlcv_bars;
/// get_system_health, get_active_processes; stream_tickers, stream_positions, stream_order_queue,
/// stream_bot_status, stream_trade_updates, stream_ohlcv and stream_process_health.
template <class T>
concept cache_api = detail::asks_accounts<T> && detail::asks_bots<T> && detail::asks_market<T> &&
                    detail::asks_service<T> && detail::streams_cache<T>;

} // namespace fullon_cache_api
