// The health of the trading system as it travels on the wire and as the client hands it out.
#pragma once

#include <fullon_cache/system_health.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>

namespace fullon_cache_api {

using fullon_cache::system_health;

/// The health of the system as its stream hands it out.
struct process_health : system_health {
    std::int64_t active_processes = 0; ///< updated within the last 5 minutes

    bool operator==(const process_health&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_health, (system_health), (active_processes))

} // namespace fullon_cache_api
