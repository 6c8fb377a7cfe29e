// A process of the trading system, as it reports itself.
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

/// The kinds of processes that there are.
inline constexpr std::array<std::string_view, 8> process_types{
    "tick", "ohlcv", "bot", "account", "order", "bot_status_service", "crawler", "user_trades_service"};

/// What a process says it is doing.
inline constexpr std::array<std::string_view, 6> process_statuses{"starting", "running", "processing",
                                                                  "idle",     "error",   "stopped"};

/// Redis: string `process:data:{process_id}`, JSON with these members in this order, 24 h after its last update.
struct process_info {
    std::string process_id{}; ///< `{process_type}:{component}:{epoch seconds of its start}`
    std::string process_type{}; ///< one of `process_types`
    std::string component{}; ///< such as `ticker_daemon`, `bot_1`
    boost::json::object params{};
    std::string status{}; ///< one of `process_statuses`
    std::string message{};
    std::optional<double> created_at{}; ///< epoch seconds
    std::optional<double> updated_at{};
    std::optional<double> heartbeat{};

    bool operator==(const process_info&) const = default;
};
BOOST_DESCRIBE_STRUCT(process_info, (),
                      (process_id, process_type, component, params, status, message, created_at, updated_at,
                       heartbeat))

template <>
inline constexpr bool detail::stores_iso_times<process_info> = true;

/// The JSON that is stored; the times as ISO 8601 text.
std::string to_json(const process_info& value);

/// Reads stored JSON. Type and component are those of the id, which is that of the key: what the JSON says they are
/// counts only where the id is of another form.
boost::system::result<process_info, read_error> process_info_from_json(std::string_view json,
                                                                       std::string process_id);

/// The stored JSON after an update: what `update` has replaces what is stored, members that this library does not know
/// stay.
std::string merge_process(const boost::json::object& stored, const process_info& update);

/// `tick:ticker_daemon:1795189008.11052`
std::string make_process_id(std::string_view process_type, std::string_view component, double created_at);

} // namespace fullon_orm
