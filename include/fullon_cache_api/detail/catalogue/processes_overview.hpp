// Operations on how processes and the cache do.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>
#include <fullon_cache_api/types/processes_overview.hpp>

#include <fullon_cache/server_facts.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api {

namespace operations {

struct get_processes_performance {
    static constexpr std::string_view name = "get_processes_performance";
    static constexpr std::string_view doc =
        "Heartbeat ages per process type, and how many processes are stale or in error.";
    static constexpr std::string_view rest = "/processes/performance";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {};
    using result = process_performance;
    static void strip_times(result& found)
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
    static constexpr std::string_view doc =
        "Redis keys by kind, Redis version, memory and hit rate, and the counters of this server.";
    static constexpr std::string_view rest = "/processes/cache/overview";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {};
    using result = cache_overview;
    static void strip_times(result& found)
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

using processes_overview_operations =
    boost::mp11::mp_list<get_processes_performance, get_processes_cache_overview>;

} // namespace operations
} // namespace fullon_cache_api
