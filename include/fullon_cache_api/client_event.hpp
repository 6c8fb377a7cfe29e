// What client::events() yields.
#pragma once

#include <cstdint>
#include <string>

namespace fullon_cache_api {

/// Something that happened to the connection or to the data behind it.
struct client_event {
    enum class kind : std::uint8_t {
        connected,    ///< a connection was made again
        disconnected, ///< it broke; `text` says why. The client connects again by itself
        stale,        ///< the server cannot read what a stream holds: it is what was known before
        fresh,        ///< it can, all of all streams, and every difference has been sent
        gap,          ///< `dropped` events of `topic` were lost to a full queue of the server
        resynced,     ///< after a reconnect: every stream has its new snapshot
    };

    client_event(kind what) : type(what) {} // NOLINT(google-explicit-constructor)

    kind type;
    std::string text;
    std::string topic;
    std::uint64_t dropped = 0;
};

} // namespace fullon_cache_api
