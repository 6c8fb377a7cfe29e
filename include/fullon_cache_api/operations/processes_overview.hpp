// Operations on how processes and the cache do.
#pragma once

#include <fullon_cache_api/operations/operation.hpp>
#include <fullon_cache_api/protocol/metrics_snapshot.hpp>

#include <fullon_cache/server_facts.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api {

/// Processes of one type. Ages are seconds at the time of the answer, of those that have a heartbeat; null without any.
struct process_type_performance {
    std::int64_t processes = 0;
    std::int64_t stale = 0; ///< no heartbeat within 300 s
    std::int64_t failed = 0; ///< in error
    std::optional<double> youngest_heartbeat_age;
    std::optional<double> mean_heartbeat_age;
    std::optional<double> oldest_heartbeat_age;

    bool operator==(const process_type_performance&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_type_performance, (),
                      (processes, stale, failed, youngest_heartbeat_age, mean_heartbeat_age,
                       oldest_heartbeat_age))

/// Processes that were updated within the last hour. Unhealthy when all are stale or in error (also when there is none),
/// degraded when one is, or one is unreadable.
struct process_performance {
    std::string status; ///< "healthy", "degraded", "unhealthy"
    std::int64_t processes = 0;
    std::int64_t stale = 0;
    std::int64_t failed = 0;
    std::int64_t unreadable = 0;
    std::optional<double> oldest; ///< heartbeats, epoch seconds
    std::optional<double> newest;
    std::map<std::string, process_type_performance> by_type;

    bool operator==(const process_performance&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_performance, (),
                      (status, processes, stale, failed, unreadable, oldest, newest, by_type))

/// What this server says of itself; `stream_metrics` says more.
struct server_overview {
    double uptime_seconds = 0;
    connection_figures connections;
    cache_figures cache;
    redis_figures redis; ///< its link to Redis

    bool operator==(const server_overview&) const = default;
};
BOOST_DESCRIBE_STRUCT(server_overview, (), (uptime_seconds, connections, cache, redis))

/// What is in Redis, and how it does. What Redis says of itself is null where this server's Redis user may not run INFO.
struct cache_overview {
    /// By kind: see fullon_cache::overview_reader::count_keys().
    std::map<std::string, fullon_cache::key_count> keys;
    std::int64_t total_keys = 0; ///< of these kinds
    std::optional<std::string> redis_version;
    std::optional<std::int64_t> uptime_seconds; ///< of Redis
    std::optional<std::int64_t> connected_clients;
    std::optional<std::int64_t> used_memory; ///< bytes
    std::optional<std::int64_t> max_memory; ///< bytes; 0 = no limit
    std::optional<double> hit_rate; ///< of all keys asked for since Redis was started: 0 to 1
    server_overview server;

    bool operator==(const cache_overview&) const = default;
};
BOOST_DESCRIBE_STRUCT(cache_overview, (),
                      (keys, total_keys, redis_version, uptime_seconds, connected_clients, used_memory,
                       max_memory, hit_rate, server))

namespace operations {

struct get_processes_performance {
    static constexpr std::string_view name = "get_processes_performance";
    static constexpr std::string_view doc =
        "Ages of heartbeats by type of process, and how many are stale or in error.";
    static constexpr std::string_view rest = "/processes/performance";
    static constexpr operation_kind kind = operation_kind::query;
    struct params {};
    using result = process_performance;
    static void undate(result& found)
    {
        for (auto& [type, one] : found.by_type) {
            one.youngest_heartbeat_age.reset();
            one.mean_heartbeat_age.reset();
            one.oldest_heartbeat_age.reset();
        }
    }
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_processes_performance::params, (), ())

struct get_processes_cache_overview {
    static constexpr std::string_view name = "get_processes_cache_overview";
    static constexpr std::string_view doc = "Keys of Redis by kind, its version, its memory, how often it "
                                            "has what is asked for; and what this server counts.";
    static constexpr std::string_view rest = "/processes/cache/overview";
    static constexpr operation_kind kind = operation_kind::query;
    struct params {};
    using result = cache_overview;
    static void undate(result& found)
    {
        found.uptime_seconds.reset();
        found.connected_clients.reset();
        found.used_memory.reset();
        found.hit_rate.reset();
        found.server.uptime_seconds = 0;
        found.server.connections = {};
        found.server.cache = {};
    }
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_processes_cache_overview::params, (), ())

} // namespace operations
} // namespace fullon_cache_api
