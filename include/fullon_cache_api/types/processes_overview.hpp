// How processes and the cache do.
#pragma once

#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <fullon_cache/server_facts.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace fullon_cache_api {

/// Processes of one type. Ages are seconds at the time of the answer, of those that have a heartbeat which is not over 60 s
/// ahead of it; null without any.
struct process_type_performance {
    std::int64_t processes = 0;
    std::int64_t stale = 0; ///< no heartbeat within 300 s, or a time that is over 60 s ahead
    std::int64_t failed = 0; ///< in error
    std::optional<double> youngest_heartbeat_age;
    std::optional<double> mean_heartbeat_age;
    std::optional<double> oldest_heartbeat_age;

    bool operator==(const process_type_performance&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_type_performance, (),
                      (processes, stale, failed, youngest_heartbeat_age, mean_heartbeat_age,
                       oldest_heartbeat_age))

/// Processes that were updated within the last hour (or, as they say, later than now: they are stale). Unhealthy when all are stale or in error (also when there is none),
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
    redis_metrics redis; ///< its link to Redis

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

} // namespace fullon_cache_api
