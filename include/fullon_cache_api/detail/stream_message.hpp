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
    std::shared_ptr<const void> value;
};

/// Whether two values of one type are the same.
using value_equality = bool (*)(const void* one, const void* other);

} // namespace fullon_cache_api::detail
