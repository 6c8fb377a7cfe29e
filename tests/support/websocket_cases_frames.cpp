// The cases 1.* to 5.*, 7.*, 9.* and 10.* of websocket_cases.hpp.
#include "support/websocket_cases.hpp"

#include <tuple>

namespace support {
namespace {

using namespace cases;
using case_list = std::vector<conformance_case>;
using kind = plain_event::kind;

std::string numbered(const std::string& family, std::size_t index)
{
    return family + "." + std::to_string(index + 1);
}

plain_event echo_of(const sent_frame& message)
{
    return {message.code == opcode::binary ? kind::binary : kind::text, message.payload};
}

const std::string fragments[] = {"fragment1", "fragment2", "fragment3", "fragment4", "fragment5"};
const std::string both = fragments[0] + fragments[1];

void add_framing(case_list& to)
{
    for (const auto& [family, code, fill] :
         {std::tuple("1.1", opcode::text, '*'), std::tuple("1.2", opcode::binary, '\xfe')}) {
        std::size_t index = 0;
        for (const std::size_t size : {0, 125, 126, 127, 128, 65535, 65536, 65536}) {
            const sent_frame whole{code, std::string(size, fill)};
            to.push_back(fine(numbered(family, index), {whole}, {echo_of(whole)}, index == 7 ? 997 : 0));
            ++index;
        }
    }
}

void add_pings(case_list& to)
{
    const std::string zeros("\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 8), longest(125, '\xfe');
    to.push_back(fine("2.1", {ping("")}, {pong("")}));
    to.push_back(fine("2.2", {ping("Hello, world!")}, {pong("Hello, world!")}));
    to.push_back(fine("2.3", {ping(zeros)}, {pong(zeros)}));
    to.push_back(fine("2.4", {ping(longest)}, {pong(longest)}));
    to.push_back(broken("2.5", {ping(longest + '\xfe')}, 1002));
    to.push_back(fine("2.6", {ping(longest)}, {pong(longest)}, 1));
    const sent_frame unasked{opcode::pong, "unsolicited pong payload"};
    to.push_back(fine("2.7", {{opcode::pong}}, {}));
    to.push_back(fine("2.8", {unasked}, {}));
    to.push_back(fine("2.9", {unasked, ping("ping payload")}, {pong("ping payload")}));
    for (const std::size_t chop : {0, 1}) {
        std::vector<sent_frame> pings;
        std::vector<plain_event> pongs;
        for (int i = 0; i < 10; ++i) {
            pings.push_back(ping("payload-" + std::to_string(i)));
            pongs.push_back(pong(pings.back().payload));
        }
        to.push_back(fine(chop == 0 ? "2.10" : "2.11", pings, pongs, chop));
    }
}

// Something wrong between two messages: the first is answered, what is behind it is not.
void add_wrong_frames(case_list& to)
{
    const auto hello = text("Hello, world!");
    const auto between = [&](std::string number, sent_frame wrong, std::size_t chop) {
        to.push_back(
            broken(std::move(number), {hello, std::move(wrong), ping("")}, 1002, {echo_of(hello)}, chop));
    };
    const auto reserved = [](opcode code, unsigned char bits, std::string payload) -> sent_frame {
        return {code, std::move(payload), true, bits};
    };
    to.push_back(broken("3.1", {reserved(opcode::text, 1, hello.payload)}, 1002));
    between("3.2", reserved(opcode::text, 2, hello.payload), 0);
    between("3.3", reserved(opcode::text, 3, hello.payload), 19); // frame by frame
    between("3.4", reserved(opcode::text, 4, hello.payload), 1);
    to.push_back(broken("3.5", {reserved(opcode::binary, 5, "\xff\xfe\xfd\xfc\xfb")}, 1002));
    to.push_back(broken("3.6", {reserved(opcode::ping, 6, hello.payload)}, 1002));
    to.push_back(broken("3.7", {reserved(opcode::close, 7, "")}, 1002));
    for (const auto& [family, first] : {std::pair("4.1", 3), std::pair("4.2", 11)})
        for (int i = 0; i < 5; ++i) {
            const sent_frame wrong{static_cast<opcode>(first + i),
                                   i % 2 == 0 ? "" : "reserved opcode payload"};
            if (i < 2)
                to.push_back(broken(numbered(family, i), {wrong}, 1002));
            else
                between(numbered(family, i), wrong, i == 4 ? 1 : 0);
        }
}

void add_fragmentation(case_list& to)
{
    const auto first = text(fragments[0], false), second = more(fragments[1], true);
    const auto in_two = [](opcode code) -> std::vector<sent_frame> {
        return {{code, fragments[0], false}, more(fragments[1], true)};
    };
    to.push_back(broken("5.1", in_two(opcode::ping), 1002));
    to.push_back(broken("5.2", in_two(opcode::pong), 1002));
    // In one piece, frame by frame, byte by byte.
    constexpr std::size_t chops[] = {0, 15, 1};
    const std::string hello = "Hello, world!", nothing = "non-continuation payload";
    for (int i = 0; i < 3; ++i) {
        to.push_back(fine(numbered("5", 2 + i), {first, second}, {says(both)}, chops[i]));
        to.push_back(fine(numbered("5", 5 + i), {first, ping("ping payload"), second},
                          {pong("ping payload"), says(both)}, chops[i]));
        for (const bool final : {true, false})
            to.push_back(broken(numbered("5", (final ? 8 : 11) + i), {more(nothing, final), text(hello)},
                                1002, {}, chops[i]));
    }
    to.push_back(
        broken("5.15", {first, second, more(fragments[2], false), text(fragments[3])}, 1002, {says(both)}));
    for (const bool final : {false, true}) {
        std::vector<sent_frame> twice;
        for (int i = 0; i < 2; ++i)
            twice.insert(twice.end(),
                         {more(fragments[0], final), text(fragments[1], false), more(fragments[2], true)});
        to.push_back(broken(final ? "5.17" : "5.16", twice, 1002));
    }
    to.push_back(broken("5.18", {first, text(fragments[1])}, 1002));
    std::vector<sent_frame> five;
    std::string all;
    for (int i = 0; i < 5; ++i) {
        if (i == 2 || i == 4)
            five.push_back(ping("pongme " + std::to_string(i / 2) + "!"));
        five.push_back({i == 0 ? opcode::text : opcode::continuation, fragments[i], i == 4});
        all += fragments[i];
    }
    for (const std::size_t chop : {0, 15})
        to.push_back(
            fine(chop == 0 ? "5.19" : "5.20", five, {pong("pongme 1!"), pong("pongme 2!"), says(all)}, chop));
}

} // namespace

void add_frame_cases(case_list& to)
{
    add_framing(to);
    add_pings(to);
    add_wrong_frames(to);
    add_fragmentation(to);
}

void add_closing_cases(case_list& to)
{
    const auto hello = text("Hello World!");
    const auto bye = close(1000);
    to.push_back(closed("7.1.1", {hello, bye}, {echo_of(hello)}, 1000));
    to.push_back(closed("7.1.2", {bye, bye}, {}, 1000));
    to.push_back(closed("7.1.3", {bye, ping("")}, {}, 1000));
    to.push_back(closed("7.1.4", {bye, hello}, {}, 1000));
    to.push_back(closed("7.1.5", {text(fragments[0], false), bye, more(fragments[1], true)}, {}, 1000));
    const auto large = text(std::string(std::size_t(256) << 10, 'B'));
    to.push_back(closed("7.1.6", {large, hello, bye, ping("")}, {echo_of(large), echo_of(hello)}, 1000));
    to.back().level = grade::informational; // whether the messages still come back
    to.push_back(closed("7.3.1", {{opcode::close}}, {}, 1005));
    to.push_back(broken("7.3.2", {{opcode::close, "a"}}, 1002));
    to.push_back(closed("7.3.3", {bye}, {}, 1000));
    to.push_back(closed("7.3.4", {close(1000, "Hello World!")}, {}, 1000));
    to.push_back(closed("7.3.5", {close(1000, std::string(123, '*'))}, {}, 1000));
    to.push_back(broken("7.3.6", {close(1000, std::string(124, '*'))}, 1002));
    to.push_back(broken("7.5.1",
                        {close(1000, "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"
                                     "edited")},
                        1007));
    std::size_t index = 0;
    for (const unsigned code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999})
        to.push_back(closed(numbered("7.7", index++), {close(code)}, {}, code));
    index = 0;
    for (const unsigned code : {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999})
        to.push_back(broken(numbered("7.9", index++), {close(code)}, 1002));
    index = 0;
    for (const unsigned code : {5000, 65535}) {
        to.push_back(broken(numbered("7.13", index++), {close(code)}, 1002));
        to.back().level = grade::informational;
    }
}

// Sizes and pieces of the suite, which mean something for how long it takes; here they are there to be cut and put together.
void add_limit_cases(case_list& to)
{
    constexpr std::size_t kib = 1024, all_fragments = 64 * kib;
    for (const bool binary : {false, true}) {
        const auto family = [&](int of_text) { return "9." + std::to_string(of_text + (binary ? 1 : 0)); };
        const auto add = [&](std::string number, std::size_t size, std::size_t fragment, std::size_t chop) {
            const sent_frame whole{binary ? opcode::binary : opcode::text,
                                   std::string(size, binary ? '\xfe' : '*')};
            to.push_back(fine(std::move(number), in_fragments(whole, fragment), {echo_of(whole)}, chop));
        };
        std::size_t index = 0;
        for (const std::size_t size : {4 * kib, 16 * kib, 64 * kib, 256 * kib, 512 * kib, 1024 * kib})
            add(numbered(family(1), index++), size, size, 0);
        index = 0;
        for (const std::size_t size : {64, 128, 256, 1024, 4096, 8192, 16384, 32768, 65536})
            add(numbered(family(3), index++), all_fragments, size, 0);
        index = 0;
        for (const std::size_t chop : {64, 128, 256, 512, 1024, 2048})
            add(numbered(family(5), index++), 16 * kib, 16 * kib, chop);
        index = 0;
        for (const std::size_t size : {0, 16, 64, 256, 1024, 4096}) {
            const sent_frame whole{binary ? opcode::binary : opcode::text,
                                   std::string(size, binary ? '\xfe' : '*')};
            const std::size_t count = 60;
            to.push_back(fine(numbered(family(7), index++), std::vector(count, whole),
                              std::vector(count, echo_of(whole))));
        }
    }
    const auto large = text(std::string(65536, '*'));
    to.push_back(fine("10.1.1", in_fragments(large, 1300), {echo_of(large)}));
}

} // namespace support
