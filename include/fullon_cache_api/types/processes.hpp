// What the queries on processes give.
#pragma once

#include <fullon_cache_api/types/process.hpp>
#include <fullon_cache_api/types/process_health.hpp>

#include <fullon_orm/process_info.hpp>

#include <boost/describe/class.hpp>

#include <vector>

namespace fullon_cache_api {

/// Processes, the newest update first.
struct process_list {
    std::vector<process> processes;
};
BOOST_DESCRIBE_STRUCT(process_list, (), (processes))

} // namespace fullon_cache_api
