// Why what a stream holds may differ from Redis.
#pragma once

#include <cstdint>
#include <string_view>

namespace fullon_cache_api {

/// The word of a `stale` mark.
enum class stale_reason : std::uint8_t {
    none,          ///< not stale: the stream equals Redis
    source_silent, ///< Redis is connected and does not answer
    redis_down,    ///< Redis is not connected
    replica_cut,   ///< the replica that is read has lost its master
    slot_down,     ///< the part of the cluster that has the key serves nobody
    unreadable,    ///< the key, or the entry, holds what cannot be read
    not_permitted, ///< the server's Redis user may not read the key
    gateway_lag,   ///< the server itself is behind
};

/// Its word on the wire; empty for `none`.
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

/// The reason of that word. One that is not known here (of a newer server) is told as `redis_down`.
constexpr stale_reason stale_reason_of(std::string_view word) noexcept
{
    for (auto one = stale_reason::source_silent; one <= stale_reason::gateway_lag;
         one = static_cast<stale_reason>(static_cast<std::uint8_t>(one) + 1))
        if (to_text(one) == word)
            return one;
    return stale_reason::redis_down;
}

} // namespace fullon_cache_api
