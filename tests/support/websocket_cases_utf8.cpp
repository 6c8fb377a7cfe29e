// The cases 6.* of websocket_cases.hpp: what is UTF-8 and what is not, whole and in fragments.
#include "support/websocket_cases.hpp"

#include <cstdint>
#include <string_view>

namespace support {
namespace {

using namespace cases;

const std::string kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"; // five Greek letters
const std::string surrogate = "\xed\xa0\x80", too_high = "\xf4\x90\x80\x80", edited = "edited";

std::string bytes_of_hex(std::string_view hex)
{
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
    return bytes;
}

// Of a code point beyond ASCII.
std::string utf8_from(std::uint32_t point)
{
    const auto byte = [&](unsigned lead, int shift) {
        const auto bits = lead == 0x80 ? point >> shift & 0x3fU : point >> shift;
        return std::string(1, static_cast<char>(lead | bits));
    };
    if (point < 0x800)
        return byte(0xc0, 6) + byte(0x80, 0);
    if (point < 0x10000)
        return byte(0xe0, 12) + byte(0x80, 6) + byte(0x80, 0);
    return byte(0xf0, 18) + byte(0x80, 12) + byte(0x80, 6) + byte(0x80, 0);
}

// Lead bytes without what must follow, each before a space.
std::string lonely(unsigned first, unsigned last)
{
    std::string made;
    for (auto lead = first; lead <= last; ++lead)
        made.append({static_cast<char>(lead), ' '});
    return made;
}

struct texts {
    int family; // 6.family.1 and so on
    std::vector<std::string> valid;
    std::vector<std::string> invalid; // behind them
};

std::vector<std::string> all_of_hex(std::initializer_list<std::string_view> list)
{
    std::vector<std::string> made;
    for (const auto one : list)
        made.push_back(bytes_of_hex(one));
    return made;
}

std::vector<texts> all_texts()
{
    std::string continuations, incomplete;
    for (int byte = 0x80; byte < 0xc0; ++byte)
        continuations.push_back(static_cast<char>(byte));
    const auto cut = all_of_hex(
        {"c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"});
    for (const auto& one : cut)
        incomplete += one;
    auto unexpected = all_of_hex({"80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80", "80bf80bf80bf"});
    unexpected.push_back(continuations);
    std::vector<std::string> no_characters, specials;
    for (std::uint32_t plane = 0; plane <= 16; ++plane)
        for (const std::uint32_t last : {0xfffeU, 0xffffU})
            no_characters.push_back(utf8_from(plane << 16 | last));
    for (std::uint32_t point = 0xfff9; point <= 0xffff; ++point)
        specials.push_back(utf8_from(point));
    std::vector<std::string> halves =
        all_of_hex({"eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf"});
    std::vector<std::string> pairs;
    for (int high = 0; high < 4; ++high)
        for (const int low : {4, 6})
            pairs.push_back(halves[static_cast<std::size_t>(high)] + halves[static_cast<std::size_t>(low)]);
    return {
        {5,
         {"hello$world", "hello\xc2\xa2world", "hello\xe2\x82\xacworld", "hello\xf0\xa4\xad\xa2world", kosme},
         {}},
        {7, all_of_hex({"00", "c280", "e0a080", "f0908080"}), {}},
        {8, {}, all_of_hex({"f888808080", "fc8480808080"})},
        {9, all_of_hex({"7f", "dfbf", "efbfbf", "f48fbfbf"}), {}},
        {10, {}, all_of_hex({"f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"})},
        {11, all_of_hex({"ed9fbf", "ee8080", "efbfbd", "f48fbfbf"}), {too_high}},
        {12, {}, unexpected},
        {13,
         {},
         {lonely(0xc0, 0xdf), lonely(0xe0, 0xef), lonely(0xf0, 0xf7), lonely(0xf8, 0xfb),
          lonely(0xfc, 0xfd)}},
        {14, {}, cut},
        {15, {}, {incomplete}},
        {16, {}, all_of_hex({"fe", "ff", "fefeffff"})},
        {17, {}, all_of_hex({"c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"})},
        {18, {}, all_of_hex({"c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"})},
        {19, {}, all_of_hex({"c080", "e08080", "f0808080", "f880808080", "fc8080808080"})},
        {20, {}, halves},
        {21, {}, pairs},
        {22, no_characters, {}},
        {23, specials, {}},
    };
}

} // namespace

void add_utf8_cases(std::vector<conformance_case>& to)
{
    const auto number = [](int family, std::size_t index) {
        return "6." + std::to_string(family) + "." + std::to_string(index);
    };
    to.push_back(fine("6.1.1", {text("")}, {says("")}));
    to.push_back(fine("6.1.2", {text("", false), more("", false), more("", true)}, {says("")}));
    to.push_back(fine("6.1.3", {text("", false), more("middle", false), more("", true)}, {says("middle")}));
    const std::string hello = "Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4",
                      utf8 = "\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!";
    to.push_back(fine("6.2.1", {text(hello + utf8)}, {says(hello + utf8)}));
    to.push_back(fine("6.2.2", {text(hello, false), more(utf8, true)}, {says(hello + utf8)}));
    to.push_back(fine("6.2.3", in_fragments(text(hello + utf8), 1), {says(hello + utf8)}));
    to.push_back(fine("6.2.4", in_fragments(text(kosme), 1), {says(kosme)}));
    const auto spoilt = kosme + surrogate + edited;
    to.push_back(broken("6.3.1", {text(spoilt)}, 1007));
    to.push_back(broken("6.3.2", in_fragments(text(spoilt), 1), 1007));
    to.back().decided = {kosme.size() + 2, 0};
    // As soon as the bytes cannot be UTF-8 any more, at the end of the message for a lenient one: in frames, then in one frame.
    const auto whole = kosme + too_high + edited;
    for (std::size_t i = 1; i <= 4; ++i) {
        const std::size_t first = kosme.size() + (i % 2 == 1 ? 0 : 1), bad = i % 2 == 1 ? too_high.size() : 1;
        if (i <= 2)
            to.push_back(broken(number(4, i),
                                {text(whole.substr(0, first), false), more(whole.substr(first, bad), false),
                                 more(whole.substr(first + bad), true)},
                                1007));
        else
            to.push_back(broken(number(4, i), {text(whole)}, 1007));
        to.back().level = grade::lenient;
        to.back().decided = i <= 2 ? std::pair<std::size_t, std::size_t>(2, 0)
                                   : std::pair<std::size_t, std::size_t>(0, first + bad);
    }
    // Each beginning of a text, of which only those are UTF-8 that end between two characters.
    for (std::size_t size = 1; size <= kosme.size(); ++size) {
        const auto part = kosme.substr(0, size);
        const bool good = size == 2 || size == 5 || size == 7 || size == 9 || size == 11;
        to.push_back(good ? fine(number(6, size), {text(part)}, {says(part)})
                          : broken(number(6, size), {text(part)}, 1007));
    }
    for (const auto& [family, valid, invalid] : all_texts()) {
        std::size_t index = 0;
        for (const auto& one : valid)
            to.push_back(fine(number(family, ++index), {text(one)}, {says(one)}));
        for (const auto& one : invalid)
            to.push_back(broken(number(family, ++index), {text(one)}, 1007));
    }
}

} // namespace support
