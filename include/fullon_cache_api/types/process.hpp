// A process of the trading system: result of a query, message on the wire.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace fullon_orm {
struct process_info;
}

namespace fullon_cache_api {

/// A process of the trading system, as it reported itself. Element of cache_calls::get_active_processes().
/// Redis: string `process:data:{process_id}`.
///
/// \code
/// for (const auto& one : co_await cache.get_active_processes("bot"))
///     if (one.heartbeat_stale || one.status == "error")
///         alert(one.component, one.message);
/// \endcode
struct process {
    std::string process_id; ///< `{process_type}:{component}:{epoch seconds of its start}`
    std::string process_type; ///< one of fullon_orm::process_types
    std::string component; ///< such as `ticker_daemon`, `bot_1`
    std::string status; ///< one of fullon_orm::process_statuses
    std::string message; ///< text for people, as the process wrote it
    boost::json::object params; ///< as the process wrote them
    std::optional<double> created_at; ///< when it was registered, epoch seconds
    std::optional<double> updated_at; ///< its last update, epoch seconds
    std::optional<double> heartbeat; ///< its last sign of life, epoch seconds
    /// The heartbeat is missing, older than 300 s at the time of the answer, or more than 60 s ahead of it;
    /// or `updated_at` is more than 60 s ahead.
    bool heartbeat_stale = false;

    bool operator==(const process&) const = default;
};
BOOST_DESCRIBE_STRUCT(process, (),
                      (process_id, process_type, component, status, message, params, created_at, updated_at,
                       heartbeat, heartbeat_stale))

/// A stored process as the API reports it.
/// \param now epoch seconds
process to_process(const fullon_orm::process_info& stored, double now);

} // namespace fullon_cache_api
