// Operations about the service itself.
#pragma once

#include <fullon_cache_api/operations/operation.hpp>

#include <boost/describe/class.hpp>

#include <string>
#include <string_view>
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
};
BOOST_DESCRIBE_STRUCT(cache_health, (), (status, latency_ms))

/// Answer of `health_check`: "healthy" or "unhealthy".
struct health_result {
    std::string status;
    websocket_health websocket;
    cache_health cache;
    double timestamp = 0;
};
BOOST_DESCRIBE_STRUCT(health_result, (), (status, websocket, cache, timestamp))

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

namespace operations {

struct ping {
    static constexpr std::string_view name = "ping";
    static constexpr std::string_view doc = "Answers when both this server and Redis are alive.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool about_service = true;
    struct params {};
    using result = ping_result;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(ping::params, (), ())

struct health_check {
    static constexpr std::string_view name = "health_check";
    static constexpr std::string_view doc =
        "State of the server and of Redis; answers also when Redis is down.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool about_service = true;
    struct params {};
    using result = health_result;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(health_check::params, (), ())

} // namespace operations
} // namespace fullon_cache_api
