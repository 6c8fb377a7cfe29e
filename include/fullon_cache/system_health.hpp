// Counts over the processes of the trading system.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace fullon_cache {

/// The health of the trading system, as its processes report it: see process_reader::get_system_health().
///
/// Counted are the processes that were updated within the last hour. One whose times are ahead of now is
/// counted too, and is stale. Without any process the system counts as healthy.
///
/// \code
/// const auto health = co_await processes.get_system_health(); // processes: a fullon_cache::process_reader
/// if (!health.healthy)
///     alarm(health.stale_processes, health.error_processes, health.total_processes);
/// \endcode
struct system_health {
    bool healthy = true; ///< no process is stale or in error
    std::int64_t total_processes = 0;
    std::map<std::string, std::int64_t> by_type{}; ///< such as `tick`: 3
    std::map<std::string, std::int64_t> by_status{}; ///< such as `running`: 5, as the processes report it
    std::int64_t stale_processes =
        0; ///< without a sign of life for longer than `stale_after`: see is_stale()
    std::int64_t error_processes = 0; ///< whose status is `error`, stale or not

    bool operator==(const system_health&) const = default;
};
BOOST_DESCRIBE_STRUCT(system_health, (),
                      (healthy, total_processes, by_type, by_status, stale_processes, error_processes))

} // namespace fullon_cache
