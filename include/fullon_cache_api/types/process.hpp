// A process of the trading system as it travels on the wire and as the client hands it out.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace fullon_orm {
struct process_info;
}

namespace fullon_cache_api {

/// A process (Redis: string `process:data:{process_id}`). Times are epoch seconds.
struct process {
    std::string process_id;
    std::string process_type;
    std::string component;
    std::string status;
    std::string message;
    boost::json::object params;
    std::optional<double> created_at;
    std::optional<double> updated_at;
    std::optional<double> heartbeat;
    bool heartbeat_stale = false; ///< its heartbeat is older than 300 s, over 60 s ahead, or missing

    bool operator==(const process&) const = default;
};
BOOST_DESCRIBE_STRUCT(process, (),
                      (process_id, process_type, component, status, message, params, created_at, updated_at,
                       heartbeat, heartbeat_stale))

process to_process(const fullon_orm::process_info& stored, double now);

} // namespace fullon_cache_api
