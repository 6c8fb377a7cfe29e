// The client: queries and streams of a server over one WebSocket connection that mends itself.
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

/// A connection to a server, with its calls and streams (cache_calls).
///
/// A connection that breaks, or on which nothing is heard for `heartbeat`, is made again by itself, with growing
/// pauses, for ever; streams are subscribed again. Calls meanwhile wait for it, or fail (`on_disconnect`).
///
/// \par Errors       every call throws `boost::system::system_error` with a code of `error`: what the server answered,
///                   `timeout` (no answer within `request_timeout`), `disconnected` (the connection broke under it,
///                   twice, or `on_disconnect::fail`), `closed`, `protocol`. A cache miss is an empty optional.
/// \par Cancellation every call honours all types, with `asio::error::operation_aborted`; the client goes on.
/// \par Concurrency  any number of calls and streams at once. Everything lives on the executor that connect()
///                   was awaited on, which must be serial (a single-threaded io_context or a strand); from elsewhere:
///                   `co_spawn(cache.get_executor(), ...)`. Debug builds assert it.
/// \par Lifetimes    calls and streams share the state: they may outlive the client. Destruction without
///                   close() cuts the connection; what runs in the background ends on the executor.
class [[nodiscard]] client : public cache_calls {
public:
    /// Connects to `ws://host[:port][/path]` (port 80 unless given), or with TLS to `wss://...` (port 443), where the server's
    /// certificate must be for this host and of an issuer that `client_config::ca_file` or the system knows. Completes when the connection is up.
    /// \throws boost::system::system_error `error::invalid_url`, or why it did not connect: only later losses are mended
    ///         silently. With `connect_mode::wait` it waits for the server instead. `std::invalid_argument` for `headers`.
    static boost::asio::awaitable<client> connect(std::string url = "ws://localhost:8765",
                                                  client_config config = {});

    client() noexcept = default; ///< not connected: every call fails with `error::closed`
    client(client&& other) noexcept = default;
    client& operator=(client&& other) noexcept;
    ~client();

    /// Calls under way fail with `error::closed`, streams and events end; then the close handshake, at most
    /// `close_timeout`, and the wait until nothing runs in the background. A second close() does nothing.
    /// \par Cancellation only cuts the handshake short: close() always ends the connection. Nothing is thrown.
    boost::asio::awaitable<void> close();

    /// What happens to the connection and to the data behind it, from this call on. Ends with the client. Any
    /// number of generators; each keeps the last 1024 events.
    fullon_coro::async_generator<client_event> events();

private:
    explicit client(std::shared_ptr<detail::client_state> state) noexcept;
    void abandon() noexcept;
};

/// Connects, awaits `function(client&)`, and closes whatever happens. \returns or throws what the function did.
/// Name a lambda before it is passed here inside a `co_await`: g++ 12 destroys its captures twice.
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
    // Also when this is being cancelled, which would not let it wait.
    const bool throws = co_await boost::asio::this_coro::throw_if_cancelled();
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    co_await cache.close();
    co_await boost::asio::this_coro::throw_if_cancelled(throws);
    if (failure)
        std::rethrow_exception(failure);
    if constexpr (!std::is_void_v<result>)
        co_return std::move(*outcome);
}

template <class Function>
std::invoke_result_t<Function&, client&> with_client(std::string url, Function function)
{
    return with_client(std::move(url), client_config(), std::move(function));
}

} // namespace fullon_cache_api
