// An update message of the server, taken apart. Sans-io.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// `item` tells the things of one topic apart (it is empty where a topic is about one thing).
struct stream_message {
    std::string_view type; ///< the message type as its decoder names it: what `value` points to
    std::string topic;
    std::string item;
    std::string stream_key; ///< snapshot items only
    std::uint64_t update_id = 0;
    bool snapshot = false;
    bool removed = false;
    bool event = false; ///< not a state: no newer one takes its place
    std::uint64_t fingerprint = 0; ///< of an event: equal values have the same
    std::shared_ptr<const void> value;
};

} // namespace fullon_cache_api::detail
