// Messages of the compat dialect: what bots say that were written for the Python gateway, and what it answered them.
// Sans-io.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::protocol {

/// An error of this dialect. Its codes are others than those of the native one: text.
struct compat_error {
    std::string code;
    std::string text;
};

struct compat_request {
    std::string id = "null"; ///< JSON text, echoed as it came
    std::string id_text = "None"; ///< the same as part of a stream's key
    std::string action = "None";
    bool has_action = false;
    bool has_operation = false; ///< as the native dialect calls it
    boost::json::object params;
    std::optional<compat_error> failure;
};

/// Never throws for any bytes. Parameters that say nothing (null, [], 0, "") are none.
compat_request parse_compat_request(std::string_view text);

/// What Python's str() makes of a JSON value: texts of replies are made with it.
std::string python_text(const boost::json::value& value);
/// What Python's int() makes of one; empty where it refuses, and beyond 64 bits.
std::optional<std::int64_t> python_int(const boost::json::value& value);
/// Whether Python takes it for true; false where there is none.
bool python_truth(const boost::json::value* value);

/// `id` is JSON text.
std::string compat_success(std::string_view id, std::string_view action, const boost::json::object& result);
std::string compat_failure(std::string_view id, const compat_error& failure);
/// What was asked for is not there: the only error that names the action.
std::string compat_miss(std::string_view id, std::string_view action, const compat_error& miss);
/// Acknowledges a stream.
std::string compat_started(std::string_view id, std::string_view action, std::string_view message,
                           std::string_view stream_key);
/// One message of a stream: its key goes before the members of `result`.
std::string compat_update(std::string_view id, std::string_view type, std::string_view stream_key,
                          const boost::json::object& result);

} // namespace fullon_cache_api::protocol
