// The queries and streams of the cache: the same over a connection and in the server's process.
#pragma once

#include <fullon_cache_api/as_result.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/stream.hpp>
#include <fullon_cache_api/stream_options.hpp>
#include <fullon_cache_api/symbol_list.hpp>
#include <fullon_cache_api/types/accounts.hpp>
#include <fullon_cache_api/types/bar.hpp>
#include <fullon_cache_api/types/health.hpp>
#include <fullon_cache_api/types/orders.hpp>
#include <fullon_cache_api/types/process_health.hpp>
#include <fullon_cache_api/types/ticker.hpp>
#include <fullon_cache_api/types/trade.hpp>

#include <fullon_orm/bar.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache_api {

struct operation_list; // types/streams.hpp
struct stream_list;
struct bot;          // types/bot.hpp
struct metrics_snapshot; // types/metrics_snapshot.hpp
struct process;      // types/process.hpp
struct trade_status; // types/trades.hpp
struct active_tickers; // types/tickers_overview.hpp
struct ticker_subscriptions;
struct tickers_health;
struct account_status; // types/accounts_overview.hpp
struct accounts_summary;
struct order_queue_sizes; // types/orders_overview.hpp
struct order_queue_states;
struct user_orders;
struct user_bots; // types/bots_overview.hpp
struct coordination_status;
struct trade_metrics;       // types/trades_overview.hpp
struct trade_queue_sizes;
struct trade_queue_states;
struct bar_cache_status; // types/ohlcv_overview.hpp
struct bar_metrics;
struct symbol_timeframes;
struct cache_overview; // types/processes_overview.hpp
struct process_performance;

namespace detail {

class client_state;
class local_calls;

/// Who answers: a server at the other end of a connection, or one in this process.
struct caller {
    caller() noexcept = default;
    explicit caller(std::shared_ptr<client_state> connection) noexcept : remote(std::move(connection)) {}
    explicit caller(std::shared_ptr<local_calls> here) noexcept : local(std::move(here)) {}

    std::shared_ptr<client_state> remote;
    std::shared_ptr<local_calls> local;
};

} // namespace detail

/// What `client` and `cache_websocket_server` have in common: every query, every stream. Code that takes a `cache_calls&`
/// runs on both. On a server a query reads Redis right here and a stream hangs on the server's own topics: no socket, no
/// JSON message, and no bound on the size of a reply or on the number of requests and streams.
///
/// \par Errors       every call throws `boost::system::system_error` with a code of `error`: what the server answers,
///                   with the same text on both; `timeout` (no answer in time: over a connection `request_timeout`, in
///                   process what the server allows Redis); `closed` (the client was closed, the server stopped; also under
///                   a call). Over a connection also `disconnected` (it broke under the call, twice, or
///                   `on_disconnect::fail`) and `protocol`. A server that was not started has no Redis. A cache miss is an
///                   empty optional. `as_result(call)` gives what a call throws as a value.
///                   A client that is not connected: `closed`.
/// \par Cancellation every call ends with `asio::error::operation_aborted`, the client and the server go on. Over a
///                   connection all types are honoured, in process `terminal`.
/// \par Concurrency  any number of calls and streams at once, all on get_executor(), which is serial (a single-threaded
///                   io_context or a strand); from elsewhere: `co_spawn(cache.get_executor(), ...)`. Debug builds assert it.
/// \par Lifetimes    calls and streams share the state: they may outlive the client or the server, and end then.
class cache_calls {
public:
    cache_calls(const cache_calls&) = delete;
    cache_calls& operator=(const cache_calls&) = delete;

    boost::asio::any_io_executor get_executor() const;

    /// \throws health_check_failed when the server cannot reach Redis
    boost::asio::awaitable<ping_result> ping();
    /// Answers also when Redis is down: "unhealthy".
    boost::asio::awaitable<health_result> health_check();
    /// Every operation of the server. The type is in types/streams.hpp.
    boost::asio::awaitable<operation_list> list_operations();
    /// The streams of this connection as the server counts them; in process those that were opened there. The type is in
    /// types/streams.hpp.
    boost::asio::awaitable<stream_list> list_streams();

    /// Redis: hash `tickers:{exchange}`, field `symbol`. Empty when it is not there.
    /// \throws corrupt_entry (it is there, unreadable), cache_unavailable, invalid_params
    boost::asio::awaitable<std::optional<ticker>> get_ticker(std::string exchange, std::string symbol);
    /// Redis: hash `tickers:{exchange}`, without unreadable entries.
    boost::asio::awaitable<std::vector<ticker>> get_all_tickers(std::string exchange);

    /// The balance of one currency in an exchange account. Redis: hash `accounts`, field `user_id`.
    boost::asio::awaitable<std::optional<balance>> get_balance(std::string user_id, std::string currency);
    /// All balances of the account; none when the cache does not know it.
    boost::asio::awaitable<std::vector<balance>> get_balances(std::string user_id);

    /// All open positions of an exchange account. Redis: hash `account_positions`, field `user_id`.
    boost::asio::awaitable<std::vector<position>> get_positions(std::string user_id);

    /// An order by its id. Redis: hash `order_status:{exchange}`, field `order_id`; without an exchange every one is
    /// searched, the last written counts.
    boost::asio::awaitable<std::optional<order>> get_order_status(std::string order_id,
                                                                  std::string exchange = {});
    /// How many readable orders the exchange has.
    boost::asio::awaitable<std::int64_t> get_queue_length(std::string exchange);

    /// What a bot says of itself. Redis: hash `bot_status`, field `bot_id`. The type is in types/bot.hpp.
    boost::asio::awaitable<std::optional<bot>> get_bot_status(std::string bot_id);
    /// All that every bot wrote, by its id (boost/json/object.hpp).
    boost::asio::awaitable<std::map<std::string, boost::json::object>> get_bots();
    /// The bot that keeps others from the symbol; empty when it is free. An outage is an error, never "free".
    /// Redis: hash `block_exchange`, field `{exchange}:{symbol}`.
    boost::asio::awaitable<std::optional<std::string>> is_blocked(std::string exchange, std::string symbol);

    /// The newest `limit` trades that wait in the cache (all without a limit), oldest first; they stay there.
    /// Redis: list `trades:{exchange}:{symbol without "/"}`.
    boost::asio::awaitable<std::vector<trade>> get_trades(std::string exchange, std::string symbol,
                                                          std::optional<std::int64_t> limit = {});
    /// When trades of a key (an exchange) were last written. Redis: string `TRADE:STATUS:{trade_key}`. The type is in
    /// types/trades.hpp.
    boost::asio::awaitable<std::optional<trade_status>> get_trade_status(std::string trade_key);

    /// The newest bars, at most 10000, oldest first, one for each time. Redis: lists `ohlcv:{symbol}:{timeframe}`.
    boost::asio::awaitable<std::vector<fullon_orm::bar>>
    get_latest_ohlcv_bars(std::string symbol, std::string timeframe, std::int64_t count = 10);

    /// Counts over the processes that were updated within the last hour. Redis: `process:*`.
    boost::asio::awaitable<system_health> get_system_health();
    /// Processes that were updated within `since` (at most a day), the newest update first; of one type, of one
    /// component where they are named. The type is in types/process.hpp.
    boost::asio::awaitable<std::vector<process>>
    get_active_processes(std::string process_type = {}, std::string component = {},
                         std::chrono::minutes since = std::chrono::minutes(5));

    // Overviews, for those who watch over a trading system. Their types are in types/*_overview.hpp, and say what
    // each member means; broken entries are left out and counted.

    /// Symbols of an exchange whose ticker is at most `max_age` old (1 s to a week). Redis: hash `tickers:{exchange}`.
    boost::asio::awaitable<active_tickers>
    get_tickers_active(std::string exchange, std::chrono::seconds max_age = std::chrono::seconds(300));
    /// The tickers of all exchanges, counted. Redis: hashes `tickers:*`.
    boost::asio::awaitable<tickers_health> get_tickers_health();
    /// The tickers that the server's streams follow. Answers also when Redis is down.
    boost::asio::awaitable<ticker_subscriptions> get_tickers_subscriptions();
    /// When an exchange account was written last, and what it has; empty when the cache does not know it. Redis: hashes
    /// `accounts` and `account_positions`, field `user_id`.
    boost::asio::awaitable<std::optional<account_status>> get_accounts_status(std::string user_id);
    /// All accounts, counted and summed up by currency. Redis: the same hashes.
    boost::asio::awaitable<accounts_summary> get_accounts_summary();
    /// How many orders the exchanges have (or the one that is named). Redis: hashes `order_status:*`.
    boost::asio::awaitable<order_queue_sizes> get_orders_queue_size(std::string exchange = {});
    /// The same by status, with the times of the oldest and the newest.
    boost::asio::awaitable<order_queue_states> get_orders_queue_status(std::string exchange = {});
    /// The cached orders with that `uid`, of every exchange or of one, the last written first; and how many orders there
    /// are unreadable.
    boost::asio::awaitable<user_orders> get_user_orders(std::string user_id, std::string exchange = {});
    /// Those bots of get_bots() that name this user: as `user_id` or `uid`, at the top or in a feed; and how many of all
    /// bots are unreadable.
    boost::asio::awaitable<user_bots> get_user_bots(std::string user_id);
    /// Who keeps others from what. Redis: hashes `block_exchange` and `opening_position`.
    boost::asio::awaitable<coordination_status> get_bots_coordination_status();
    /// How many trades wait in each list, of every exchange or of one. Redis: lists `trades:*`.
    boost::asio::awaitable<trade_queue_sizes> get_trades_queue_size(std::string exchange = {});
    /// The same, with the times of the last writes. Redis: also strings `TRADE:STATUS:*`.
    boost::asio::awaitable<trade_queue_states> get_trades_queue_status(std::string exchange = {});
    /// Lengths of the lists, trades per minute as the server sees them, the longest wait.
    boost::asio::awaitable<trade_metrics> get_trades_performance_metrics();
    /// The timeframes that a symbol has bars of; empty when it has none. Redis: lists `ohlcv:{symbol}:*`.
    boost::asio::awaitable<std::optional<symbol_timeframes>> get_ohlcv_timeframes(std::string symbol);
    /// Every list of bars, and whether its newest bar is as new as it should be. Redis: lists `ohlcv:*`.
    boost::asio::awaitable<bar_cache_status> get_ohlcv_cache_status();
    /// Bars of every list, bytes of the newest ones, and how long it took to read them.
    boost::asio::awaitable<bar_metrics> get_ohlcv_performance_metrics();
    /// Heartbeats by type of process, and how many are stale or in error. Redis: `process:*`.
    boost::asio::awaitable<process_performance> get_processes_performance();
    /// Keys of Redis by kind, and what Redis says of itself where the server may ask (INFO).
    boost::asio::awaitable<cache_overview> get_processes_cache_overview();

    /// Live tickers: `co_await cache.stream_tickers("binance", {"BTC/USDT", "ETH/USDT"})`, or `all_symbols`. Completes when the stream has begun. A client takes a list apart that is
    /// longer than a message may be: each part is a stream of the server.
    /// \throws invalid_params, cache_unavailable, timeout; limit_exceeded (a client: more than MAX_STREAMS or MAX_TOPICS)
    boost::asio::awaitable<stream<ticker>>
    stream_tickers(std::string exchange, symbol_list symbols = all_symbols, stream_options options = {});

    /// Live positions of an exchange account.
    boost::asio::awaitable<stream<account_position>> stream_positions(std::string user_id,
                                                                      stream_options options = {});
    /// How many orders an exchange has, live. `timestamp` is that of the reading.
    boost::asio::awaitable<stream<queue_length>> stream_order_queue(std::string exchange,
                                                                    stream_options options = {});
    /// What a bot says of itself, live; or every bot with `all_bots`. The type is in types/bot.hpp.
    boost::asio::awaitable<stream<bot>> stream_bot_status(bot_or_all bot_id = all_bots,
                                                          stream_options options = {});
    /// Live trades of a symbol, or of `all_symbols` of the exchange. Begins with those that wait in the cache; each comes once, in order, also when the connection is made again. What other services take
    /// before anybody could read it is not told.
    /// Redis: lists `trades:{exchange}:{symbol without "/"}`.
    boost::asio::awaitable<stream<trade>> stream_trade_updates(std::string exchange,
                                                               symbol_or_all symbol = all_symbols,
                                                               stream_options options = {});
    /// The newest bar as it changes, and the final value of each that is closed. Redis: lists
    /// `ohlcv:{symbol}:{timeframe}`, with and without "/" in the symbol.
    boost::asio::awaitable<stream<bar_update>> stream_ohlcv(std::string symbol, std::string timeframe,
                                                            stream_options options = {});
    /// The health of the system, live: it changes by what processes report, and with time.
    boost::asio::awaitable<stream<process_health>> stream_process_health(stream_options options = {});
    /// What the server counts, again after each `interval` (100 ms to an hour, rounded to tenths of a second). It goes on
    /// while the server has no Redis. The type is in types/metrics_snapshot.hpp.
    boost::asio::awaitable<stream<metrics_snapshot>>
    stream_metrics(std::chrono::milliseconds interval = std::chrono::seconds(1), stream_options options = {});

protected:
    cache_calls() noexcept = default;
    explicit cache_calls(detail::caller whom) noexcept : caller_(std::move(whom)) {}
    cache_calls(cache_calls&&) noexcept = default;
    cache_calls& operator=(cache_calls&&) noexcept = default;
    ~cache_calls() = default;

    detail::caller caller_;
};

extern template class stream<account_position>;
extern template class stream<bar_update>;
extern template class stream<process_health>;
extern template class stream<queue_length>;
extern template class stream<ticker>;
extern template class stream<trade>;

} // namespace fullon_cache_api
