// What one side of a WebSocket has to send: messages and control frames, as few buffers at a time. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/net/frame_codec.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Control frames go before the frames of messages that are gathered next; nothing goes behind a close frame. Large messages
/// are sent in fragments, so that a control frame has its turn.
class frame_writer {
public:
    /// `masks`: as a client must.
    explicit frame_writer(bool masks) : masks_(masks) {}

    void queue_first(std::string bytes) { control().first = std::move(bytes); } ///< before any frame
    void queue_pong(std::string_view payload);
    void queue_ping(); ///< in place of one that waits
    void queue_close(std::uint16_t code, std::string_view reason);
    bool close_queued() const noexcept { return close_queued_; }

    /// The control frames that wait.
    std::string take_control();

    /// Takes the messages, and gives an empty vector with memory for them.
    void begin(std::vector<frame>& messages);
    /// Whether there are messages left to gather().
    bool unfinished() const noexcept { return next_message_ < messages_.size(); }
    /// Forgets the messages.
    void end() noexcept;

    /// As many frames as go into one system call, what waits of control frames before them: they are parts() then.
    void gather();
    std::span<const boost::asio::const_buffer> parts() const noexcept
    {
        return std::span(parts_).subspan(next_part_);
    }
    void consume(std::size_t bytes); ///< of the parts

private:
    void append_frame(std::string& to, opcode what, bool final, std::string_view payload);
    mask_key next_mask();

    bool masks_;
    struct waiting_control {
        std::string first;
        std::string pongs;
        std::string ping;
        std::string close;
    };
    waiting_control& control();

    std::unique_ptr<waiting_control> control_; // null: nothing waits
    bool close_queued_ = false;
    std::vector<frame> messages_;
    std::size_t next_message_ = 0;
    std::size_t next_byte_ = 0; // of that message
    std::string joined_; // heads, and payloads that are small or masked
    std::vector<boost::asio::const_buffer> parts_; // of it, and payloads where they are
    std::size_t next_part_ = 0;
    std::string random_; // bytes for masks, not used yet
};

} // namespace fullon_cache_api::detail
