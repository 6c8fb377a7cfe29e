// One WebSocket connection, message by message: the seam between sessions (and the client) and the framing.
#pragma once

#include <fullon_cache_api/detail/net/frame_codec.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>
#include <fullon_cache_api/detail/wire/peer_limits.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api::detail {

/// What read() came back with.
struct incoming {
    enum class kind : std::uint8_t {
        message,
        closed, ///< the peer closed; `close` is its code
        binary, ///< a binary message, which this protocol has not
        too_large, ///< a message over the limit, which was read to its end; `text` is its beginning, `size` its bytes
        failed, ///< the connection is gone, or the peer broke the WebSocket protocol
    };
    kind type = kind::failed;
    std::string text;
    std::size_t size = 0;
    bool read_now = true; ///< false: it came together with the message before it
    std::uint16_t close = 0;
    boost::system::error_code error;
};

/// At most one read() and one write() at a time. Serial executor. Nothing is thrown for what a peer does.
class transport {
public:
    virtual ~transport() = default;

    /// The next text message. Completes with something else exactly once, at the end.
    virtual boost::asio::awaitable<incoming> read() = 0;

    /// Sends the messages in order. \returns an error when the connection is gone, and
    /// `asio::error::timed_out` when the peer took nothing for `stall_timeout`: a slow one is no such peer.
    virtual boost::asio::awaitable<boost::system::error_code>
    write(std::vector<frame> messages, std::chrono::milliseconds stall_timeout) = 0;

    /// Sends what goes out at once, without waiting, and takes it from `messages`. No write() may be under way.
    /// \returns nothing if there is a rest: then `write(std::move(messages))` must follow, which sends all of it, also what it
    ///          does not see.
    virtual std::optional<boost::system::error_code> write_now(std::vector<frame>& messages) = 0;

    /// Close handshake, not longer than `timeout`; then the connection is cut. No write() may be under way.
    virtual boost::asio::awaitable<void> close(close_code code, std::string reason,
                                               std::chrono::milliseconds timeout) = 0;

    /// Ends the connection at once: read() and write() come back with an error.
    virtual void cut() noexcept = 0;

    /// What the other side has told of its limits when the connection was made.
    peer_limits of_peer;
};

} // namespace fullon_cache_api::detail
