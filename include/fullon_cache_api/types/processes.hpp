// Results of the queries on processes.
#pragma once

#include <fullon_cache_api/types/process.hpp>
#include <fullon_cache_api/types/process_health.hpp>

#include <fullon_orm/process_info.hpp>

#include <boost/describe/class.hpp>

#include <vector>

namespace fullon_cache_api {

/// Result of the operation `get_active_processes`. cache_calls::get_active_processes() returns the member
/// `processes`.
struct process_list {
    std::vector<process> processes; ///< most recent update first
};
BOOST_DESCRIBE_STRUCT(process_list, (), (processes))

} // namespace fullon_cache_api
