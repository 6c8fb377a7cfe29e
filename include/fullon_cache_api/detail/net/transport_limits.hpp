// How large messages may be, and how long the peer may be silent.
#pragma once

#include <chrono>
#include <cstddef>

namespace fullon_cache_api::detail {

struct transport_limits {
    std::size_t max_message_size = 64 * 1024; ///< bytes
    /// A message over `max_message_size` is read and thrown away (incoming::kind::too_large); one over this too closes with 1009.
    std::size_t most_discarded = 0;
    std::chrono::milliseconds silence_timeout{20000}; ///< nothing heard, not even a pong: the peer is dead
};

} // namespace fullon_cache_api::detail
