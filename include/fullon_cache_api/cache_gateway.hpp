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

/// The routes of one kind of data, to be mounted under a path of the host's own. A handle: copies are the same router, and
/// keep what they need alive. Called on the gateway's executor.
class cache_router {
public:
    /// "tickers", "accounts", "orders", "bots", "trades", "ohlcv" or "processes".
    const std::string& name() const noexcept { return name_; }

    /// What it serves, below where it is mounted: "/{exchange}/{symbol}"; "" is the mount point itself.
    std::vector<std::string> routes() const;

    /// Whether the target of a request lies at or below `mounted_at`.
    static bool serves(std::string_view mounted_at, std::string_view target);

    /// As cache_gateway::handle(), for a target that lies at or below `mounted_at` ("/my/prices"); others get 404.
    boost::asio::awaitable<http_response> handle(http_request request, std::string mounted_at) const;

private:
    friend class cache_gateway;
    cache_router(std::shared_ptr<detail::gateway_core> core, std::string name);

    std::shared_ptr<detail::gateway_core> core_;
    std::string name_;
};

/// Answers REST requests from the Redis cache, read-only (routes: docs/rest.md). It opens no socket but those to Redis, and
/// creates no thread: all members are called on the executor, which must be serial. Requests may be handled side by side.
///
/// Redis need not be there: requests get 503 until it is.
class cache_gateway {
public:
    /// With a connection to Redis of its own. Does nothing yet.
    /// \throws configuration_error for bad Redis settings or a bad prefix.
    explicit cache_gateway(boost::asio::any_io_executor executor, gateway_config config = {});

    /// Over a server's connection to Redis, with its prefix. start() and stop() do nothing then: the server's count.
    explicit cache_gateway(const cache_websocket_server& server);

    /// Begins to connect to Redis.
    void start();

    /// Completes when Redis answers. \throws fullon_cache::cache_error (unavailable after the timeout, closed)
    boost::asio::awaitable<void> ready(std::chrono::milliseconds timeout = std::chrono::seconds(5));

    /// Completes when the connection is closed and every task of the gateway has ended; requests get 503 from then on.
    boost::asio::awaitable<void> stop();

    /// Any request has an answer, at the latest after twice Redis' `socket_timeout` (a symbol may have two spellings); its body is not looked at. What this does not
    /// serve gets 404.
    /// \par Cancellation terminal: operation_aborted.
    boost::asio::awaitable<http_response> handle(http_request request);

    /// Whether Redis answers.
    bool redis_up() const noexcept;

    /// The OpenAPI 3.1 document of its routes, as JSON; and the AsyncAPI 3 document of the WebSocket side.
    std::string openapi() const;
    std::string asyncapi() const;

    /// A router for each kind of data.
    std::vector<cache_router> get_routers() const;

private:
    std::shared_ptr<detail::gateway_core> core_;
};

/// The seven routers of a gateway: tickers, accounts, orders, bots, trades, ohlcv, processes.
inline std::vector<cache_router> get_all_routers(const cache_gateway& gateway)
{
    return gateway.get_routers();
}

} // namespace fullon_cache_api
