// Why Redis cannot be read. Does no I/O.
#pragma once

#include <fullon_cache/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace fullon_cache {

/// The reason for which the link to Redis is not up, or data are stale.
///
/// \code
/// if (link->state() != link_state::up) // link: a shared_ptr<redis_link>
///     report(to_text(link->down_reason()), link->down_text()); // such as "redis_down", "Connection refused"
/// \endcode
enum class outage : std::uint8_t {
    none,
    source_silent, ///< connected, but nothing is answered
    redis_down, ///< no connection, or a Redis that serves nobody, such as one that is loading its data
    replica_cut, ///< a replica that has been without its master for longer than `config::replica_tolerance`
    not_permitted, ///< user or password refused, or the Redis user may not run what the link needs
    slot_down, ///< a part of a Redis Cluster is missing
};

/// The name of the enumerator.
constexpr std::string_view to_text(outage why) noexcept
{
    switch (why) {
    case outage::source_silent: return "source_silent";
    case outage::redis_down: return "redis_down";
    case outage::replica_cut: return "replica_cut";
    case outage::not_permitted: return "not_permitted";
    case outage::slot_down: return "slot_down";
    case outage::none: break;
    }
    return "none";
}

/// How a connection or a session ended.
struct ending {
    outage why = outage::none;
    std::string text; ///< a line for people and logs
    errc refusal = errc::unavailable; ///< code with which operations fail until there is a new session
};

} // namespace fullon_cache
