// The health of the trading system: result of a query, item of a stream.
#pragma once

#include <fullon_cache/system_health.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>

namespace fullon_cache_api {

/// Result of cache_calls::get_system_health(): counts over the processes that were updated within the last
/// hour.
///
/// `healthy` means that none of them is stale or in error, so it is also true where there is none: look at
/// `total_processes` too.
using fullon_cache::system_health;

/// Item of cache_calls::stream_process_health() (topic `process`): the health of the trading system. It
/// changes when processes report, and with time, as silent ones become stale. Redis: hashes
/// `process:active:{type}` and strings `process:data:{process_id}`.
///
/// \code
/// auto updates = co_await cache.stream_process_health();
/// while (auto update = co_await updates.next())
///     if (!update->healthy || update->total_processes == 0)
///         alert(update->stale_processes, update->error_processes);
/// \endcode
struct process_health : system_health {
    std::int64_t active_processes = 0; ///< updated within the last 5 minutes, and not more than 60 s ahead

    bool operator==(const process_health&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_health, (system_health), (active_processes))

} // namespace fullon_cache_api
