// The frames of RFC 6455, without extensions. Sans-io.
#pragma once

#include <fullon_cache_api/detail/net/utf8_checker.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

enum class close_code : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    no_status = 1005, ///< said by no frame: a close frame without a code
    bad_payload = 1007,
    policy = 1008,
    too_big = 1009,
    internal = 1011,
};

using mask_key = std::array<unsigned char, 4>;

/// XORs with the key, whose first byte belongs to the byte of the payload at `offset`.
void apply_mask(std::span<char> bytes, const mask_key& key, std::uint64_t offset = 0) noexcept;

/// Head of a frame, at most 14 bytes.
class frame_head {
public:
    frame_head(opcode what, bool final, std::uint64_t payload, const mask_key* mask = nullptr) noexcept;

    std::string_view bytes() const noexcept { return {bytes_.data(), size_}; }

private:
    std::array<char, 14> bytes_;
    std::size_t size_;
};

/// What frame_reader::next() found.
struct frame_event {
    enum class kind : std::uint8_t {
        incomplete, ///< more bytes are needed
        message,
        binary,    ///< a binary message has begun, which is not handed out
        too_large, ///< a message over the limit; `text` is its beginning, `size` its bytes
        ping,
        pong,
        close,  ///< `code` is no_status where the peer gave none
        broken, ///< the peer broke the protocol; `code` says how. Nothing comes behind it
    };
    kind type = kind::incomplete;
    std::string text{}; ///< of a message; payload of a ping or pong, reason of a close
    std::size_t size = 0;
    std::uint16_t code = 0;
};

struct frame_limits {
    bool masked = true; ///< whether the peer's frames must be masked, as a client's must; else they must not
    std::size_t max_message = 64 * 1024;
    /// A message over `max_message` is read and thrown away; one over this as well is broken (1009), as soon as it is announced.
    std::size_t most_discarded = 0;
};

/// Takes apart what a peer sends. Holds what has come and was not handed out; of a message that is too large its beginning.
class frame_reader {
public:
    explicit frame_reader(const frame_limits& limits);

    /// Where the next bytes go: not empty. It grows where they fill it, and shrinks where little comes.
    std::span<char> room();
    void commit(std::size_t bytes) noexcept;

    /// Until it is incomplete, or has an event that ends the connection.
    frame_event next();

private:
    struct head {
        opcode code;
        bool final;
        std::uint64_t size;
        mask_key key;
    };

    bool read_head();
    frame_event refused(close_code why);
    frame_event control();
    frame_event close_event(std::string payload);
    frame_event data();
    bool keep(std::span<char> bytes);
    std::span<char> held() noexcept { return {buffer_.get() + begin_, end_ - begin_}; }
    void resize(std::size_t capacity);

    static constexpr std::size_t kept_of_too_large = 4 * 1024;
    static constexpr std::size_t smallest = 256;
    static constexpr std::size_t largest = 64 * 1024;

    frame_limits limits_;
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0; // of what is held
    std::size_t end_ = 0;
    std::size_t wanted_ = smallest; // capacity

    bool in_frame_ = false;
    head frame_{};
    std::uint64_t taken_ = 0; // of the frame's payload
    bool in_message_ = false;
    bool binary_ = false; // that message
    std::string message_;
    std::uint64_t size_ = 0; // of the message, announced frames included
    utf8_checker text_;
    close_code problem_{}; // of a head
    bool over_ = false;
};

} // namespace fullon_cache_api::detail
