// Why Redis cannot be read. Sans-io.
#pragma once

#include <fullon_cache/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace fullon_cache {

enum class outage : std::uint8_t {
    none,
    source_silent, ///< it is connected, or was, and answers nothing
    redis_down,    ///< no connection, or a Redis that serves nobody
    replica_cut,   ///< it is a replica without its master
    not_permitted, ///< user or password are refused, or may not do what the link needs
    slot_down,     ///< a part of a cluster is missing
};

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

/// How a connection ended, or a session.
struct ending {
    outage why = outage::none;
    std::string text;
    errc refusal = errc::unavailable; ///< what those are told who ask for something meanwhile
};

} // namespace fullon_cache
