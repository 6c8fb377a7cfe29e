// The client: queries and streams of a server over one WebSocket connection, which reconnects by itself.
#pragma once

#include <fullon_cache_api/cache_calls.hpp>
#include <fullon_cache_api/client_config.hpp>
#include <fullon_cache_api/client_event.hpp>
#include <fullon_cache_api/error.hpp>

#include <fullon_coro/async_generator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace fullon_cache_api {

/// A WebSocket connection to a server, with its queries and streams.
///
/// \code
/// boost::asio::awaitable<void> watch()
/// {
///     auto cache = co_await client::connect("ws://localhost:8765");
///     if (auto found = co_await cache.get_ticker("binance", "BTC/USDT")) // empty when the cache has none
///         use(found->price);
///     auto updates = co_await cache.stream_tickers("binance", {"BTC/USDT", "ETH/USDT"});
///     while (auto update = co_await updates.next()) // the current state of both, then every change
///         use(update->symbol, update->price);
///     co_await cache.close();
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
/// \par Reconnecting A connection that breaks, or on which nothing is heard for `client_config::heartbeat`,
///                   is made again, with pauses that grow from `backoff_min` to `backoff_max`, until close().
///                   Streams are subscribed again and go on with a new snapshot. A call that is made
///                   meanwhile waits for the connection, at most `request_timeout` (`error::timeout`), or
///                   fails at once with `error::disconnected`, as `client_config::on_disconnect` says. A call
///                   whose request was sent when the connection broke is sent once more.
///
/// \par Errors       Those of `cache_calls`. A client that is not connected, default-constructed or moved
///                   from, fails every call with `error::closed`.
///
/// \par Cancellation Queries, opening a stream and stream::next() support terminal, partial and total. They
///                   throw `boost::asio::error::operation_aborted`; the connection and all other calls go on.
///                   A reply that comes later is dropped. A stream whose opening was cancelled is ended on
///                   the server when the server acknowledges it.
///
/// \par Concurrency  Any number of calls and streams may be pending at once. All members are called on the
///                   executor that connect() was awaited on, which must be serial (a single-threaded
///                   io_context or a strand); from elsewhere use `co_spawn(cache.get_executor(), ...)`. Debug
///                   builds assert this.
///
/// \par Lifetimes    Calls, streams and event generators share the state of the client and may outlive it;
///                   they end then. Destruction without close() cuts the connection without a close
///                   handshake; background work ends on the executor.
class [[nodiscard]] client : public cache_calls {
public:
    /// Connects to a server.
    ///
    /// \param url    `ws://host[:port][/path]`, port 80 unless given, or `wss://...` for TLS, port 443. With
    ///               TLS the server's certificate must be for this host and of an issuer that
    ///               `client_config::ca_file`, or else the system, knows.
    /// \param config copied; see client_config.hpp
    /// \par Completes    when the WebSocket handshake is done. With `connect_mode::wait` it tries until there
    ///                   is a server.
    /// \throws boost::system::system_error `error::invalid_url`; with `connect_mode::fail` also the reason
    ///         why the connection could not be made, `boost::asio::error::timed_out` after `connect_timeout`.
    ///         Only later losses are repaired silently.
    /// \throws std::invalid_argument for an entry of `client_config::headers` that is not allowed
    /// \par Cancellation terminal: `boost::asio::error::operation_aborted`, nothing is left behind.
    static boost::asio::awaitable<client> connect(std::string url = "ws://localhost:8765",
                                                  client_config config = {});

    /// Not connected: every call fails with `error::closed`.
    client() noexcept = default;
    client(client&& other) noexcept = default;
    client& operator=(client&& other) noexcept;
    ~client();

    /// Closes the connection. Pending calls fail with `error::closed`, streams and event generators end at
    /// once; then comes the WebSocket close handshake, for at most `client_config::close_timeout`.
    ///
    /// \par Completes    when nothing of the client runs in the background any more. Closing again does
    ///                   nothing.
    /// \par Cancellation Cancelling it shortens the handshake; the connection is closed all the same.
    boost::asio::awaitable<void> close();

    /// What happens to the connection and to the data behind it, from this call on. Ends when the client is
    /// closed or destroyed. There may be any number of generators; each keeps the last 1024 events that were
    /// not taken.
    ///
    /// \code
    /// auto events = cache.events();
    /// while (auto event = co_await events.next())
    ///     if (event->type == client_event::kind::disconnected)
    ///         warn(event->text);
    /// \endcode
    fullon_coro::async_generator<client_event> events();

private:
    explicit client(std::shared_ptr<detail::client_state> state) noexcept;
    void abandon() noexcept;
};

/// Connects, awaits `function(client&)`, and closes the client however the function ends.
///
/// \code
/// auto find_price = [](client& cache) -> boost::asio::awaitable<double> {
///     const auto found = co_await cache.get_ticker("binance", "BTC/USDT");
///     co_return found ? found->price : 0;
/// };
/// const double price = co_await with_client("ws://localhost:8765", find_price);
/// \endcode
///
/// Give a lambda a name before it is passed inside a `co_await` expression: g++ 12 destroys the captures of
/// an unnamed one twice.
/// \param function   is moved into the coroutine and lives until that ends
/// \returns          what the function's awaitable returns
/// \throws           what client::connect() or the function throws; the client is closed then, too
/// \par Cancellation reaches the function; the client is closed before this ends.
template <class Function>
std::invoke_result_t<Function&, client&> with_client(std::string url, client_config config, Function function)
{
    using result = typename std::invoke_result_t<Function&, client&>::value_type;
    client cache = co_await client::connect(std::move(url), config);
    std::exception_ptr failure;
    std::conditional_t<std::is_void_v<result>, bool, std::optional<result>> outcome{};
    try {
        if constexpr (std::is_void_v<result>)
            co_await function(cache);
        else
            outcome.emplace(co_await function(cache));
    } catch (...) {
        failure = std::current_exception();
    }
    // A cancelled coroutine throws at its next wait: that is switched off while the client is closed.
    const bool throws = co_await boost::asio::this_coro::throw_if_cancelled();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    co_await cache.close();
    co_await boost::asio::this_coro::throw_if_cancelled(throws);
    if (failure)
        std::rethrow_exception(failure);
    if constexpr (!std::is_void_v<result>)
        co_return std::move(*outcome);
}

/// The same with the default settings.
template <class Function>
std::invoke_result_t<Function&, client&> with_client(std::string url, Function function)
{
    return with_client(std::move(url), client_config(), std::move(function));
}

} // namespace fullon_cache_api
