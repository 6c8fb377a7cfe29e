// What can happen to Redis, and to the way there; and what every question must get meanwhile.
#pragma once

#include "fault_world.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace faults {

struct redis_fault {
    std::string name;
    std::set<std::string> failures{}; ///< that a question may get while it lasts
    std::set<std::string> only{}; ///< these operations fail, others do not; empty: any may
    bool answers = false;           ///< it may also get the true answer; nothing else, ever
    bool loses_link = false;        ///< streams are told `stale`, then `fresh`, once
    bool stays_down = false;        ///< the link is down until the end of it: failures come at once
    bool loses_data = false;        ///< Redis is empty afterwards
    std::function<asio::awaitable<void>(fault_world&)> begin; ///< completes when it has begun
    std::function<asio::awaitable<void>(fault_world&)> end;
    std::vector<std::string> arguments{}; ///< of redis-server
};

/// \throws std::out_of_range for a name that there is not.
const redis_fault& find_fault(const std::string& name);
const std::vector<redis_fault>& redis_faults();

} // namespace faults
