// How to reach Redis, and the lifetimes and bounds of what is stored there.
#pragma once

#include <fullon_log/configuration_error.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace fullon_log {
class environment; // fullon_log/environment.hpp
} // namespace fullon_log

namespace fullon_cache {

using fullon_log::configuration_error;
using fullon_log::environment;

/// Settings of one `connection`. Fill it in code, or take it from the environment.
///
/// \code
/// auto settings = fullon_cache::config::from_env();
/// settings.socket_timeout = std::chrono::seconds(2);
/// fullon_cache::connection redis(executor, settings);
/// \endcode
struct config {
    std::string host = "localhost"; ///< name, address, or the path of a Unix socket (starts with '/')
    std::uint16_t port = 6379;
    int db = 0; ///< one that Redis does not have is an outage: see its `databases`
    std::string user;     ///< ACL user; empty = the default user
    std::string password; ///< empty = no login
    bool ssl = false;     ///< TLS, with a certificate that must be for `host`
    /// PEM file of trusted issuers; empty: those of the system. Read again when the file has changed.
    std::string ca_file;

    std::chrono::milliseconds socket_timeout{5000}; ///< for one round trip of an operation
    std::chrono::milliseconds connect_timeout{5000}; ///< for resolving, connecting, TLS and greeting together
    std::chrono::milliseconds backoff_min{50}; ///< first pause before connecting again
    std::chrono::milliseconds backoff_max{500}; ///< longest pause
    std::chrono::milliseconds ping_interval{250}; ///< of the watchdog on each physical connection
    std::chrono::milliseconds ping_timeout{2000}; ///< without an answer for this long, the link is down
    /// A replica that has been without its master for longer is not read. Needs the right to run ROLE.
    std::chrono::milliseconds replica_tolerance{2000};
    /// An upper bound that is never reached: a connection has three physical ones at most.
    int max_connections = 50;
    /// After this time, what a process that died had taken out of a list goes back. The same for all services
    /// of one Redis; at least 10 ms.
    std::chrono::milliseconds take_lease{30000};

    std::chrono::seconds order_lifetime{3600}; ///< of a cancelled order: see orders_cache
    int max_bars = 10000; ///< elements that are kept for each symbol and timeframe: see ohlcv_cache

    /// Reads REDIS_HOST, REDIS_PORT, REDIS_DB, REDIS_USER, REDIS_PASSWORD, REDIS_SSL, REDIS_CA_FILE,
    /// REDIS_SOCKET_TIMEOUT, REDIS_SOCKET_CONNECT_TIMEOUT (seconds), REDIS_REPLICA_TOLERANCE (seconds),
    /// REDIS_MAX_CONNECTIONS, CACHE_TTL_ORDER (seconds) and OHLCV_MAX_BARS_PER_KEY. For some, an older name
    /// that begins with CACHE_ is read if this one is not set (CACHE_HOST, CACHE_PORT, CACHE_DB, CACHE_USER,
    /// CACHE_PASSWORD, CACHE_TIMEOUT).
    /// \throws configuration_error naming the variable, its value and what is allowed. Also for a REDIS_CA_FILE
    ///         that cannot be used, where REDIS_SSL is true, and for REDIS_CLUSTER_MODE=true: Redis Cluster is not
    ///         supported.
    static config from_env(const environment& env);
    /// The same from `environment::load()`.
    static config from_env();
};

/// Checks settings that were filled in code; connection's constructor does, too.
/// \throws configuration_error for an empty or malformed host, TLS over a Unix socket, a port of 0, a `db`
///         below 0, a duration that is not above zero, or a bound below 1.
void validate(const config& settings);

} // namespace fullon_cache
