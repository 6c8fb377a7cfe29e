// Results of the queries on the service itself.
#pragma once

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Result of cache_calls::ping(), when Redis answers; else that throws `error::health_check_failed`.
struct ping_result {
    std::string status; ///< "healthy"
    std::string websocket; ///< "connected"
    std::string cache; ///< "available"
    double timestamp = 0; ///< time of the answer, epoch seconds
};
BOOST_DESCRIBE_STRUCT(ping_result, (), (status, websocket, cache, timestamp))

/// The server's part of health_result.
struct websocket_health {
    std::string status; ///< "healthy"
};
BOOST_DESCRIBE_STRUCT(websocket_health, (), (status))

/// Redis' part of health_result.
struct cache_health {
    std::string status; ///< "healthy", "degraded" or "unhealthy", as health_result::status
    std::optional<double>
        latency_ms; ///< round trip of a PING to Redis, milliseconds; empty when Redis is down
    std::optional<std::string> problem; ///< why Redis is down; empty when it answers
};
BOOST_DESCRIBE_STRUCT(cache_health, (), (status, latency_ms, problem))

/// A key of Redis that streams follow and that cannot be read.
struct key_problem {
    std::string key; ///< such as `tickers:binance`
    std::string reason; ///< the word of the stale_reason of these streams, such as "unreadable"
};
BOOST_DESCRIBE_STRUCT(key_problem, (), (key, reason))

/// Result of cache_calls::health_check(). The status is "healthy"; "degraded" when Redis answers but keys
/// that streams follow cannot be read; "unhealthy" when Redis does not answer.
///
/// \code
/// const auto health = co_await cache.health_check();
/// if (health.status == "unhealthy")
///     report(health.cache.problem.value_or(""));
/// for (const auto& one : health.problems)
///     report(one.key + ": " + one.reason);
/// \endcode
struct health_result {
    std::string status; ///< "healthy", "degraded" or "unhealthy"
    websocket_health websocket; ///< the server
    cache_health cache; ///< Redis
    std::vector<key_problem> problems; ///< at most 20 of the keys that cannot be read
    double timestamp = 0; ///< time of the answer, epoch seconds
};
BOOST_DESCRIBE_STRUCT(health_result, (), (status, websocket, cache, problems, timestamp))

/// Body of the REST route `/health/live`.
struct service_liveness {
    std::string status; ///< "alive"
};
BOOST_DESCRIBE_STRUCT(service_liveness, (), (status))

/// Body of the REST route `/info`.
struct service_info {
    std::string name; ///< gateway_config::title
    std::string version; ///< of the library, such as "0.1.0"
    std::string build; ///< compiler and kind of build
    double uptime_seconds = 0; ///< since the server or gateway was made
};
BOOST_DESCRIBE_STRUCT(service_info, (), (name, version, build, uptime_seconds))

} // namespace fullon_cache_api
