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

/// What settings that are not allowed throw: fullon_log/configuration_error.hpp.
using fullon_cache::configuration_error;
/// Named settings: fullon_log/environment.hpp.
using fullon_cache::environment;

/// Settings of one `cache_websocket_server`. Sizes are bytes.
///
/// \code
/// server_config config = server_config::from_env();
/// config.port = 0;                          // any free port: server.port() tells which
/// config.assets = embedded_documentation();
/// cache_websocket_server server(executor, config);
/// \endcode
struct server_config {
    std::string host = "localhost"; ///< where to listen; every address that it resolves to is bound
    std::uint16_t port = 8765; ///< 0 = any free port, see cache_websocket_server::port()

    /// false: start() binds nothing and only connects to Redis. The host hands over the connections that it
    /// accepts (handle_client.hpp), or only queries in process. `host` and `port` are ignored then.
    bool listen = true;

    fullon_cache::config redis; ///< how to reach Redis, and its time-outs

    bool rest = true; ///< serve REST as well
    /// Path above the REST routes of the cache, "/" for none. WebSockets are served below it, too.
    std::string rest_prefix = "/api/v1/cache";
    /// The files that `/docs` and `/redoc` load, such as embedded_documentation(); without any they are plain
    /// pages.
    documentation_assets assets;
    /// The port of a second listener, if `rest` is set; 0 = any free port. Both listeners serve WebSockets
    /// and REST.
    std::optional<std::uint16_t> api_port;
    std::string api_host = "localhost"; ///< host of the second listener

    /// Certificate chain for TLS: a PEM file, the server's certificate first. With certificate and key all
    /// listeners serve wss:// and https:// only, TLS 1.2 or newer. See
    /// cache_websocket_server::reload_certificates().
    std::string tls_cert_file;
    /// Private key of the certificate: a PEM file without a passphrase. Set both files or neither.
    std::string tls_key_file;

    /// `Origin` values of pages that browsers may connect from, such as `https://desk.example`, or `*`.
    /// Compared by scheme, host and port. Empty: only pages of the host that is connected to. Clients that
    /// send no `Origin`, which are all but browsers, are not checked.
    std::vector<std::string> allowed_origins;

    /// Names in the `Host` field that are answered, without ports, or `*`. Addresses always are. Empty: any
    /// name; but where all listeners are on loopback (or a connection of handle_client() is) only
    /// `localhost`, `*.localhost`, `host` and `api_host`. This keeps pages whose name was pointed to
    /// 127.0.0.1 (DNS rebinding) from reading.
    std::vector<std::string> allowed_hosts;

    /// Largest message of a client. A larger one fails with LIMIT_EXCEEDED; above 16 MiB it ends the
    /// connection.
    std::size_t max_message_size = 64 * 1024;
    /// Largest result. A query that has a larger one fails with LIMIT_EXCEEDED.
    std::size_t max_reply_size = 32 * 1024 * 1024;
    /// What may wait for one connection. Above it no further request is read, and each new event of a topic
    /// drops the oldest one.
    std::size_t outbox_max_bytes = 4 * 1024 * 1024;
    /// What replies of all connections may hold together. Above it, requests whose result grows with the
    /// cache wait.
    std::size_t replies_max_bytes = 256 * 1024 * 1024;
    /// Events (trades, closed bars) of one topic that may wait for a connection, and trades of a symbol in
    /// the snapshot of a stream.
    std::size_t event_ring = 10000;
    /// Sockets, counted from when they are accepted. start() lowers it to what the descriptor limit of the
    /// process allows and logs a warning; a host that opens many descriptors itself should set it lower.
    std::size_t max_connections = 10000;
    std::size_t max_streams = 1000; ///< open streams of a connection
    /// Topics that the streams of a connection name; a stream of everything counts as one.
    std::size_t max_topics = 20000;
    std::size_t max_in_flight = 1024; ///< requests of a connection that are being answered

    /// For the first request of a connection, TLS handshake included; and for each further one from its first
    /// byte.
    std::chrono::milliseconds handshake_timeout{10000};
    /// How long an HTTP connection may be idle between two requests.
    std::chrono::milliseconds keep_alive_timeout{60000};
    /// A connection whose client takes nothing for so long is cut.
    std::chrono::milliseconds slow_consumer_timeout{10000};
    /// How long stop() waits for requests and queued messages.
    std::chrono::milliseconds stop_timeout{10000};
    /// After so much silence a WebSocket ping is sent; after twice as much the connection is dropped.
    std::chrono::milliseconds ping_interval{20000};
    /// Each followed key is read at least this often, give or take a tenth, even if Redis reports no change;
    /// 0 = only when there is a reason.
    std::chrono::milliseconds reconcile_interval{30000};

    /// Answers of queries of one key (tickers, balances, positions, orders by exchange and id, bots) are kept in memory until
    /// Redis reports a change of that key; their `source` is `memory` then. Blocks never are.
    bool local_cache = true;

    /// Filled by from_env(): variables that are set for other services in the same `.env` and were not read.
    /// start() logs a warning about them.
    std::vector<std::string> ignored_variables;

    /// Reads WEBSOCKET_HOST, WEBSOCKET_PORT, API_HOST, API_PORT, FULLON_CACHE_API_PREFIX, TLS_CERT_FILE,
    /// TLS_KEY_FILE, ALLOWED_ORIGINS and ALLOWED_HOSTS (separated by commas or blanks), OUTBOX_MAX_BYTES,
    /// REPLIES_MAX_BYTES, EVENT_RING, MAX_MESSAGE_SIZE, MAX_REPLY_SIZE, WEBSOCKET_MAX_CONNECTIONS,
    /// MAX_STREAMS, MAX_TOPICS, MAX_IN_FLIGHT, SLOW_CONSUMER_TIMEOUT, STOP_TIMEOUT, PING_INTERVAL,
    /// RECONCILE_INTERVAL (in seconds), FULLON_CACHE_API_LOCAL_CACHE and the variables of fullon_cache::config. For what is not set the
    /// defaults above hold. API_PREFIX and MAX_CONNECTIONS belong to other services and are not read.
    /// \throws configuration_error that names the variable, its value and what is allowed
    static server_config from_env(const environment& env);
    /// The same from the process environment and a `.env` file: fullon_log::environment::load().
    static server_config from_env();
};

} // namespace fullon_cache_api
