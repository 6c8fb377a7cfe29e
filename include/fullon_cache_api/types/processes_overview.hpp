// Results of the overviews of processes and of the cache as a whole.
#pragma once

#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <fullon_cache/server_facts.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace fullon_cache_api {

/// The processes of one type in process_performance. Ages are seconds at the time of the answer, over the
/// processes that have a heartbeat which is not more than 60 s ahead; empty where there is none.
struct process_type_performance {
    std::int64_t processes = 0; ///< of this type
    std::int64_t stale = 0; ///< of these; as process::heartbeat_stale
    std::int64_t failed = 0; ///< of these, with the status "error"
    std::optional<double> youngest_heartbeat_age; ///< seconds since the most recent heartbeat
    std::optional<double> mean_heartbeat_age; ///< seconds, the average
    std::optional<double> oldest_heartbeat_age; ///< seconds since the heartbeat longest ago

    bool operator==(const process_type_performance&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_type_performance, (),
                      (processes, stale, failed, youngest_heartbeat_age, mean_heartbeat_age,
                       oldest_heartbeat_age))

/// Result of cache_calls::get_processes_performance(): the processes that were updated within the last hour.
/// One whose update claims to be from the future is counted too; more than 60 s ahead it is stale. Redis:
/// hashes `process:active:{type}` and strings `process:data:{process_id}`.
///
/// The status is "unhealthy" when all processes are stale or in error, also when there is none; "degraded"
/// when one is, or one is unreadable; else "healthy".
struct process_performance {
    std::string status; ///< "healthy", "degraded" or "unhealthy"
    std::int64_t processes = 0; ///< of all types
    std::int64_t stale = 0; ///< of these, as in process_type_performance
    std::int64_t failed = 0; ///< of these, with the status "error"
    std::int64_t unreadable = 0; ///< further processes that cannot be read
    std::optional<double> oldest; ///< heartbeat longest ago, epoch seconds
    std::optional<double> newest; ///< most recent heartbeat, epoch seconds
    std::map<std::string, process_type_performance> by_type; ///< by process_type

    bool operator==(const process_performance&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_performance, (),
                      (status, processes, stale, failed, unreadable, oldest, newest, by_type))

/// The server's own figures in cache_overview. cache_calls::stream_metrics() has more.
struct server_overview {
    double uptime_seconds = 0; ///< since the server was made
    connection_figures connections; ///< its clients
    cache_figures cache; ///< hits and misses of its queries
    redis_metrics redis; ///< its connection to Redis

    bool operator==(const server_overview&) const = default;
};
BOOST_DESCRIBE_STRUCT(server_overview, (), (uptime_seconds, connections, cache, redis))

/// Result of cache_calls::get_processes_cache_overview(): what is in Redis, and how Redis and the server are
/// doing. The figures of Redis come from INFO; they are empty where the server's Redis user may not run it.
struct cache_overview {
    /// Keys and entries by kind of data, such as "tickers", "orders", "bars";
    /// fullon_cache::overview_reader::count_keys() lists the kinds.
    std::map<std::string, fullon_cache::key_count> keys;
    std::int64_t total_keys = 0; ///< keys of these kinds
    std::optional<std::string> redis_version; ///< such as "7.0.15"
    std::optional<std::int64_t> uptime_seconds; ///< of Redis
    std::optional<std::int64_t> connected_clients; ///< of Redis
    std::optional<std::int64_t> used_memory; ///< of Redis, bytes
    std::optional<std::int64_t> max_memory; ///< of Redis, bytes; 0 = no limit
    std::optional<double> hit_rate; ///< from 0 to 1, of all keys asked for since Redis was started
    server_overview server; ///< the server that answers

    bool operator==(const cache_overview&) const = default;
};
BOOST_DESCRIBE_STRUCT(cache_overview, (),
                      (keys, total_keys, redis_version, uptime_seconds, connected_clients, used_memory,
                       max_memory, hit_rate, server))

} // namespace fullon_cache_api
