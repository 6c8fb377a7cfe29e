// Settings of a server.
#pragma once

#include <fullon_cache_api/documentation_assets.hpp>

#include <fullon_cache/config.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

using fullon_cache::configuration_error;
using fullon_cache::environment;

/// Settings of one `cache_websocket_server`. Sizes are bytes.
struct server_config {
    std::string host = "localhost"; ///< every address that it resolves to is bound
    std::uint16_t port = 8765;      ///< 0 = any free port, see cache_websocket_server::port()

    /// false: start() binds nothing, it only connects to Redis; the host hands over the connections that it accepts
    /// (handle_client.hpp), or only asks in process. `host` and `port` are not looked at then.
    bool listen = true;

    fullon_cache::config redis;

    bool rest = true; ///< serve the REST gateway, too
    std::string rest_prefix =
        "/api/v1/cache"; ///< of its routes to the cache; WebSockets are served below it, too
    /// What its `/docs` and `/redoc` load: embedded_documentation(), or other files; without any they are plain pages.
    documentation_assets assets;
    /// A second listener, if `rest` is set: both serve WebSockets and REST. 0 = any free port.
    std::optional<std::uint16_t> api_port;
    std::string api_host = "localhost"; ///< with api_port: every address that it resolves to is bound

    /// Both or none: certificate (its issuers behind it) and key without a passphrase, PEM files. With them both ports
    /// serve wss:// and https:// only, TLS 1.2 at least; see cache_websocket_server::reload_certificates().
    std::string tls_cert_file;
    std::string tls_key_file;

    /// `Origin` values of browsers that may connect, such as `https://desk.example`, or `*`; compared by scheme, host and
    /// port. Empty: only pages of the host that is connected to. Clients that send no Origin (everything but browsers) are
    /// not asked.
    std::vector<std::string> allowed_origins;

    /// Names in the `Host` field, without ports, that are answered, or `*`; addresses always are. Empty: any; but where every
    /// listener is on loopback (or the connection is one of handle_client()'s on loopback) only names of this machine:
    /// `localhost`, `*.localhost`, and `host` and `api_host`. So pages whose name was pointed to 127.0.0.1 read nothing.
    std::vector<std::string> allowed_hosts;

    std::size_t max_message_size = 64 * 1024;
    std::size_t max_reply_size = 32 * 1024 * 1024;
    /// Waiting for one connection: above it no request is read, and events of a topic cost their oldest.
    std::size_t outbox_max_bytes = 4 * 1024 * 1024;
    /// Of replies under way for all connections: whose result grows with what the cache holds wait for their turn above it.
    std::size_t replies_max_bytes = 256 * 1024 * 1024;
    std::size_t event_ring =
        10000; ///< events (trades, closed bars) of a topic that may wait, and that are kept
    /// Sockets, from when they are accepted on. start() cuts it to what the process' descriptors allow, with a warning; a host
    /// that opens many itself sets it lower.
    std::size_t max_connections = 10000;
    std::size_t max_streams = 1000; ///< per connection
    /// Topics with a name that the streams of a connection follow; a stream of everything counts as one.
    std::size_t max_topics = 20000;
    std::size_t max_in_flight = 1024; ///< requests per connection

    std::chrono::milliseconds handshake_timeout{
        10000}; ///< for the first request; for a further one that has begun
    std::chrono::milliseconds keep_alive_timeout{60000}; ///< between two requests over HTTP
    std::chrono::milliseconds slow_consumer_timeout{10000}; ///< a socket that takes nothing is cut
    std::chrono::milliseconds stop_timeout{10000};
    std::chrono::milliseconds ping_interval{20000};
    /// Each followed key is read at least so often, whatever Redis reports; 0 = never without a reason.
    std::chrono::milliseconds reconcile_interval{30000};

    /// Variables that are set for other services in the same `.env`, and were not read; start() warns of them.
    std::vector<std::string> ignored_variables;

    /// Reads WEBSOCKET_HOST, WEBSOCKET_PORT, API_HOST, API_PORT, FULLON_CACHE_API_PREFIX, TLS_CERT_FILE, TLS_KEY_FILE,
    /// ALLOWED_ORIGINS and ALLOWED_HOSTS (by commas or blanks), OUTBOX_MAX_BYTES, REPLIES_MAX_BYTES, EVENT_RING, MAX_MESSAGE_SIZE, MAX_REPLY_SIZE,
    /// WEBSOCKET_MAX_CONNECTIONS, MAX_STREAMS, MAX_TOPICS, MAX_IN_FLIGHT, SLOW_CONSUMER_TIMEOUT, STOP_TIMEOUT, PING_INTERVAL,
    /// RECONCILE_INTERVAL and the variables of fullon_cache::config. API_PREFIX and MAX_CONNECTIONS are other services'.
    /// \throws configuration_error
    static server_config from_env(const environment& env);
    /// The same from `environment::load()`.
    static server_config from_env();
};

} // namespace fullon_cache_api
