// The operations of the deployed dialect: how each is asked there, and what its answer looks like.
#pragma once

#include <fullon_cache_api/detail/catalogue.hpp>
#include <fullon_cache_api/protocol/deployed_messages.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// Parameters of the catalogue's operation, or why there are none.
struct deployed_params {
    boost::json::object params;
    std::optional<protocol::deployed_error> failure;
    /// Why a stream ends right behind its acknowledgement, as the Python gateway's did unsaid.
    std::string cannot_go_on;
    std::size_t topics = 1; ///< of a stream; 0: it is one of nothing at all
};

/// Makes a message of this dialect from one of the catalogue's; empty where there is nothing to tell. Each stream has its
/// own, which may remember.
using deployed_translator = std::function<std::optional<boost::json::object>(boost::json::object message)>;

/// One operation in this dialect. The work is the catalogue's.
struct deployed_operation {
    std::string_view name;
    std::string_view group; ///< its path serves it
    deployed_params (*read)(const boost::json::object& asked);
    protocol::deployed_error cache_error; ///< of queries: where Redis fails

    /// Queries: the result in this dialect; empty = a miss.
    std::optional<boost::json::object> (*result)(const boost::json::object& asked, boost::json::object found);
    protocol::deployed_error (*miss)(const boost::json::object& asked) = nullptr;

    /// Streams: what acknowledges one.
    std::string (*started)(const boost::json::object& asked) = nullptr;
    deployed_translator (*translator)(const boost::json::object& asked) = nullptr;
    bool from_now_on = false; ///< what was there before is not told

    /// In the catalogue. `run` and `open` are its own, but where its result does not have all that this dialect tells.
    const operation_entry* entry = nullptr;
    decltype(operation_entry::run) run = nullptr;
    decltype(operation_entry::open) open = nullptr;
};

std::span<const deployed_operation> deployed_operations();

/// Null where the group (empty: any) does not serve it.
const deployed_operation* find_deployed(std::string_view name, std::string_view group);
bool is_deployed_group(std::string_view name);

} // namespace fullon_cache_api::detail
