// How a stream behaves, and what state it is in. Sans-io.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fullon_cache_api {

/// The state of a stream: stream::state().
enum class stream_state : std::uint8_t {
    live,         ///< the stream is current
    stale,        ///< the server cannot read all of it from Redis at present; see stream::why()
    disconnected, ///< there is no connection to the server, or the stream is at its end
};

/// What stream::next() does when no item waits and the stream is not live.
enum class on_stale : std::uint8_t {
    wait, ///< waits for the next item
    fail ///< throws `error::cache_unavailable` (stale) or `error::disconnected`; next() may be called again
};

/// Options of the stream methods of `cache_calls`.
///
/// \code
/// stream_options options;
/// options.on_stale = on_stale::fail; // better no price than an old one
/// auto updates = co_await cache.stream_tickers("binance", "BTC/USDT", options);
/// \endcode
struct stream_options {
    /// What next() does when no item waits and the stream is not live.
    fullon_cache_api::on_stale on_stale = fullon_cache_api::on_stale::wait;

    /// How many items may wait for the consumer before conflation begins; 0 counts as 1. From then on a newer
    /// state replaces the older one of the same item that waits, so at least one state of each item is kept;
    /// of events the oldest is dropped, but never the newest of a topic. `update::missed` counts what is
    /// lost. In process the snapshot does not count.
    std::size_t queue_limit = 1024;
};

} // namespace fullon_cache_api
