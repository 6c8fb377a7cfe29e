// The REST gateway without a socket: for hosts that have an HTTP server of their own.
#pragma once

#include <fullon_cache_api/gateway_config.hpp>
#include <fullon_cache_api/http_message.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

class cache_websocket_server;

namespace detail {
struct gateway_core;
} // namespace detail

/// The routes of one kind of data, to be mounted under a path of the host's own. From
/// cache_gateway::get_routers().
///
/// \code
/// for (const auto& router : get_all_routers(gateway)) {
///     const auto mounted_at = "/market/" + router.name();
///     if (cache_router::serves(mounted_at, request.target))
///         co_return co_await router.handle(std::move(request), mounted_at);
/// }
/// \endcode
///
/// \par Lifetimes    a handle: copies are the same router. It keeps what it needs of the gateway alive.
/// \par Concurrency  handle() is called on the gateway's executor; any number of requests at once.
class cache_router {
public:
    /// The kind of data: "tickers", "accounts", "orders", "bots", "trades", "ohlcv" or "processes".
    const std::string& name() const noexcept { return name_; }

    /// The patterns of its routes relative to the mount point, such as "/{exchange}/{symbol}"; "" is the
    /// mount point itself.
    std::vector<std::string> routes() const;

    /// Whether the target of a request lies at or below `mounted_at`. Whole segments are compared; the query
    /// does not matter.
    static bool serves(std::string_view mounted_at, std::string_view target);

    /// Answers a request whose target lies at or below `mounted_at`, such as "/my/prices"; any other gets
    /// 404. Otherwise as cache_gateway::handle(). The router need not outlive the call.
    boost::asio::awaitable<http_response> handle(http_request request, std::string mounted_at) const;

private:
    friend class cache_gateway;
    cache_router(std::shared_ptr<detail::gateway_core> core, std::string name);

    std::shared_ptr<detail::gateway_core> core_;
    std::string name_;
};

/// Answers REST requests from the Redis cache, read-only, for hosts that have an HTTP server. docs/rest.md
/// describes the routes. For Boost.Beast's messages there are overloads in beast.hpp.
///
/// It opens no socket but those to Redis. Redis need not be there: requests get 503 until it is.
///
/// \code
/// cache_gateway gateway(executor, gateway_config::from_env());
/// gateway.start();
/// http_request request{.method = "GET", .target = "/api/v1/cache/tickers/binance/BTC-USDT"};
/// const http_response response = co_await gateway.handle(std::move(request));
/// send(response.status, response.headers, response.body);
/// co_await gateway.stop();
/// \endcode
///
/// \par Lifetimes    a handle: copies are the same gateway. A pending handle() may outlive it.
/// \par Concurrency  Creates no thread. All members are called on the executor, which must be serial;
///                   requests may overlap.
class cache_gateway {
public:
    /// A gateway with its own connection to Redis, which start() begins to make.
    /// \throws configuration_error for Redis settings, a prefix or origins that are not allowed
    explicit cache_gateway(boost::asio::any_io_executor executor, gateway_config config = {});

    /// A gateway over a server's connection to Redis, with the server's prefix and limits. start() and stop()
    /// do nothing then: those of the server count.
    explicit cache_gateway(const cache_websocket_server& server);

    /// Begins to connect to Redis, and returns at once. The connection is made again whenever it is lost.
    void start();

    /// Completes when Redis answers. A host need not wait for this.
    /// \throws fullon_cache::cache_error `errc::unavailable` after `timeout`, `errc::closed` before start()
    ///         and after stop()
    boost::asio::awaitable<void> ready(std::chrono::milliseconds timeout = std::chrono::seconds(5));

    /// Closes the connection to Redis. Completes when every task of the gateway has ended; requests get 503
    /// from then on.
    boost::asio::awaitable<void> stop();

    /// Answers a request. Every request gets an answer: 404 where there is no such route, 405 for another
    /// method than GET, HEAD and OPTIONS, and `application/problem+json` for errors (docs/rest.md).
    ///
    /// \par Completes    when the answer is there, at the latest after twice the `socket_timeout` of the
    ///                   Redis settings: a symbol may have two spellings, which are tried in turn.
    /// \par Cancellation terminal: `boost::asio::error::operation_aborted`; other requests go on.
    /// \par Concurrency  any number of requests at once, on the executor.
    boost::asio::awaitable<http_response> handle(http_request request);

    /// Whether the connection to Redis is up.
    bool redis_up() const noexcept;

    /// The OpenAPI 3.1 document of the routes, as JSON. Served as `/openapi.json`.
    std::string openapi() const;
    /// The AsyncAPI 3 document of the WebSocket protocol, as JSON. Served as `/asyncapi.json`.
    std::string asyncapi() const;

    /// One router for each kind of data: see cache_router::name().
    std::vector<cache_router> get_routers() const;

private:
    std::shared_ptr<detail::gateway_core> core_;
};

/// The seven routers of a gateway: tickers, accounts, orders, bots, trades, ohlcv and processes. The same as
/// cache_gateway::get_routers().
inline std::vector<cache_router> get_all_routers(const cache_gateway& gateway)
{
    return gateway.get_routers();
}

} // namespace fullon_cache_api
