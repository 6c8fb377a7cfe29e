// Bodies of json_writer.hpp.
#pragma once

#include <fullon_orm/json_writer.hpp>

#include <array>
#include <cstddef>

namespace fullon_orm {
namespace {

constexpr char32_t replacement_character = 0xFFFD;

// How a byte stands in a JSON string: as itself, after a backslash (then what follows it), as \u00XX, or as part
// of something longer than ASCII.
enum : char { plain_byte = 0, unicode_escape = 'u', beyond_ascii = 'x' };

constexpr std::array<char, 256> make_byte_classes(bool ascii_only)
{
    std::array<char, 256> classes{};
    for (std::size_t c = 0; c < 0x20; ++c)
        classes[c] = unicode_escape;
    for (std::size_t c = 0x80; c < 0x100; ++c)
        classes[c] = beyond_ascii;
    if (ascii_only)
        classes[0x7F] = unicode_escape;
    classes['"'] = '"';
    classes['\\'] = '\\';
    classes['\b'] = 'b';
    classes['\f'] = 'f';
    classes['\n'] = 'n';
    classes['\r'] = 'r';
    classes['\t'] = 't';
    return classes;
}

constexpr auto wire_byte_classes = make_byte_classes(false);
constexpr auto redis_byte_classes = make_byte_classes(true);

struct decoded_character {
    char32_t code = replacement_character;
    std::size_t size = 1; // bytes that it takes, valid or not
    bool valid = false;
};

// The character that `text` begins with, which is none of ASCII. What is invalid ends before the first byte that
// cannot continue it, so that nothing readable is swallowed.
decoded_character decode_utf8(std::string_view text)
{
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    std::size_t size = 0;
    char32_t code = 0;
    // Bounds of the second byte: they exclude overlong forms, surrogates and what is above U+10FFFF.
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        size = 2;
        code = lead & 0x1FU;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        size = 3;
        code = lead & 0x0FU;
        if (lead == 0xE0)
            low = 0xA0;
        else if (lead == 0xED)
            high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        size = 4;
        code = lead & 0x07U;
        if (lead == 0xF0)
            low = 0x90;
        else if (lead == 0xF4)
            high = 0x8F;
    } else
        return {};
    for (std::size_t i = 1; i < size; ++i) {
        if (i >= text.size() || byte(i) < low || byte(i) > high)
            return {.code = replacement_character, .size = i, .valid = false};
        code = code << 6U | (byte(i) & 0x3FU);
        low = 0x80;
        high = 0xBF;
    }
    return {.code = code, .size = size, .valid = true};
}

void append_unicode_escape(std::string& out, char32_t unit)
{
    constexpr std::string_view hex = "0123456789abcdef";
    const char text[] = {
        '\\', 'u', hex[unit >> 12U & 0xFU], hex[unit >> 8U & 0xFU], hex[unit >> 4U & 0xFU], hex[unit & 0xFU]};
    out.append(text, sizeof text);
}

} // namespace

bool is_utf8(std::string_view text) noexcept
{
    while (!text.empty()) {
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            text.remove_prefix(1);
            continue;
        }
        const auto found = decode_utf8(text);
        if (!found.valid)
            return false;
        text.remove_prefix(found.size);
    }
    return true;
}

void append_string(std::string& out, std::string_view text, json_style style)
{
    const auto& classes = style == json_style::wire ? wire_byte_classes : redis_byte_classes;
    out.push_back('"');
    while (true) {
        std::size_t run = 0;
        while (run < text.size() && classes[static_cast<unsigned char>(text[run])] == plain_byte)
            ++run;
        out.append(text.substr(0, run));
        if (run == text.size())
            break;
        text.remove_prefix(run);
        const char kind = classes[static_cast<unsigned char>(text.front())];
        std::size_t used = 1;
        if (kind == beyond_ascii) {
            const auto found = decode_utf8(text);
            used = found.size;
            if (style == json_style::wire)
                out.append(found.valid ? text.substr(0, used) : "\xEF\xBF\xBD");
            else if (found.code < 0x10000)
                append_unicode_escape(out, found.code);
            else {
                append_unicode_escape(out, 0xD800 + ((found.code - 0x10000) >> 10U));
                append_unicode_escape(out, 0xDC00 + ((found.code - 0x10000) & 0x3FFU));
            }
        } else if (kind == unicode_escape)
            append_unicode_escape(out, static_cast<unsigned char>(text.front()));
        else {
            out.push_back('\\');
            out.push_back(kind);
        }
        text.remove_prefix(used);
    }
    out.push_back('"');
}

} // namespace fullon_orm
