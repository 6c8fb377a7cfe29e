// The concept of what answers queries and streams of the cache: client and cache_websocket_server.
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

/// What is awaited comes to a `Result`.
template <class Call, class Result>
concept gives = std::same_as<Call, boost::asio::awaitable<Result>>;

template <class T>
concept asks_accounts = requires(T& cache, std::string text) {
    { cache.get_balance(text, text) } -> gives<std::optional<balance>>;
    { cache.get_balances(text) } -> gives<std::vector<balance>>;
    { cache.get_positions(text) } -> gives<std::vector<position>>;
    { cache.get_order_status(text) } -> gives<std::optional<order>>;
    { cache.get_order_status(text, text) } -> gives<std::optional<order>>;
    { cache.get_queue_length(text) } -> gives<std::int64_t>;
};

template <class T>
concept asks_bots = requires(T& cache, std::string text) {
    { cache.get_bot_status(text) } -> gives<std::optional<bot>>;
    { cache.get_bots() } -> gives<std::map<std::string, boost::json::object>>;
    { cache.is_blocked(text, text) } -> gives<std::optional<std::string>>;
};

template <class T>
concept asks_market = requires(T& cache, std::string text, std::int64_t count) {
    { cache.get_ticker(text, text) } -> gives<std::optional<ticker>>;
    { cache.get_all_tickers(text) } -> gives<std::vector<ticker>>;
    { cache.get_trades(text, text, count) } -> gives<std::vector<trade>>;
    { cache.get_trade_status(text) } -> gives<std::optional<trade_status>>;
    { cache.get_latest_ohlcv_bars(text, text, count) } -> gives<std::vector<fullon_orm::bar>>;
};

template <class T>
concept asks_service = requires(T& cache, std::string text, std::chrono::minutes since) {
    { cache.ping() } -> gives<ping_result>;
    { cache.health_check() } -> gives<health_result>;
    { cache.list_operations() } -> gives<operation_list>;
    { cache.list_streams() } -> gives<stream_list>;
    { cache.get_system_health() } -> gives<system_health>;
    { cache.get_active_processes(text, text, since) } -> gives<std::vector<process>>;
};

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

/// What code of a bot needs of the cache, whether it is a `client`, a `cache_websocket_server` in the same process, what both
/// derive from (`cache_calls`), or a stand-in of a test: every query and every stream, overviews and metrics apart. The words
/// of cache_calls hold for all of them.
///
///     asio::awaitable<double> price_of(cache_api auto& cache, std::string symbol);
template <class T>
concept cache_api = detail::asks_accounts<T> && detail::asks_bots<T> && detail::asks_market<T> &&
                    detail::asks_service<T> && detail::streams_cache<T>;

} // namespace fullon_cache_api
