// Why what a stream holds may differ from what is in Redis.
#pragma once

#include <cstdint>
#include <string_view>

namespace fullon_cache_api {

/// Why a stream is `stale`: it holds what was known before, and Redis may hold something else. See
/// stream::why(). On the wire it is the `reason` of a `stale` mark (docs/protocol.md).
///
/// \code
/// if (updates.state() == stream_state::stale)
///     log("prices are old: " + std::string(to_text(updates.why())));
/// \endcode
enum class stale_reason : std::uint8_t {
    none, ///< not stale: the stream equals Redis
    source_silent, ///< the server is connected to Redis, which does not answer
    redis_down, ///< the server is not connected to Redis, or Redis serves nobody (it is loading, ...)
    replica_cut, ///< the server reads from a replica that has lost its master
    slot_down, ///< the part of the Redis cluster that holds the key is not served
    unreadable, ///< the key or entry cannot be read: another type, broken JSON, a ticker without a price
    not_permitted, ///< the server's Redis user may not read the key
    gateway_lag, ///< the server itself is behind
};

/// The reason's word on the wire, such as "redis_down"; empty for `none`.
constexpr std::string_view to_text(stale_reason why) noexcept
{
    switch (why) {
    case stale_reason::none: break;
    case stale_reason::source_silent: return "source_silent";
    case stale_reason::redis_down: return "redis_down";
    case stale_reason::replica_cut: return "replica_cut";
    case stale_reason::slot_down: return "slot_down";
    case stale_reason::unreadable: return "unreadable";
    case stale_reason::not_permitted: return "not_permitted";
    case stale_reason::gateway_lag: return "gateway_lag";
    }
    return {};
}

/// The reason for a word of the wire. An unknown word, such as one of a newer server, gives `redis_down`: a
/// stream that may be stale must not pass for current.
constexpr stale_reason stale_reason_of(std::string_view word) noexcept
{
    for (auto one = stale_reason::source_silent; one <= stale_reason::gateway_lag;
         one = static_cast<stale_reason>(static_cast<std::uint8_t>(one) + 1))
        if (to_text(one) == word)
            return one;
    return stale_reason::redis_down;
}

} // namespace fullon_cache_api
