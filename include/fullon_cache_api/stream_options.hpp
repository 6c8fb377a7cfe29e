// How a stream behaves and what state it is in. Sans-io.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fullon_cache_api {

enum class stream_state : std::uint8_t {
    live,         ///< what comes is current
    stale,        ///< what it holds, or a part of it, cannot be read at present: stream::why()
    disconnected, ///< the server is away; the stream is subscribed again when it is back
};

/// What next() does while there is nothing to hand out and the stream is not live.
enum class on_stale : std::uint8_t { wait, fail };

struct stream_options {
    fullon_cache_api::on_stale on_stale = fullon_cache_api::on_stale::wait;

    /// Items that wait for the consumer before conflation begins: from then on a newer state of a thing takes
    /// the place of the one that waits (events: the oldest is dropped, but for the newest of each topic); `missed`
    /// counts what that cost.
    std::size_t queue_limit = 1024;
};

} // namespace fullon_cache_api
