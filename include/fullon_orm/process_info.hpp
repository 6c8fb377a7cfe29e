// A process of the trading system, as it reports about itself.
#pragma once

#include <fullon_orm/detail/iso_times.hpp>
#include <fullon_orm/read_error.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// The types of processes.
inline constexpr std::array<std::string_view, 8> process_types{
    "tick", "ohlcv", "bot", "account", "order", "bot_status_service", "crawler", "user_trades_service"};

/// The statuses that a process may report.
inline constexpr std::array<std::string_view, 6> process_statuses{"starting", "running", "processing",
                                                                  "idle",     "error",   "stopped"};

/// What a process reports about itself. Redis: string `process:data:{process_id}`, a JSON object with these
/// members in this order, kept for 24 h after its last update.
///
/// \code
/// const auto id = make_process_id("tick", "ticker_daemon", now_seconds()); // clock.hpp
/// if (const auto read = process_info_from_json(text, id))
///     show(read->component, read->status);
/// \endcode
struct process_info {
    std::string process_id{}; ///< `{process_type}:{component}:{epoch seconds of its start}`
    std::string process_type{}; ///< one of `process_types`
    std::string component{}; ///< such as `ticker_daemon`, `bot_1`
    boost::json::object params{}; ///< as the process wrote them
    std::string status{}; ///< one of `process_statuses`
    std::string message{}; ///< text for people
    std::optional<double> created_at{}; ///< when it was registered, epoch seconds; stored as ISO 8601 text
    std::optional<double> updated_at{}; ///< its last update, epoch seconds; stored as ISO 8601 text
    std::optional<double> heartbeat{}; ///< its last sign of life, epoch seconds; stored as ISO 8601 text

    bool operator==(const process_info&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_info, (),
                      (process_id, process_type, component, params, status, message, created_at, updated_at,
                       heartbeat))

/// The times of a process are stored as ISO 8601 text.
template <>
inline constexpr bool detail::stores_iso_times<process_info> = true;

/// The JSON to be stored; the times as ISO 8601 text.
std::string to_json(const process_info& value);

/// Reads a stored process. Type and component come from the id, which is that of the key; those in the JSON
/// count only where the id has another form.
/// \returns read_fault::not_json or read_fault::not_an_object where it is unreadable
boost::system::result<process_info, read_error> process_info_from_json(std::string_view json,
                                                                       std::string process_id);

/// The JSON to be stored after an update: members that `update` has replace those that are stored; members
/// that this library does not know stay.
std::string merge_process(const boost::json::object& stored, const process_info& update);

/// The id of a process, such as `tick:ticker_daemon:1795189008.11052`.
/// \param created_at epoch seconds
std::string make_process_id(std::string_view process_type, std::string_view component, double created_at);

} // namespace fullon_orm
