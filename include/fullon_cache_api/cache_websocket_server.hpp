// The server: serves the Redis cache over WebSocket and REST, inside the host's io_context.
#pragma once

#include <fullon_cache_api/cache_calls.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/server_config.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fullon_cache_api {

namespace detail {
// Named here only: their headers bring the whole server.
struct gateway_core;
struct server_access;
} // namespace detail

/// Serves the Redis cache, read-only, to any number of WebSocket clients (docs/protocol.md) and over REST
/// (docs/rest.md), on one port or on one each. The WebSocket paths include those of the Python gateway's
/// dialect (docs/compat_dialect.md).
///
/// Redis need not be there: start() succeeds, queries answer `CACHE_UNAVAILABLE`, and once Redis comes they
/// work and every open stream is brought up to date.
///
/// Code in the same process can query the server object itself: it inherits the queries and streams of
/// `cache_calls`, whose header (cache_calls.hpp) documents each of them. The tables below list them. They
/// work from start() to stop(), also with `server_config::listen` off.
///
/// \code
/// boost::asio::awaitable<void> host(fullon_cache_api::server_config config)
/// {
///     cache_websocket_server server(co_await boost::asio::this_coro::executor, config);
///     co_await server.start(); // clients can connect
///     auto updates = co_await server.stream_tickers("binance", "BTC/USDT"); // in process
///     if (auto first = co_await updates.next())
///         use(first->price);
///     co_await server.stop();
/// }
/// \endcode
///
/// \par Queries
/// | subject   | call                       | result |
/// | --------- | -------------------------- | ------ |
/// | service   | `ping`                     | whether the server and Redis answer |
/// |           | `health_check`             | state of server and Redis; answers while Redis is down |
/// |           | `list_operations`          | every operation of the server and its limits |
/// |           | `list_streams`             | the streams that were opened on this object |
/// | tickers   | `get_ticker`               | the latest ticker of one symbol |
/// |           | `get_all_tickers`          | all tickers of an exchange |
/// | accounts  | `get_balance`              | the balance of one currency in an exchange account |
/// |           | `get_balances`             | all balances of an exchange account |
/// |           | `get_positions`            | all positions of an exchange account |
/// | orders    | `get_order_status`         | one order by its id |
/// |           | `get_queue_length`         | the number of orders of an exchange |
/// | bots      | `get_bot_status`           | what one bot wrote about itself |
/// |           | `get_bots`                 | what every bot wrote about itself |
/// |           | `is_blocked`               | the bot that blocks a symbol for others |
/// | trades    | `get_trades`               | the newest trades that wait in the cache |
/// |           | `get_trade_status`         | when trades of an exchange were last written |
/// | bars      | `get_latest_ohlcv_bars`    | the newest bars of a symbol |
/// | processes | `get_system_health`        | counts over the processes of the last hour |
/// |           | `get_active_processes`     | processes that were updated lately |
///
/// \par Overviews
/// | subject   | call                             | result |
/// | --------- | -------------------------------- | ------ |
/// | tickers   | `get_tickers_active`             | symbols of an exchange with a recent ticker |
/// |           | `get_tickers_health`             | tickers counted by exchange |
/// |           | `get_tickers_subscriptions`      | tickers that streams of the server follow |
/// | accounts  | `get_accounts_status`            | when an account was written, and what it holds |
/// |           | `get_accounts_summary`           | all accounts, with totals by currency |
/// | orders    | `get_orders_queue_size`          | orders counted by exchange |
/// |           | `get_orders_queue_status`        | the same by status, with oldest and newest |
/// |           | `get_user_orders`                | the cached orders of one user |
/// | bots      | `get_user_bots`                  | the bots of one user |
/// |           | `get_bots_coordination_status`   | blocks, and positions that are being opened |
/// | trades    | `get_trades_queue_size`          | the lengths of the lists of trades |
/// |           | `get_trades_queue_status`        | the same, with the times of the last writes |
/// |           | `get_trades_performance_metrics` | lengths, trades per minute, the longest wait |
/// | bars      | `get_ohlcv_timeframes`           | the timeframes that a symbol has bars of |
/// |           | `get_ohlcv_cache_status`         | every list of bars, and whether it is up to date |
/// |           | `get_ohlcv_performance_metrics`  | sizes of the lists, and how fast Redis answers |
/// | processes | `get_processes_performance`      | ages of heartbeats by type of process |
/// |           | `get_processes_cache_overview`   | keys by kind, figures of Redis and the server |
///
/// \par Streams
/// | subject   | call                    | items |
/// | --------- | ----------------------- | ----- |
/// | tickers   | `stream_tickers`        | tickers of some symbols, or of all of an exchange |
/// | accounts  | `stream_positions`      | positions of an exchange account |
/// | orders    | `stream_order_queue`    | the number of orders of an exchange |
/// | bots      | `stream_bot_status`     | the status of one bot, or of all |
/// | trades    | `stream_trade_updates`  | trades of a symbol or an exchange, each once and in order |
/// | bars      | `stream_ohlcv`          | the newest bar as it changes, and each closed bar |
/// | processes | `stream_process_health` | the health of the trading system |
/// | service   | `stream_metrics`        | the server's own counters, at an interval |
///
/// \par Errors       In process: those of `cache_calls`. `error::closed` after stop(), also for calls that
///                   are pending then.
/// \par Cancellation In process, queries and overviews support terminal. Partial and total do not reach those
///                   that need several round trips to Redis; the others end for them, too. Opening a stream
///                   and stream::next() support terminal, partial and total. A cancelled call throws
///                   `boost::asio::error::operation_aborted`; the server and other calls go on, and a stream
///                   that was being opened is ended.
/// \par Concurrency  Creates no thread. Everything runs on the executor given at construction, which must be
///                   serial (the executor of a single-threaded io_context, or a strand), and all members are
///                   called on it. Calls and streams may overlap without limit.
/// \par Lifetimes    Pending calls and open streams keep what they need of the server and may outlive it;
///                   they end then.
class cache_websocket_server : public cache_calls {
public:
    /// Takes the settings; opens no socket before start().
    /// \param config copied; see server_config.hpp
    /// \throws configuration_error for settings that are not allowed, such as those of Redis
    explicit cache_websocket_server(boost::asio::any_io_executor executor, server_config config = {});

    /// Without stop(): cuts every connection and ends every stream at once; what runs in the background ends
    /// on the executor.
    ~cache_websocket_server();
    cache_websocket_server(cache_websocket_server&&) noexcept;
    cache_websocket_server& operator=(cache_websocket_server&&) = delete;

    /// Resolves the host, binds and listens (unless `server_config::listen` is false), and begins to connect
    /// to Redis.
    ///
    /// \par Completes    when clients can connect. It does not wait for Redis.
    /// \throws boost::system::system_error when a host cannot be looked up now or an address cannot be bound; the
    ///         text names the setting. `operation_aborted` when stop() was called meanwhile
    /// \throws configuration_error when certificate or key cannot be used, or a host is empty or unknown
    ///
    /// After an exception nothing is left behind.
    boost::asio::awaitable<void> start();

    /// Stops accepting, lets pending requests finish and queued messages go out, closes every WebSocket with
    /// 1001, and cuts what is left after `server_config::stop_timeout`. In process, streams end at once and
    /// calls fail with `error::closed`.
    ///
    /// \par Completes    when every task of the server has ended. May be called again; a stopped server
    ///                   cannot be started again.
    /// \par Cancellation terminal, partial, total: end the wait with `boost::asio::error::operation_aborted`.
    ///                   The server goes on to stop, also when it is destroyed meanwhile.
    boost::asio::awaitable<void> stop();

    /// Reads `tls_cert_file` and `tls_key_file` again. New connections get the new certificate; open ones
    /// keep theirs. Does nothing without TLS. Blocks while the files are read.
    /// \throws configuration_error that names the file and the reason; the old certificate stays in use
    void reload_certificates();

    /// Whether the listeners serve wss:// and https://, and nothing else.
    bool secure() const noexcept;

    /// The bound port, which all addresses of the host share; 0 before start() and without a listener.
    std::uint16_t port() const noexcept;

    /// The port of REST: port() unless `server_config::api_port` is set; 0 where REST is not served.
    std::uint16_t api_port() const noexcept;

    /// `address:port` of everything that is listened on; empty before start() and after stop().
    std::vector<std::string> endpoints() const;

    /// The number of open WebSockets, those of handle_client() included.
    std::size_t connections() const noexcept;

    /// Whether the connection to Redis is up.
    bool redis_up() const noexcept;

    /// The counters of this server since it was made. Needs no Redis. The type is in
    /// types/metrics_snapshot.hpp.
    metrics_snapshot metrics() const;

    /// The same counters in the text format of Prometheus, content type
    /// `text/plain; version=0.0.4; charset=utf-8`.
    std::string metrics_text() const;

private:
    friend class cache_gateway; // may use the server's connection to Redis
    friend struct detail::server_access;
    const std::shared_ptr<detail::gateway_core>& gateway_core() const noexcept;

    class state;
    explicit cache_websocket_server(std::shared_ptr<state> made);

    std::shared_ptr<state> state_;
};

} // namespace fullon_cache_api
