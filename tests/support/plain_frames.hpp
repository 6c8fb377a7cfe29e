// A second reading of RFC 6455 for the tests: slow, of bytes that are all there, frame by frame as the text has it. It shares
// nothing with the codec, not even what UTF-8 is. Sans-io.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace support {

enum class utf8_state : unsigned char { valid, unfinished, invalid };

/// Character by character, by the number that each stands for.
inline utf8_state utf8_of(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const unsigned lead = static_cast<unsigned char>(text[at]);
        const std::size_t size = lead < 0x80                   ? 1
                                 : lead >= 0xc0 && lead < 0xe0 ? 2
                                 : lead >= 0xe0 && lead < 0xf0 ? 3
                                 : lead >= 0xf0 && lead < 0xf8 ? 4
                                                               : 0;
        if (size == 0)
            return utf8_state::invalid;
        // The least and the greatest number that may still come of what is there.
        std::uint32_t least = size == 1 ? lead : lead & (0x7fU >> size), most = least;
        for (std::size_t i = 1; i < size; ++i) {
            const bool there = at + i < text.size();
            const unsigned byte = there ? static_cast<unsigned char>(text[at + i]) : 0;
            if (there && (byte < 0x80 || byte > 0xbf))
                return utf8_state::invalid;
            least = least << 6 | (there ? byte & 0x3f : 0);
            most = most << 6 | (there ? byte & 0x3f : 0x3f);
        }
        constexpr std::uint32_t shortest[] = {0, 0, 0x80, 0x800, 0x10000};
        if (most < shortest[size] || least > 0x10ffff || (least >= 0xd800 && most <= 0xdfff))
            return utf8_state::invalid;
        if (text.size() - at < size)
            return utf8_state::unfinished;
        at += size;
    }
    return utf8_state::valid;
}

struct plain_event {
    enum class kind : unsigned char { text, binary, too_large, ping, pong, close, broken };
    kind type = kind::text;
    std::string payload{}; ///< whole; of a binary message what came of it; of a close its reason
    unsigned code = 0; ///< of a close (1005: none), and why it is broken
    bool operator==(const plain_event&) const = default;
};

struct plain_limits {
    bool masked = true;
    std::size_t max_message = 1U << 30U; ///< of a text; one over it is too large
    std::size_t most_discarded = 0; ///< announced, it is broken where it is over both
};

/// What is refused by its head is refused although its payload is not there, and a text as soon as it cannot be UTF-8.
inline std::vector<plain_event> read_plainly(std::string_view bytes, const plain_limits& limits)
{
    using kind = plain_event::kind;
    std::vector<plain_event> found;
    const auto broken = [&](unsigned code) {
        found.push_back({kind::broken, {}, code});
        return found;
    };
    const auto most = limits.max_message > limits.most_discarded ? limits.max_message : limits.most_discarded;
    const auto byte = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(bytes[i]); };
    bool in_text = false, in_binary = false;
    std::size_t binary = 0; // its event
    std::string text;
    std::size_t good = 0; // bytes of it that are known to be UTF-8
    const auto text_is = [&] {
        const auto state = utf8_of(std::string_view(text).substr(good));
        good = state == utf8_state::valid ? text.size() : good;
        return state;
    };
    while (bytes.size() >= 2) {
        const unsigned code = byte(0) & 15, first_size = byte(1) & 127;
        const bool final = (byte(0) & 128) != 0, control = code >= 8;
        if ((byte(0) & 0x70) != 0 || (code > 2 && code < 8) || code > 10)
            return broken(1002);
        if (((byte(1) & 128) != 0) != limits.masked || (control && (!final || first_size > 125)))
            return broken(1002);
        if (!control && (in_text || in_binary) != (code == 0))
            return broken(1002);
        const std::size_t more = first_size == 126 ? 2 : first_size == 127 ? 8 : 0;
        const std::size_t head = 2 + more + (limits.masked ? 4 : 0);
        if (bytes.size() < head)
            return found;
        std::uint64_t size = more == 0 ? first_size : 0;
        for (std::size_t i = 0; i < more; ++i)
            size = size << 8 | byte(2 + i);
        if ((more == 2 && size < 126) || (more == 8 && (size < 65536 || size >> 63 != 0)))
            return broken(1002);
        in_text = in_text || code == 1;
        if (code == 2) {
            in_binary = true;
            binary = found.size();
            found.push_back({kind::binary});
        }
        if (!control && in_text && size > most - text.size())
            return broken(1009);
        const bool whole = size <= bytes.size() - head;
        std::string payload(bytes.substr(head, whole ? static_cast<std::size_t>(size) : bytes.npos));
        for (std::size_t i = 0; limits.masked && i < payload.size(); ++i)
            payload[i] = static_cast<char>(static_cast<unsigned char>(payload[i]) ^ byte(2 + more + i % 4));
        if (!control)
            (in_text ? text : found[binary].payload) += payload;
        if (!control && in_text && text_is() == utf8_state::invalid)
            return broken(1007);
        if (!whole)
            return found;
        bytes.remove_prefix(head + payload.size());
        if (code == 9 || code == 10)
            found.push_back({code == 9 ? kind::ping : kind::pong, payload});
        if (code == 8 && payload.empty())
            found.push_back({kind::close, {}, 1005});
        else if (code == 8) {
            if (payload.size() == 1)
                return broken(1002);
            const unsigned why =
                static_cast<unsigned char>(payload[0]) * 256U + static_cast<unsigned char>(payload[1]);
            const bool reserved = why < 1000 || (why >= 1004 && why <= 1006) || (why >= 1015 && why < 3000);
            if (reserved || why >= 5000)
                return broken(1002);
            if (utf8_of(payload.substr(2)) != utf8_state::valid)
                return broken(1007);
            found.push_back({kind::close, payload.substr(2), why});
        }
        if (code == 8)
            return found;
        if (control || !final)
            continue;
        if (in_text && text_is() != utf8_state::valid)
            return broken(1007);
        if (in_text)
            found.push_back({text.size() > limits.max_message ? kind::too_large : kind::text, text});
        in_text = in_binary = false;
        text.clear();
        good = 0;
    }
    return found;
}

} // namespace support
