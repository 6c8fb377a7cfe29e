// What a stream hands out, before the type of its items is known again. Sans-io.
#pragma once

#include <cstdint>
#include <memory>

namespace fullon_cache_api::detail {

/// `value` points to the item type of the stream's operation; shared by every stream that holds the topic.
struct stream_item {
    std::shared_ptr<const void> value;
    std::uint64_t update_id = 0;
    std::uint64_t missed = 0;
    bool snapshot = false;
    bool removed = false;
    bool resync = false;
};

} // namespace fullon_cache_api::detail
