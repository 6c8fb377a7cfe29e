// Frames of RFC 6455: what is handed out, what is refused and with which code, however the bytes are cut.
#include <fullon_cache_api/detail/net/frame_codec.hpp>

#include <fullon_orm/json_writer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace fullon_cache_api::detail;
using kind = frame_event::kind;

constexpr mask_key key{0x11, 0xa2, 0x00, 0xff};

std::string frame_of(opcode what, std::string payload, bool final = true, bool masked = true)
{
    std::string bytes(frame_head(what, final, payload.size(), masked ? &key : nullptr).bytes());
    if (masked)
        apply_mask(payload, key);
    return bytes + payload;
}

std::string close_of(unsigned code, std::string_view reason = {})
{
    return frame_of(opcode::close, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)} +
                                       std::string(reason));
}

std::string text_of(const frame_event& event)
{
    switch (event.type) {
    case kind::incomplete: return "incomplete";
    case kind::message: return "message " + event.text;
    case kind::binary: return "binary";
    case kind::too_large: return "too large " + std::to_string(event.size);
    case kind::ping: return "ping " + event.text;
    case kind::pong: return "pong " + event.text;
    case kind::close: return "close " + std::to_string(event.code) + " " + event.text;
    case kind::broken: return "broken " + std::to_string(event.code);
    }
    return {};
}

using events = std::vector<std::string>;

/// All events of the bytes, which come in pieces of these sizes (the last one over and over).
events read_all(frame_reader& reader, std::string_view bytes, const std::vector<std::size_t>& pieces)
{
    events found;
    for (std::size_t i = 0; !bytes.empty(); ++i) {
        const auto room = reader.room();
        REQUIRE(!room.empty());
        const auto size = std::min({bytes.size(), room.size(), pieces[std::min(i, pieces.size() - 1)]});
        std::copy_n(bytes.begin(), size, room.begin());
        reader.commit(size);
        bytes.remove_prefix(size);
        for (auto event = reader.next(); event.type != kind::incomplete; event = reader.next())
            found.push_back(text_of(event));
    }
    return found;
}

constexpr frame_limits small{.masked = true, .max_message = 100, .most_discarded = 5000};

events read_all(std::string_view bytes, const std::vector<std::size_t>& pieces = {1000000},
                const frame_limits& limits = small)
{
    frame_reader reader(limits);
    return read_all(reader, bytes, pieces);
}

const std::string euro = "\xe2\x82\xac";

} // namespace

TEST_CASE("a head has its size in the shortest form", "[frame_codec]")
{
    const auto head = [](std::uint64_t size) {
        return std::string(frame_head(opcode::text, true, size).bytes());
    };
    CHECK(head(0) == std::string("\x81\x00", 2));
    CHECK(head(125) == "\x81\x7d");
    CHECK(head(126) == std::string("\x81\x7e\x00\x7e", 4));
    CHECK(head(65535) == "\x81\x7e\xff\xff");
    CHECK(head(65536) == std::string("\x81\x7f\0\0\0\0\0\1\0\0", 10));
    CHECK(std::string(frame_head(opcode::continuation, false, 1, &key).bytes()) ==
          std::string("\x00\x81\x11\xa2\x00\xff", 6));
}

TEST_CASE("a mask goes on where it was left", "[frame_codec]")
{
    std::string text;
    for (int i = 0; i < 100; ++i)
        text.push_back(static_cast<char>(i));
    for (std::size_t from = 0; from < 20; ++from) {
        auto masked = text.substr(from);
        apply_mask(masked, key, from);
        for (std::size_t i = 0; i < masked.size(); ++i)
            REQUIRE(static_cast<unsigned char>(masked[i]) == (text[from + i] ^ key[(from + i) % 4]));
    }
}

TEST_CASE("messages and control frames come in their order, however the bytes are cut", "[frame_codec]")
{
    const std::string bytes =
        frame_of(opcode::text, "one") + frame_of(opcode::ping, "p") +
        frame_of(opcode::text, euro.substr(0, 1), false) + frame_of(opcode::pong, std::string(125, 'q')) +
        frame_of(opcode::continuation, "", false) +
        frame_of(opcode::continuation, euro.substr(1) + std::string(90, 'x')) + frame_of(opcode::text, "") +
        frame_of(opcode::ping, "") + close_of(1000, "bye") + frame_of(opcode::text, "behind the end");
    const events expected{"message one",
                          "ping p",
                          "pong " + std::string(125, 'q'),
                          "message " + euro + std::string(90, 'x'),
                          "message ",
                          "ping ",
                          "close 1000 bye"};
    CHECK(read_all(bytes) == expected);
    for (std::size_t first = 0; first < bytes.size(); ++first)
        REQUIRE(read_all(bytes, {std::max<std::size_t>(first, 1), 100000}) == expected);
    for (std::size_t piece = 1; piece < 20; ++piece)
        REQUIRE(read_all(bytes, {piece}) == expected);
}

TEST_CASE("what breaks the protocol is refused with its code", "[frame_codec]")
{
    struct row {
        std::string bytes;
        std::string code;
    };
    const auto raw = [](std::initializer_list<unsigned> bytes) {
        std::string text;
        for (const auto one : bytes)
            text.push_back(static_cast<char>(one));
        return text + std::string(8, '\0');
    };
    const std::vector<row> rows{
        {frame_of(opcode::text, "x", true, false), "1002"},
        {raw({0xc1, 0x80}), "1002"},                  // RSV1
        {raw({0xa1, 0x80}), "1002"},                  // RSV2
        {raw({0x91, 0x80}), "1002"},                  // RSV3
        {raw({0x83, 0x80}), "1002"},                  // opcodes that are not given out
        {raw({0x87, 0x80}), "1002"},
        {raw({0x8b, 0x80}), "1002"},
        {raw({0x8f, 0x80}), "1002"},
        {raw({0x09, 0x80}), "1002"},                  // a ping in fragments
        {raw({0x08, 0x80}), "1002"},
        {raw({0x89, 0xfe, 0, 126}), "1002"},          // a ping of 126 bytes
        {raw({0x81, 0xfe, 0, 125}), "1002"},          // a size in a longer form than it needs
        {raw({0x81, 0xff, 0, 0, 0, 0, 0, 0, 255, 255}), "1002"},
        {raw({0x81, 0xff, 128, 0, 0, 0, 0, 0, 0, 0}), "1002"},
        {frame_of(opcode::continuation, "x"), "1002"},
        {frame_of(opcode::text, "x", false) + frame_of(opcode::text, "y"), "1002"},
        {frame_of(opcode::text, "x", false) + frame_of(opcode::binary, "y"), "1002"},
        {frame_of(opcode::close, "x"), "1002"},
        {close_of(0), "1002"},
        {close_of(999), "1002"},
        {close_of(1004), "1002"},
        {close_of(1005), "1002"},
        {close_of(1006), "1002"},
        {close_of(1015), "1002"},
        {close_of(2999), "1002"},
        {close_of(5000), "1002"},
        {close_of(1000, "\xff"), "1007"},
        {close_of(1000, "\xe2\x82"), "1007"},
        {frame_of(opcode::text, "\xff"), "1007"},
        {frame_of(opcode::text, "\xc0\xaf"), "1007"},
        {frame_of(opcode::text, "\xed\xa0\x80"), "1007"},
        {frame_of(opcode::text, "\xf4\x90\x80\x80"), "1007"},
        {frame_of(opcode::text, euro.substr(0, 2)), "1007"},
        {frame_of(opcode::text, euro.substr(0, 2), false) + frame_of(opcode::continuation, "x"), "1007"},
        {frame_of(opcode::text, std::string(5001, 'x')), "1009"},
        {frame_of(opcode::text, std::string(5000, 'x'), false) + frame_of(opcode::continuation, "x"), "1009"},
        {raw({0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0}), "1009"},
    };
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (const std::size_t piece : {100000, 1, 7}) {
            CAPTURE(i, piece);
            REQUIRE(read_all(rows[i].bytes + frame_of(opcode::text, "behind"), {piece}) ==
                    events{"broken " + rows[i].code});
        }
    for (const unsigned code : {1000, 1001, 1002, 1003, 1007, 1008, 1014, 3000, 4999})
        CHECK(read_all(close_of(code)) == events{"close " + std::to_string(code) + " "});
    CHECK(read_all(frame_of(opcode::close, "")) == events{"close 1005 "});
}

TEST_CASE("a size that is too large is refused before its bytes come", "[frame_codec]")
{
    CHECK(read_all(frame_of(opcode::text, std::string(5001, 'x')).substr(0, 8)) == events{"broken 1009"});
}

TEST_CASE("a message over the limit is read to its end, its beginning kept, and the next one is whole",
          "[frame_codec]")
{
    const std::string bytes =
        frame_of(opcode::text, std::string(60, 'a'), false) + frame_of(opcode::ping, "p") +
        frame_of(opcode::continuation, std::string(4940, 'b')) + frame_of(opcode::text, "next");
    for (const std::size_t piece : {100000, 1, 1000})
        CHECK(read_all(bytes, {piece}) == events{"ping p", "too large 5000", "message next"});
    frame_reader reader({.masked = true, .max_message = 10, .most_discarded = 100000});
    const std::string large = frame_of(opcode::text, std::string(50000, 'x'));
    std::size_t kept = 0;
    for (std::size_t at = 0; at < large.size();) {
        const auto room = reader.room();
        const auto size = std::min(room.size(), large.size() - at);
        std::copy_n(large.begin() + static_cast<std::ptrdiff_t>(at), size, room.begin());
        reader.commit(size);
        at += size;
        const auto event = reader.next();
        if (event.type == kind::too_large)
            kept = event.text.size();
    }
    CHECK(kept == 4096);
}

TEST_CASE("a binary message is said once, not kept, and what is behind it comes", "[frame_codec]")
{
    const std::string bytes = frame_of(opcode::binary, std::string(9000, '\xff'), false) +
                              frame_of(opcode::ping, "p") + frame_of(opcode::continuation, "\xff") +
                              frame_of(opcode::text, "next") + close_of(1000);
    for (const std::size_t piece : {100000, 1, 1000})
        CHECK(read_all(bytes, {piece}) == events{"binary", "ping p", "message next", "close 1000 "});
}

TEST_CASE("a server's frames are not masked", "[frame_codec]")
{
    constexpr frame_limits of_client{.masked = false, .max_message = 100000, .most_discarded = 0};
    CHECK(read_all(frame_of(opcode::text, "x", true, false) +
                       frame_of(opcode::text, std::string(70000, 'y'), true, false),
                   {1000}, of_client) == events{"message x", "message " + std::string(70000, 'y')});
    CHECK(read_all(frame_of(opcode::text, "x"), {1000}, of_client) == events{"broken 1002"});
    CHECK(read_all(std::string(frame_head(opcode::text, true, 100001).bytes()), {1000}, of_client) ==
          events{"broken 1009"});
}

TEST_CASE("the buffer grows where much comes and is small where little does", "[frame_codec]")
{
    frame_reader reader({.masked = true, .max_message = 1000000, .most_discarded = 0});
    const auto first = reader.room().size();
    CHECK(first <= 4096);
    read_all(reader, frame_of(opcode::text, std::string(900000, 'x')), {1000000});
    CHECK(reader.room().size() >= 16 * 1024);
    for (int i = 0; i < 10; ++i)
        read_all(reader, frame_of(opcode::text, "x"), {1000});
    CHECK(reader.room().size() == first);
}

TEST_CASE("texts are UTF-8 as the JSON codec understands it, however they are cut", "[frame_codec]")
{
    std::mt19937 random(7);
    const std::vector<std::string> parts{"abcdefgh",
                                         "x",
                                         "\xc2\x80",
                                         "\xdf\xbf",
                                         "\xe0\xa0\x80",
                                         "\xef\xbf\xbf",
                                         "\xf0\x90\x80\x80",
                                         "\xf4\x8f\xbf\xbf",
                                         "\xc1\xbf",
                                         "\xe0\x9f",
                                         "\xed\xa0",
                                         "\xf0\x8f",
                                         "\xf4\x90",
                                         "\xf5",
                                         "\x80",
                                         euro};
    int valid = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (auto count = random() % 6; count != 0; --count)
            text += parts[random() % (random() % 3 == 0 ? parts.size() : 8)];
        if (random() % 8 == 0 && !text.empty())
            text.resize(text.size() - 1);
        utf8_checker whole, cut;
        const bool right = fullon_orm::is_utf8(text);
        valid += right ? 1 : 0;
        REQUIRE((whole.feed(text) && whole.complete()) == right);
        bool fed = true;
        for (std::size_t at = 0; at < text.size() && fed;) {
            const auto size = 1 + random() % 10;
            fed = cut.feed(std::string_view(text).substr(at, size));
            at += size;
        }
        REQUIRE((fed && cut.complete()) == right);
    }
    CHECK(valid > 5000);
    CHECK(valid < 19000);
}
