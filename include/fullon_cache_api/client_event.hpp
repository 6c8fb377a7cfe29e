// What client::events() yields.
#pragma once

#include <cstdint>
#include <string>

namespace fullon_cache_api {

/// Something that happened to a client's connection or to the data behind it. Item of client::events().
struct client_event {
    /// What happened.
    enum class kind : std::uint8_t {
        connected,    ///< a connection was made
        disconnected, ///< the connection broke, `text` says why; the client reconnects by itself
        stale,        ///< a stream became stale: the server cannot read what it holds. See stream::why()
        fresh,        ///< no stream is stale any more, and every difference has been sent
        gap,          ///< the server dropped `dropped` events of `topic` because its queue was full
        resynced,     ///< after a reconnect every stream has received its new snapshot
    };

    /// An event without further data.
    client_event(kind what) : type(what) {} // NOLINT(google-explicit-constructor)

    kind type; ///< what happened
    std::string text; ///< `disconnected`: the reason
    std::string topic; ///< `gap`: the topic, such as "trades:binance:BTCUSDT"
    std::uint64_t dropped = 0; ///< `gap`: the number of events
};

} // namespace fullon_cache_api
