// The operations of the compat dialect: how each is asked there, and what its answer looks like.
#pragma once

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/compat/compat_messages.hpp>

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
struct compat_params {
    boost::json::object params;
    std::optional<protocol::compat_error> failure;
    /// Why a stream ends right behind its acknowledgement, as the Python gateway's did unsaid.
    std::string cannot_go_on;
    std::size_t topics = 1; ///< of a stream; 0: it is one of nothing at all
};

/// Makes a message of this dialect from one of the catalogue's; empty where there is nothing to tell. Each stream has its
/// own, which may remember.
using compat_translator =
    std::function<std::optional<boost::json::object>(const boost::json::object& message)>;

/// One operation in this dialect. The work is the catalogue's.
struct compat_operation {
    std::string_view name;
    std::string_view group; ///< its path serves it
    compat_params (*read)(const boost::json::object& asked);
    protocol::compat_error cache_error; ///< of queries: where Redis fails

    /// Queries: the result in this dialect; empty = a miss.
    std::optional<boost::json::object> (*result)(const boost::json::object& asked, boost::json::object found);
    protocol::compat_error (*miss)(const boost::json::object& asked) = nullptr;

    /// Streams: what acknowledges one.
    std::string (*started)(const boost::json::object& asked) = nullptr;
    compat_translator (*translator)(const boost::json::object& asked) = nullptr;
    bool from_now_on = false; ///< what was there before is not told

    /// In the catalogue. `run` and `open` are its own, but where its result does not have all that this dialect tells.
    const operation_entry* entry = nullptr;
    decltype(operation_entry::run) run = nullptr;
    decltype(operation_entry::open) open = nullptr;
};

std::span<const compat_operation> compat_operations();

/// Null where the group (empty: any) does not serve it.
const compat_operation* find_compat(std::string_view name, std::string_view group);
bool is_compat_group(std::string_view name);

} // namespace fullon_cache_api::detail
