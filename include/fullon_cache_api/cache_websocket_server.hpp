// The server: serves the Redis cache over WebSocket inside the host's io_context.
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
struct gateway_core;
struct server_access;
} // namespace detail

/// Serves the Redis cache, read-only, to any number of WebSocket clients (protocol: docs/protocol.md) and over REST
/// (docs/rest.md), on one port, or on one each. Creates no thread: everything runs on the executor, which must be serial (the executor
/// of a single-threaded io_context, or a strand). All members are called on it.
///
/// Redis need not be there: start() succeeds, operations answer CACHE_UNAVAILABLE, and when Redis comes they
/// work and every stream is brought up to date.
///
/// Code in the same process asks the server itself: it has every query and stream of a client (cache_calls).
class cache_websocket_server : public cache_calls {
public:
    /// Does nothing yet. \throws configuration_error for bad Redis settings.
    explicit cache_websocket_server(boost::asio::any_io_executor executor, server_config config = {});

    /// Without stop(): cuts every connection, ends every stream; what runs in the background ends on the executor.
    ~cache_websocket_server();
    cache_websocket_server(cache_websocket_server&&) noexcept;
    cache_websocket_server& operator=(cache_websocket_server&&) = delete;

    /// Resolves the host, binds, listens (unless `listen` is false), begins to connect to Redis. Completes when clients can
    /// connect.
    /// \throws boost::system::system_error when an address cannot be bound, configuration_error when certificate or key
    ///         cannot be used; nothing is left behind then.
    boost::asio::awaitable<void> start();

    /// Stops accepting, lets requests under way finish and queued messages go out, closes every WebSocket with
    /// 1001, and cuts what is left after `stop_timeout`. Streams in process end at once, calls in process fail with
    /// `error::closed`. Completes when every task of the server has ended.
    /// Calling it twice is fine; a stopped server is not started again.
    boost::asio::awaitable<void> stop();

    /// Reads `tls_cert_file` and `tls_key_file` again: new connections get the new certificate, those that are open go on.
    /// Without TLS it does nothing. \throws configuration_error, naming file and reason; the old certificate stays then.
    void reload_certificates();

    /// Whether it serves wss:// and https://, and nothing else.
    bool secure() const noexcept;

    /// The port that is bound (the first, if the host has several addresses); 0 before start(), and without a listener.
    std::uint16_t port() const noexcept;

    /// The port of the REST gateway: the same unless `api_port` is set; 0 where there is none.
    std::uint16_t api_port() const noexcept;

    /// `address:port` of everything that is listened on; empty before start() and after stop().
    std::vector<std::string> endpoints() const;

    /// WebSockets connected now.
    std::size_t connections() const noexcept;

    /// Whether Redis answers.
    bool redis_up() const noexcept;

    /// What this server has counted since it was made. Works while Redis is away. The type is in
    /// types/metrics_snapshot.hpp.
    metrics_snapshot metrics() const;

    /// The same as text for Prometheus, of the type `text/plain; version=0.0.4; charset=utf-8`.
    std::string metrics_text() const;

private:
    friend class cache_gateway; // may stand over the server's connection to Redis
    friend struct detail::server_access;
    const std::shared_ptr<detail::gateway_core>& gateway_core() const noexcept;

    class state;
    explicit cache_websocket_server(std::shared_ptr<state> made);

    std::shared_ptr<state> state_;
};

} // namespace fullon_cache_api
