// The reader of WebSocket frames against a plain one that has all bytes at once: the same events, wherever they are cut, and
// never more held than its limits allow.
#include "fuzz.hpp"

#include <fullon_cache_api/detail/net/frame_codec.hpp>
#include <fullon_orm/json_writer.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace fullon_cache_api::detail;
using kind = frame_event::kind;

constexpr std::size_t max_message = 40, most_discarded = 200, kept_of_too_large = 4096;

struct event {
    kind type;
    std::string text;
    std::size_t size = 0;
    unsigned code = 0;
    bool operator==(const event&) const = default;
};

event broken(unsigned code)
{
    return {kind::broken, {}, 0, code};
}

/// As RFC 6455 says it, frame by frame. What is refused by its head is refused although its payload is not there.
std::vector<event> plain(std::string_view bytes, bool masked)
{
    std::vector<event> found;
    bool in_message = false, binary = false;
    std::string message;
    const auto byte = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(bytes[i]); };
    while (bytes.size() >= 2) {
        const unsigned code = byte(0) & 15;
        const bool final = (byte(0) & 128) != 0;
        const unsigned first_size = byte(1) & 127;
        const bool control = code >= 8;
        const bool known = code <= 2 || (code >= 8 && code <= 10);
        if ((byte(0) & 0x70) != 0 || !known || ((byte(1) & 128) != 0) != masked ||
            (control && (!final || first_size > 125)) || (!control && in_message != (code == 0))) {
            found.push_back(broken(1002));
            return found;
        }
        const std::size_t more = first_size == 126 ? 2 : first_size == 127 ? 8 : 0;
        const std::size_t head = 2 + more + (masked ? 4 : 0);
        if (bytes.size() < head)
            return found;
        std::uint64_t size = more == 0 ? first_size : 0;
        for (std::size_t i = 0; i < more; ++i)
            size = size << 8 | byte(2 + i);
        if ((more == 2 && size < 126) || (more == 8 && (size < 65536 || size >> 63 != 0))) {
            found.push_back(broken(1002));
            return found;
        }
        if (code == 2) {
            binary = true;
            found.push_back({kind::binary, {}});
        }
        if (!control) {
            in_message = true;
            if (!binary && size > most_discarded - message.size()) {
                found.push_back(broken(1009));
                return found;
            }
        }
        const bool whole = size <= bytes.size() - head;
        std::string payload(bytes.substr(head, whole ? size : std::string_view::npos));
        for (std::size_t i = 0; masked && i < payload.size(); ++i)
            payload[i] = static_cast<char>(static_cast<unsigned char>(payload[i]) ^ byte(2 + more + i % 4));
        if (!control && !binary) {
            message += payload;
            // Not valid, and not only unfinished: no three bytes behind it could make it so.
            bool can_be = false;
            for (const std::string_view rest :
                 {"", "\x80", "\xbf", "\x80\x80", "\xbf\x80", "\x80\x80\x80", "\xbf\x80\x80", "\xa0",
                  "\xa0\x80", "\x90\x80\x80", "\x90\x80", "\x8f\x80\x80"})
                can_be = can_be || fullon_orm::is_utf8(message + std::string(rest));
            if (!can_be) {
                found.push_back(broken(1007));
                return found;
            }
        }
        if (!whole)
            return found;
        bytes.remove_prefix(head + size);
        if (code == 9 || code == 10)
            found.push_back({code == 9 ? kind::ping : kind::pong, payload});
        if (code == 8) {
            unsigned why = 1005;
            if (payload.size() >= 2)
                why = static_cast<unsigned char>(payload[0]) * 256U + static_cast<unsigned char>(payload[1]);
            const bool good = payload.empty() || (why >= 1000 && why <= 1003) ||
                              (why >= 1007 && why <= 1014) || (why >= 3000 && why <= 4999);
            const auto reason = payload.size() > 2 ? payload.substr(2) : std::string();
            if (payload.size() == 1 || !good)
                found.push_back(broken(1002));
            else if (!fullon_orm::is_utf8(reason))
                found.push_back(broken(1007));
            else
                found.push_back({kind::close, reason, 0, why});
            return found;
        }
        if (control || !final)
            continue;
        in_message = false;
        if (!binary && !fullon_orm::is_utf8(message)) {
            found.push_back(broken(1007));
            return found;
        }
        const auto length = message.size();
        if (!binary)
            found.push_back({length > max_message ? kind::too_large : kind::message,
                             message.substr(0, kept_of_too_large), length});
        binary = false;
        message.clear();
    }
    return found;
}

std::vector<event> read(std::string_view bytes, bool masked, std::size_t piece)
{
    frame_reader reader({.masked = masked, .max_message = max_message, .most_discarded = most_discarded});
    std::vector<event> found;
    while (!bytes.empty()) {
        const auto room = reader.room();
        fuzz::require(!room.empty() && room.size() <= 128 * 1024);
        const auto size = std::min({bytes.size(), room.size(), piece});
        std::copy_n(bytes.begin(), size, room.begin());
        reader.commit(size);
        bytes.remove_prefix(size);
        for (auto one = reader.next(); one.type != kind::incomplete; one = reader.next())
            found.push_back({one.type, one.text, one.size, one.code});
    }
    return found;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto bytes = fuzz::text_of(data, size);
    if (bytes.empty())
        return 0;
    const auto choice = static_cast<unsigned>(static_cast<unsigned char>(bytes.front()));
    const auto rest = bytes.substr(1);
    const bool masked = choice % 2 == 0;
    const auto expected = plain(rest, masked);
    fuzz::require(read(rest, masked, rest.size() + 1) == expected);
    fuzz::require(read(rest, masked, choice / 2 % 17 + 1) == expected);
    return 0;
}
