// How the service does.
#pragma once

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Answer of `ping`. `timestamp` is epoch seconds.
struct ping_result {
    std::string status;
    std::string websocket;
    std::string cache;
    double timestamp = 0;
};
BOOST_DESCRIBE_STRUCT(ping_result, (), (status, websocket, cache, timestamp))

struct websocket_health {
    std::string status;
};
BOOST_DESCRIBE_STRUCT(websocket_health, (), (status))

struct cache_health {
    std::string status;
    std::optional<double> latency_ms; ///< of a PING to Redis; empty when it is down
    std::optional<std::string> problem; ///< why it is down
};
BOOST_DESCRIBE_STRUCT(cache_health, (), (status, latency_ms, problem))

/// A key of Redis that streams follow and that cannot be read. `reason` is that of their `stale` mark.
struct key_problem {
    std::string key;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(key_problem, (), (key, reason))

/// Answer of `health_check`: "healthy", "degraded" (some keys cannot be read, at most 20 of them are listed) or "unhealthy"
/// (Redis does not answer).
struct health_result {
    std::string status;
    websocket_health websocket;
    cache_health cache;
    std::vector<key_problem> problems;
    double timestamp = 0;
};
BOOST_DESCRIBE_STRUCT(health_result, (), (status, websocket, cache, problems, timestamp))

/// Answer of the gateway's `/health/live`: "alive".
struct service_liveness {
    std::string status;
};
BOOST_DESCRIBE_STRUCT(service_liveness, (), (status))

/// Answer of the gateway's `/info`. `build` is the compiler and the kind of build.
struct service_info {
    std::string name;
    std::string version;
    std::string build;
    double uptime_seconds = 0;
};
BOOST_DESCRIBE_STRUCT(service_info, (), (name, version, build, uptime_seconds))

} // namespace fullon_cache_api
