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
/// Code in the same process can call the server object itself, from start() to stop(), also with
/// `server_config::listen` off.
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
/// \par Calls        Inherited from `cache_calls`; cache_calls.hpp documents each.
///                   - service: ping(), health_check(), list_operations(), list_streams()
///                   - tickers: get_ticker(), get_all_tickers(), get_tickers_active(), get_tickers_health(),
///                     get_tickers_subscriptions(), stream_tickers()
///                   - accounts: get_balance(), get_balances(), get_positions(), get_accounts_status(),
///                     get_accounts_summary(), stream_positions()
///                   - orders: get_order_status(), get_queue_length(), get_orders_queue_size(),
///                     get_orders_queue_status(), get_user_orders(), stream_order_queue()
///                   - bots: get_bot_status(), get_bots(), is_blocked(), get_user_bots(),
///                     get_bots_coordination_status(), stream_bot_status()
///                   - trades: get_trades(), get_trade_status(), get_trades_queue_size(),
///                     get_trades_queue_status(), get_trades_performance_metrics(), stream_trade_updates()
///                   - bars: get_latest_ohlcv_bars(), get_ohlcv_timeframes(), get_ohlcv_cache_status(),
///                     get_ohlcv_performance_metrics(), stream_ohlcv()
///                   - processes: get_system_health(), get_active_processes(), get_processes_performance(),
///                     get_processes_cache_overview(), stream_process_health()
///                   - counters of the server: stream_metrics()
/// \par Errors       In process: those of `cache_calls`. `error::closed` after stop(), also for calls that
///                   are pending then.
/// \par Cancellation In process: terminal, partial, total. A cancelled call throws
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
