// Messages of the native dialect as the client writes and reads them. Sans-io.
#pragma once

#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/stale_reason.hpp>

#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::protocol {

/// `params` is JSON text.
std::string request_message(std::uint64_t id, std::string_view operation, std::string_view params);

/// One message of a server. Only the members of its kind are set.
struct server_message {
    enum class kind : std::uint8_t {
        malformed, ///< not this protocol; `text` says why
        unknown,   ///< of a later version: to be ignored
        reply,
        update, ///< of a topic, or an item of a snapshot
        snapshot_end,
        stale,
        fresh,
        gap,
    };
    kind type = kind::malformed;

    // reply
    std::optional<std::uint64_t> request_id; ///< empty when it answers something that was no request of ours
    std::optional<error> failure;
    std::string text;
    std::optional<boost::json::value> result; ///< of a success, if it has one

    // streams
    std::string update_type; ///< such as "ticker_update"
    std::string stream_key;
    std::string topic;
    stale_reason reason = stale_reason::none;
    std::vector<std::string> topics; ///< of a mark; none: all of the stream
    std::uint64_t update_id = 0;
    std::uint64_t count = 0; ///< items of a snapshot, dropped messages of a gap
    bool snapshot = false;
    bool removed = false;
    std::optional<boost::json::value> body; ///< the whole update
};

/// Never throws for any bytes. `result` and `body` live in `storage`.
server_message parse_server_message(std::string_view text, boost::json::storage_ptr storage = {});

} // namespace fullon_cache_api::protocol
