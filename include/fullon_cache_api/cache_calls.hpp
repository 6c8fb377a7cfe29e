// The queries and streams of the cache: the common base of `client` and `cache_websocket_server`.
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

/// Where calls go: to a server at the other end of a connection, or to one in this process. Both null:
/// nowhere.
struct caller {
    caller() noexcept = default;
    explicit caller(std::shared_ptr<client_state> connection) noexcept : remote(std::move(connection)) {}
    explicit caller(std::shared_ptr<local_calls> here) noexcept : local(std::move(here)) {}

    std::shared_ptr<client_state> remote;
    std::shared_ptr<local_calls> local;
};

} // namespace detail

/// The queries and streams of the cache: the common base of `client` and `cache_websocket_server`.
///
/// Code that takes a `cache_calls&` works with both. On a `client` each call is one request over the
/// WebSocket connection. On a `cache_websocket_server` it runs in process: a query reads Redis directly, a
/// stream is attached to the server's own topics. There are no sockets and no JSON messages then, and the
/// limits that hold for a connection (size of a reply, number of requests, streams and topics) do not apply.
///
/// Each query method is the operation of the same name in docs/protocol.md, with two exceptions:
/// get_user_orders() is `get_orders_orders` and get_user_bots() is `get_bots_bots`.
///
/// \code
/// boost::asio::awaitable<void> report(fullon_cache_api::cache_calls& cache)
/// {
///     if (auto found = co_await cache.get_ticker("binance", "BTC/USDT"))
///         use(found->price);
///     auto updates = co_await cache.stream_tickers("binance", {"BTC/USDT", "ETH/USDT"});
///     while (auto update = co_await updates.next())
///         use(update->symbol, update->price);
/// }
/// \endcode
///
/// \par Conventions  Times are epoch seconds (UTC) as double unless a type says otherwise. Symbols are
///                   written `BTC/USDT`. Ids are text. An exchange account is named by the text of its id
///                   (`user_id`). An empty `std::optional` member means that Redis holds no usable value.
/// \par Completes    A query completes when its result is there; a stream method when the server has accepted
///                   the stream. The snapshot and the updates come from stream::next().
/// \par Errors       Every call throws `boost::system::system_error` with one of these codes; `what()` begins
///                   with the server's text, which is the same on both:
///                   - `error::invalid_params`: an argument is empty, out of range or malformed; the text
///                     begins with the name of the parameter;
///                   - `error::cache_unavailable`: Redis is not connected, or refuses to serve this server. A
///                     server that has not been started answers like this;
///                   - `error::timeout`: no answer in time. Over a connection that is
///                     `client_config::request_timeout`, in process the `socket_timeout` of the Redis
///                     settings;
///                   - `error::corrupt_entry`: the one entry asked for exists and cannot be read;
///                   - `error::closed`: the client was closed or is not connected, or the server was stopped;
///                     also while a call is pending;
///                   - `error::internal_error`: a bug of the server; its log says more.
///                   Over a connection only:
///                   - `error::disconnected`: the connection broke under the call and again under its one
///                     repetition; with `on_disconnect::fail` at once;
///                   - `error::limit_exceeded`, `error::rate_limited`: a limit of the server
///                     (docs/protocol.md);
///                   - `error::shutting_down`: the server is stopping;
///                   - `error::protocol`: the reply cannot be read.
///                   A cache miss is an empty optional or an empty list, never an error. as_result() turns
///                   what a call throws into a value.
/// \par Cancellation A cancelled call throws `boost::asio::error::operation_aborted`. Calls only read, so
///                   nothing has to be undone: the client or server goes on, a late reply is dropped, a
///                   stream that was being opened is ended. Supported types: terminal, partial,
///                   total. A coroutine started by `co_spawn` has only terminal enabled, unless it calls
///                   `boost::asio::this_coro::reset_cancellation_state`.
/// \par Concurrency  Any number of calls and streams may be pending at once. All are made on get_executor(),
///                   which must be serial (a single-threaded io_context or a strand); from elsewhere use
///                   `co_spawn(cache.get_executor(), ...)`. Debug builds assert this.
/// \par Lifetimes    Arguments are copied. Calls and streams share the state of the client or server and may
///                   outlive it; they end then.
class cache_calls {
public:
    cache_calls(const cache_calls&) = delete;
    cache_calls& operator=(const cache_calls&) = delete;

    /// The executor that every call has to be made on. Empty for a client that is not connected.
    boost::asio::any_io_executor get_executor() const;

    /// \name The service
    /// @{

    /// Checks that the server and Redis answer.
    /// \throws boost::system::system_error `error::health_check_failed` when Redis does not answer
    boost::asio::awaitable<ping_result> ping();
    /// The state of the server and of its connection to Redis. Also answers while Redis is down, with the
    /// status "unhealthy".
    boost::asio::awaitable<health_result> health_check();
    /// Every operation of the server with the JSON Schemas of its parameters and result, and the server's
    /// limits. Needs no Redis. The type is in types/streams.hpp.
    boost::asio::awaitable<operation_list> list_operations();
    /// The open streams with their counters: of a client those of its current connection, in process those
    /// that were opened on this server object. Needs no Redis. The type is in types/streams.hpp.
    boost::asio::awaitable<stream_list> list_streams();

    /// @}
    /// \name Tickers
    /// @{

    /// The latest ticker of a symbol; empty when it is not in the cache. Redis: hash `tickers:{exchange}`,
    /// field `{symbol}`.
    /// \throws boost::system::system_error `error::corrupt_entry` when it is there and unreadable
    boost::asio::awaitable<std::optional<ticker>> get_ticker(std::string exchange, std::string symbol);
    /// All readable tickers of an exchange, in no particular order. Redis: hash `tickers:{exchange}`.
    boost::asio::awaitable<std::vector<ticker>> get_all_tickers(std::string exchange);

    /// @}
    /// \name Accounts
    /// @{

    /// The balance of one currency in an exchange account; empty when the cache has none. Redis: hash
    /// `accounts`, field `{user_id}`.
    /// \throws boost::system::system_error `error::corrupt_entry` when that currency, or the account, is
    ///         unreadable
    boost::asio::awaitable<std::optional<balance>> get_balance(std::string user_id, std::string currency);
    /// All readable balances of an exchange account; none when the cache does not have the account.
    boost::asio::awaitable<std::vector<balance>> get_balances(std::string user_id);

    /// All readable positions that are stored for an exchange account. Redis: hash `account_positions`, field
    /// `{user_id}`. Services may keep closed positions with a `size` of 0.
    boost::asio::awaitable<std::vector<position>> get_positions(std::string user_id);

    /// @}
    /// \name Orders
    /// @{

    /// An order by its id; empty when it is not in the cache. Redis: hash `order_status:{exchange}`, field
    /// `{order_id}`.
    boost::asio::awaitable<std::optional<order>> get_order_status(std::string exchange, std::string order_id);
    /// The same at whatever exchange has it; of several orders with this id the one written last.
    boost::asio::awaitable<std::optional<order>> get_order_status(std::string order_id);
    /// The number of readable orders of an exchange. Redis: hash `order_status:{exchange}`.
    boost::asio::awaitable<std::int64_t> get_queue_length(std::string exchange);

    /// @}
    /// \name Bots
    /// @{

    /// The status that a bot wrote; empty when the cache has none. Redis: hash `bot_status`, field
    /// `{bot_id}`. The type is in types/bot.hpp.
    boost::asio::awaitable<std::optional<bot>> get_bot_status(std::string bot_id);
    /// What every bot wrote, by bot id, without unreadable entries. Redis: hash `bot_status`. Include
    /// boost/json/object.hpp to use the result.
    boost::asio::awaitable<std::map<std::string, boost::json::object>> get_bots();
    /// The id of the bot that blocks a symbol for others; empty when the symbol is free. An outage of Redis
    /// is an error, never "free". Redis: hash `block_exchange`, field `{exchange}:{symbol}`; the symbol is
    /// looked up with "/" and with "-". A block that was stored without a bot's id gives an empty text.
    boost::asio::awaitable<std::optional<std::string>> is_blocked(std::string exchange, std::string symbol);

    /// @}
    /// \name Trades
    /// @{

    /// The newest `limit` trades that wait in the cache (all without a limit), oldest first, without
    /// unreadable ones. Nothing is removed. Redis: list `trades:{exchange}:{symbol without "/"}`.
    /// \throws boost::system::system_error `error::invalid_params` when `limit` is below 1
    boost::asio::awaitable<std::vector<trade>> get_trades(std::string exchange, std::string symbol,
                                                          std::optional<std::int64_t> limit = {});
    /// When trades of a key (an exchange) were last written; empty when unknown. Redis: string
    /// `TRADE:STATUS:{trade_key}`. The type is in types/trades.hpp.
    boost::asio::awaitable<std::optional<trade_status>> get_trade_status(std::string trade_key);

    /// @}
    /// \name Bars
    /// @{

    /// The newest bars, oldest first, one per begin time; none when the cache has none. Redis: lists
    /// `ohlcv:{symbol}:{timeframe}`. A symbol given with "/" is read under both spellings; of two bars of one
    /// time the one stored without "/" is returned.
    /// \param timeframe such as `1m`, `1h`, `1d`: as it stands in the key
    /// \param count     from 1 to 10000
    boost::asio::awaitable<std::vector<fullon_orm::bar>>
    get_latest_ohlcv_bars(std::string symbol, std::string timeframe, std::int64_t count = 10);

    /// @}
    /// \name Processes
    /// @{

    /// Counts over the processes that were updated within the last hour. Redis: hashes
    /// `process:active:{type}` and strings `process:data:{process_id}`.
    boost::asio::awaitable<system_health> get_system_health();
    /// Processes that were updated within `since`, most recent update first. Redis: as get_system_health().
    /// The type is in types/process.hpp.
    /// \param process_type one of fullon_orm::process_types; empty for any
    /// \param component    such as `ticker_daemon`; empty for any
    /// \param since        from 1 minute to a day
    boost::asio::awaitable<std::vector<process>>
    get_active_processes(std::string process_type = {}, std::string component = {},
                         std::chrono::minutes since = std::chrono::minutes(5));

    /// @}
    /// \name Overviews
    /// Summaries for monitoring. Their types are in types/*_overview.hpp and document each member. A broken
    /// entry never fails an overview: it is left out and counted in `unreadable`. Keys are read one after the
    /// other, so an overview is not a picture of one instant; all of them must be read within the time-out of
    /// one operation.
    /// @{

    /// The symbols of an exchange whose ticker is at most `max_age` old (1 s to a week). Redis: hash
    /// `tickers:{exchange}`.
    boost::asio::awaitable<active_tickers>
    get_tickers_active(std::string exchange, std::chrono::seconds max_age = std::chrono::seconds(300));
    /// The tickers of all exchanges, counted by exchange. Redis: hashes `tickers:*`.
    boost::asio::awaitable<tickers_health> get_tickers_health();
    /// The tickers that streams of this server follow now. Needs no Redis.
    boost::asio::awaitable<ticker_subscriptions> get_tickers_subscriptions();
    /// When an exchange account was last written, its currencies and open positions; empty when the cache
    /// does not have the account. Redis: hashes `accounts` and `account_positions`, field `{user_id}`.
    boost::asio::awaitable<std::optional<account_status>> get_accounts_status(std::string user_id);
    /// All accounts, counted, with their balances added up by currency. Redis: hashes `accounts` and
    /// `account_positions`.
    boost::asio::awaitable<accounts_summary> get_accounts_summary();
    /// The number of orders by exchange, or of the named one. Redis: hashes `order_status:*`.
    boost::asio::awaitable<order_queue_sizes> get_orders_queue_size(std::string exchange = {});
    /// The same, with the orders counted by status and the times of the oldest and the newest.
    boost::asio::awaitable<order_queue_states> get_orders_queue_status(std::string exchange = {});
    /// The cached orders whose `uid` is `user_id`, of every exchange or of one, most recently written first.
    /// Redis: hashes `order_status:*`.
    boost::asio::awaitable<user_orders> get_user_orders(std::string user_id, std::string exchange = {});
    /// The bots that name this user in a member `user_id` or `uid`, at the top level or in a feed. Redis:
    /// hash `bot_status`.
    boost::asio::awaitable<user_bots> get_user_bots(std::string user_id);
    /// Which bot blocks which symbol, and which positions are being opened. Redis: hashes `block_exchange`
    /// and `opening_position`.
    boost::asio::awaitable<coordination_status> get_bots_coordination_status();
    /// The number of trades that wait in each list, of every exchange or of one. Redis: lists `trades:*`.
    boost::asio::awaitable<trade_queue_sizes> get_trades_queue_size(std::string exchange = {});
    /// The same, with the times of the last writes. Redis: also strings `TRADE:STATUS:*`.
    boost::asio::awaitable<trade_queue_states> get_trades_queue_status(std::string exchange = {});
    /// The lengths of all lists of trades, trades per minute as this server sees them arrive, and the time of
    /// the trade that has waited longest. Redis: lists `trades:*`.
    boost::asio::awaitable<trade_metrics> get_trades_performance_metrics();
    /// The timeframes that a symbol has bars of, shortest first; empty when it has none. Redis: lists
    /// `ohlcv:{symbol}:*`.
    boost::asio::awaitable<std::optional<symbol_timeframes>> get_ohlcv_timeframes(std::string symbol);
    /// Every list of bars and whether its newest bar is up to date. Redis: lists `ohlcv:*`.
    boost::asio::awaitable<bar_cache_status> get_ohlcv_cache_status();
    /// The number of bars of every list, the size of the newest ones in bytes, and how long Redis took to
    /// deliver them. Redis: lists `ohlcv:*`.
    boost::asio::awaitable<bar_metrics> get_ohlcv_performance_metrics();
    /// Ages of heartbeats by type of process, and how many processes are stale or in error. Redis: as
    /// get_system_health().
    boost::asio::awaitable<process_performance> get_processes_performance();
    /// The number of keys and entries in Redis by kind of data, figures of Redis (INFO) where the server may
    /// ask for them, and figures of this server.
    boost::asio::awaitable<cache_overview> get_processes_cache_overview();

    /// @}
    /// \name Streams
    /// Each method opens a stream and completes when the server has accepted it. Items begin with a snapshot
    /// of the current state, then come updates: see `stream`, and `stream_options` for slow consumers and
    /// outages.
    ///
    /// Further errors when a stream is opened: `error::cache_unavailable` while Redis is away or the server
    /// may not read the key; `error::corrupt_entry` when the key has another type (for trades and bars the
    /// stream begins `stale` instead); on a client `error::limit_exceeded` for more than MAX_STREAMS streams
    /// or MAX_TOPICS topics.
    /// @{

    /// Live tickers of the named symbols, or of `all_symbols` of the exchange. Redis: hash
    /// `tickers:{exchange}`; a message on the channel `ticker_updates:{exchange}:{symbol}` makes the server
    /// read sooner.
    ///
    /// A client splits a list that does not fit into one request into several streams of the server, which
    /// act as one: all of them are opened or none.
    /// \throws boost::system::system_error `error::invalid_params` for an empty list
    boost::asio::awaitable<stream<ticker>>
    stream_tickers(std::string exchange, symbol_list symbols = all_symbols, stream_options options = {});

    /// Live positions of an exchange account. Redis: hash `account_positions`, field `{user_id}`.
    boost::asio::awaitable<stream<account_position>> stream_positions(std::string user_id,
                                                                      stream_options options = {});
    /// The number of readable orders of an exchange, live; `timestamp` is the time of the reading. Redis:
    /// hash `order_status:{exchange}`.
    boost::asio::awaitable<stream<queue_length>> stream_order_queue(std::string exchange,
                                                                    stream_options options = {});
    /// The status of one bot, or of every bot with `all_bots`, live. Redis: hash `bot_status`. The type is in
    /// types/bot.hpp.
    boost::asio::awaitable<stream<bot>> stream_bot_status(bot_or_all bot_id = all_bots,
                                                          stream_options options = {});
    /// Live trades of a symbol, or of `all_symbols` of the exchange. Redis: lists
    /// `trades:{exchange}:{symbol without "/"}`.
    ///
    /// Trades are events: each one that the server sees is delivered once and in order, also across
    /// reconnects, unless too many wait for a slow consumer (`update::missed` counts those). The snapshot
    /// consists of the trades that wait in the cache, at most `server_config::event_ring` of each symbol. A
    /// trade that another service takes from the list before the server has read it is not delivered.
    boost::asio::awaitable<stream<trade>> stream_trade_updates(std::string exchange,
                                                               symbol_or_all symbol = all_symbols,
                                                               stream_options options = {});
    /// The newest bar as it changes, and the final value of each bar that is closed. Redis: lists
    /// `ohlcv:{symbol}:{timeframe}`, with and without "/" in the symbol.
    boost::asio::awaitable<stream<bar_update>> stream_ohlcv(std::string symbol, std::string timeframe,
                                                            stream_options options = {});
    /// The health of the trading system, live. It changes when processes report and as time passes: a process
    /// that is silent becomes stale. Redis: as get_system_health().
    boost::asio::awaitable<stream<process_health>> stream_process_health(stream_options options = {});
    /// The server's own counters, once per `interval` (100 ms to an hour, rounded to tenths of a second).
    /// Needs no Redis and is never `stale`. The type is in types/metrics_snapshot.hpp.
    boost::asio::awaitable<stream<metrics_snapshot>>
    stream_metrics(std::chrono::milliseconds interval = std::chrono::seconds(1), stream_options options = {});

    /// @}

protected:
    cache_calls() noexcept = default;
    explicit cache_calls(detail::caller whom) noexcept : caller_(std::move(whom)) {}
    cache_calls(cache_calls&&) noexcept = default;
    cache_calls& operator=(cache_calls&&) noexcept = default;
    ~cache_calls() = default;

    detail::caller caller_;
};

// Instantiated once, in the library: every including file would compile the coroutine of next() again.
extern template class stream<account_position>;
extern template class stream<bar_update>;
extern template class stream<process_health>;
extern template class stream<queue_length>;
extern template class stream<ticker>;
extern template class stream<trade>;

} // namespace fullon_cache_api
