// How the trading system is, as its processes report; sans-io.
#pragma once

#include <fullon_orm/process_info.hpp>

#include <boost/describe/class.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fullon_cache {

/// A process whose last sign of life is older than this is stale.
inline constexpr std::chrono::seconds stale_after{300};

/// A process counts as active for this long after its last update, where nothing else is asked for.
inline constexpr std::chrono::minutes active_for{5};

/// The same for the health of the system.
inline constexpr std::chrono::minutes counted_for{60};

/// Counts over the processes that were updated within `counted_for`.
struct system_health {
    bool healthy = true; ///< none is stale or in error
    std::int64_t total_processes = 0;
    std::map<std::string, std::int64_t> by_type{};
    std::map<std::string, std::int64_t> by_status{};
    std::int64_t stale_processes = 0;
    std::int64_t error_processes = 0;

    bool operator==(const system_health&) const = default;
};
BOOST_DESCRIBE_STRUCT(system_health, (),
                      (healthy, total_processes, by_type, by_status, stale_processes, error_processes))

/// Whether the heartbeat is older than `stale_after` at `now` (epoch seconds), or missing.
bool is_stale(const fullon_orm::process_info& process, double now);

/// Whether the last update is at most `within` before `now`.
bool is_active(const fullon_orm::process_info& process, double now, std::chrono::seconds within = active_for);

/// Counts those that are active within `counted_for`.
system_health health_of(const std::vector<fullon_orm::process_info>& processes, double now);

} // namespace fullon_cache
