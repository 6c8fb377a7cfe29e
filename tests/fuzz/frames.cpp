// The reader of WebSocket frames against a plain one that has all bytes at once: the same events, wherever they are cut, and
// never more held than its limits allow.
// The first byte says how the rest is meant: bit 0 a server's frames, bit 1 a script of frames instead of their bytes, bits 2
// and 3 the limits, bits 4 to 7 how many bytes at the end are sizes of pieces.
#include "../support/plain_frames.hpp"
#include "fuzz.hpp"

#include <fullon_cache_api/detail/net/frame_codec.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace fullon_cache_api::detail;
using support::plain_event;
using support::plain_limits;

constexpr std::size_t kept_of_too_large = 4096;

// Frames whose heads are mostly right, so that what is behind them is reached: first byte, a byte for the payload's size, the
// payload. It may be repeated, to be long.
std::string bytes_of_script(std::string_view script, bool masked)
{
    constexpr std::array<unsigned char, 4> key{0x9a, 0x00, 0x31, 0xff};
    constexpr std::size_t times[] = {1, 5, 90, 1100};
    constexpr std::size_t enough = 2000; // one long frame is enough to meet every form of a size
    std::string bytes;
    while (script.size() >= 2) {
        const auto first = static_cast<unsigned char>(script[0]),
                   second = static_cast<unsigned char>(script[1]);
        const auto part = script.substr(2, second & 0x3f);
        script.remove_prefix(2 + part.size());
        std::string payload;
        for (std::size_t i = 0; i < (bytes.size() < enough ? times[second >> 6] : 1); ++i)
            payload += part;
        bytes.push_back(static_cast<char>(first));
        const int wide = payload.size() < 126 ? 0 : payload.size() < 65536 ? 2 : 8;
        const unsigned in_head = wide == 0 ? static_cast<unsigned>(payload.size()) : wide == 2 ? 126 : 127;
        bytes.push_back(static_cast<char>((masked ? 0x80U : 0U) | in_head));
        for (int i = wide; i-- != 0;)
            bytes.push_back(static_cast<char>(std::uint64_t(payload.size()) >> (8 * i)));
        if (masked)
            bytes.append(key.begin(), key.end());
        for (std::size_t i = 0; i < payload.size(); ++i)
            bytes.push_back(
                static_cast<char>(static_cast<unsigned char>(payload[i]) ^ (masked ? key[i % 4] : 0)));
    }
    return bytes;
}

plain_event::kind kind_of(frame_event::kind type)
{
    using to = plain_event::kind;
    switch (type) {
    case frame_event::kind::message: return to::text;
    case frame_event::kind::binary: return to::binary;
    case frame_event::kind::too_large: return to::too_large;
    case frame_event::kind::ping: return to::ping;
    case frame_event::kind::pong: return to::pong;
    case frame_event::kind::close: return to::close;
    default: return to::broken;
    }
}

bool is_same(const frame_event& found, const plain_event& expected)
{
    if (kind_of(found.type) != expected.type || found.code != expected.code)
        return false;
    const std::string_view payload = expected.payload;
    switch (expected.type) {
    case plain_event::kind::binary: return found.text.empty(); // it is not handed out
    case plain_event::kind::text: return found.text == payload && found.size == payload.size();
    case plain_event::kind::too_large:
        return found.text == payload.substr(0, kept_of_too_large) && found.size == payload.size();
    default: return found.text == payload && found.size == 0;
    }
}

/// In pieces of these sizes, over and over.
void compare(std::string_view bytes, std::string_view pieces, const plain_limits& limits,
             const std::vector<plain_event>& expected)
{
    frame_reader reader({.masked = limits.masked,
                         .max_message = limits.max_message,
                         .most_discarded = limits.most_discarded});
    std::size_t seen = 0;
    for (std::size_t i = 0; !bytes.empty(); ++i) {
        const auto room = reader.room();
        fuzz::require(!room.empty() && room.size() <= 128 * 1024);
        const auto piece =
            pieces.empty() ? bytes.size() : 1U + static_cast<unsigned char>(pieces[i % pieces.size()]);
        const auto size = std::min({bytes.size(), room.size(), static_cast<std::size_t>(piece)});
        std::copy_n(bytes.begin(), size, room.begin());
        reader.commit(size);
        bytes.remove_prefix(size);
        for (auto one = reader.next(); one.type != frame_event::kind::incomplete; one = reader.next()) {
            fuzz::require(seen < expected.size());
            fuzz::require(is_same(one, expected[seen++]));
        }
    }
    fuzz::require(seen == expected.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr plain_limits all_limits[] = {
        {true, 40, 200}, {true, 1, 0}, {true, 5000, 70'000}, {true, 1'000'000, 0}};
    auto rest = fuzz::text_of(data, size);
    if (rest.empty())
        return 0;
    const unsigned choice = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    auto limits = all_limits[choice / 4 % 4];
    limits.masked = choice % 2 == 0;
    const auto pieces = rest.substr(rest.size() - std::min<std::size_t>(choice / 16, rest.size()));
    rest.remove_suffix(pieces.size());
    const auto bytes = choice / 2 % 2 == 0 ? std::string(rest) : bytes_of_script(rest, limits.masked);
    const auto expected = support::read_plainly(bytes, limits);
    compare(bytes, {}, limits, expected);
    compare(bytes, pieces, limits, expected);
    if (bytes.size() < 2000)
        compare(bytes, std::string_view("\0", 1), limits, expected); // byte by byte
    return 0;
}
