// Counts over the processes of the trading system.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace fullon_cache {

/// Counts over the processes that were updated within the last hour, or, as they say, later than now: they are stale.
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

} // namespace fullon_cache
