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
struct config {
    std::string host = "localhost"; ///< name, address, or the path of a Unix socket (starts with '/')
    std::uint16_t port = 6379;
    int db = 0;
    std::string user;     ///< ACL user; empty = the default user
    std::string password; ///< empty = no login
    bool ssl = false;     ///< TLS, with a certificate that must be for `host`
    std::string
        ca_file; ///< issuers that are believed, PEM; empty: the system's. Read whenever a connection is made

    std::chrono::milliseconds socket_timeout{5000}; ///< for one operation
    std::chrono::milliseconds connect_timeout{5000}; ///< for resolving, connecting and greeting
    std::chrono::milliseconds backoff_min{50}; ///< first pause before connecting again
    std::chrono::milliseconds backoff_max{500};
    std::chrono::milliseconds ping_interval{250}; ///< watchdog on both physical connections
    std::chrono::milliseconds ping_timeout{2000}; ///< no answer for this long = the link is down
    std::chrono::milliseconds replica_tolerance{
        2000}; ///< a replica without its master for longer is not read; needs the right to ROLE
    int max_connections =
        50; ///< an upper bound that is not reached: three serve all operations, those that wait share one
    std::chrono::milliseconds take_lease{
        30000}; ///< what was taken out of a list by somebody who died, is back after this long

    std::chrono::seconds order_lifetime{3600}; ///< of a cancelled order
    int max_bars = 10000; ///< kept per symbol and timeframe

    /// Reads REDIS_HOST, REDIS_PORT, REDIS_DB, REDIS_USER, REDIS_PASSWORD, REDIS_SSL, REDIS_CA_FILE,
    /// REDIS_SOCKET_TIMEOUT, REDIS_SOCKET_CONNECT_TIMEOUT, REDIS_REPLICA_TOLERANCE, REDIS_MAX_CONNECTIONS, the older CACHE_ names where the REDIS_ one is not set,
    /// CACHE_TTL_ORDER and OHLCV_MAX_BARS_PER_KEY.
    /// \throws configuration_error naming the variable, its value and what is allowed.
    static config from_env(const environment& env);
    /// The same from `environment::load()`.
    static config from_env();
};

/// Checks a config that was filled in code. \throws configuration_error
void validate(const config& settings);

} // namespace fullon_cache
