// Bodies of line_escape.hpp.
#pragma once

#include <fullon_log/impl/line_escape.hpp>

#include <iterator>

namespace fullon_log::detail {
namespace {

constexpr std::size_t longest_text = 8192;

struct code_point {
    char32_t value = 0;
    std::size_t length = 0; // 0 = not UTF-8
};

// The character at the front of `text`, whose first byte is above 0x7f.
code_point decode(std::string_view text) noexcept
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length)
        return {};
    char32_t value = first & (0xffu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return {};
        value = (value << 6) | (byte(i) & 0x3fu);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (overlong || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return {};
    return {value, length};
}

// C1 controls (terminals obey them), line and paragraph separators, and what turns the writing direction.
bool is_disruptive(char32_t value) noexcept
{
    return (value >= 0x80 && value <= 0x9f) || value == 0x200e || value == 0x200f ||
           (value >= 0x2028 && value <= 0x202e) || (value >= 0x2066 && value <= 0x2069) || value == 0xfeff;
}

bool is_plain(char c) noexcept
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

// One ASCII character that is not plain.
void append_special(line_buffer& out, char c, escaping how)
{
    switch (c) {
    case '"':
    case '\\':
        if (how != escaping::message)
            out.push_back('\\');
        out.push_back(c);
        return;
    case '\n': append(out, "\\n"); return;
    case '\r': append(out, "\\r"); return;
    case '\t': append(out, "\\t"); return;
    default:
        append(out, how == escaping::json ? "\\u00" : "\\x");
        fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned>(c));
    }
}

} // namespace

void append(line_buffer& out, std::string_view text)
{
    out.append(text.data(), text.data() + text.size());
}

bool is_bare(std::string_view text) noexcept
{
    for (const char c : text)
        if (c == ' ' || c == '=' || (static_cast<unsigned char>(c) < 0x80 && !is_plain(c)))
            return false;
    return !text.empty();
}

void append_escaped(line_buffer& out, std::string_view text, escaping how)
{
    std::size_t cut = 0;
    if (text.size() > longest_text) {
        std::size_t keep = longest_text;
        while (keep > longest_text - 3 && (text[keep] & 0xc0) == 0x80)
            --keep; // not inside a character
        cut = text.size() - keep;
        text = text.substr(0, keep);
    }
    while (!text.empty()) {
        std::size_t run = 0;
        while (run < text.size() && is_plain(text[run]))
            ++run;
        append(out, text.substr(0, run));
        text.remove_prefix(run);
        if (text.empty())
            break;

        std::size_t taken = 1;
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            append_special(out, text.front(), how);
        } else if (const auto character = decode(text); character.length == 0) {
            if (how == escaping::json)
                append(out, "\\ufffd");
            else
                fmt::format_to(std::back_inserter(out), "\\x{:02x}",
                               static_cast<unsigned char>(text.front()));
        } else {
            taken = character.length;
            if (is_disruptive(character.value))
                fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(character.value));
            else
                append(out, text.substr(0, taken));
        }
        text.remove_prefix(taken);
    }
    if (cut > 0)
        fmt::format_to(std::back_inserter(out), "...(+{} bytes)", cut);
}

} // namespace fullon_log::detail
