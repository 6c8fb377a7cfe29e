// Bodies of line.hpp.
#pragma once

#include <fullon_log/impl/line.hpp>
#include <fullon_log/impl/text.hpp>

#include <cmath>
#include <iterator>

namespace fullon_log::detail {
namespace {

constexpr std::size_t longest_text = 8192;

void append(line_buffer& out, std::string_view text)
{
    out.append(text.data(), text.data() + text.size());
}

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

// Whether text stands without quotes in `key=value`, and can be told from its neighbours.
bool is_bare(std::string_view text) noexcept
{
    for (const char c : text)
        if (c == ' ' || c == '=' || (static_cast<unsigned char>(c) < 0x80 && !is_plain(c)))
            return false;
    return !text.empty();
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

void append_key(line_buffer& out, format look, std::string_view key)
{
    if (look == format::json) {
        out.push_back('"');
        append_escaped(out, key, escaping::json);
        // An object must not hold a name twice.
        if (key == "timestamp" || key == "level" || key == "component" || key == "message")
            out.push_back('_');
        append(out, "\":");
        return;
    }
    const bool bare = is_bare(key);
    if (!bare)
        out.push_back('"');
    append_escaped(out, key, bare ? escaping::message : escaping::quoted);
    append(out, bare ? "=" : "\"=");
}

void append_text_value(line_buffer& out, format look, std::string_view text)
{
    const bool quotes = look == format::json || !is_bare(text);
    if (quotes)
        out.push_back('"');
    append_escaped(out, text,
                   look == format::json ? escaping::json
                   : quotes             ? escaping::quoted
                                        : escaping::message);
    if (quotes)
        out.push_back('"');
}

void append_value(line_buffer& out, format look, const field& from)
{
    const auto end = std::back_inserter(out);
    if (is_secret(from.key) && from.type != field::kind::null)
        return append_text_value(out, look, "***");
    switch (from.type) {
    case field::kind::null: return append(out, "null");
    case field::kind::boolean: return append(out, from.boolean ? "true" : "false");
    case field::kind::integer: fmt::format_to(end, "{}", from.integer); return;
    case field::kind::natural: fmt::format_to(end, "{}", from.natural); return;
    case field::kind::real:
        if (look == format::json && !std::isfinite(from.real))
            return append(out, "null");
        fmt::format_to(end, "{}", from.real);
        return;
    case field::kind::character: return append_text_value(out, look, {&from.character, 1});
    case field::kind::text: return append_text_value(out, look, from.text);
    }
}

// "2025-11-21 07:08:10.123Z"; ISO 8601 with microseconds for machines.
void append_time(line_buffer& out, format look, std::chrono::system_clock::time_point time)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<microseconds>(time - day));
    const auto end = std::back_inserter(out);
    fmt::format_to(end, "{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}.", static_cast<int>(date.year()),
                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                   look == format::json ? 'T' : ' ', clock.hours().count(), clock.minutes().count(),
                   clock.seconds().count());
    if (look == format::json)
        fmt::format_to(end, "{:06}Z", clock.subseconds().count());
    else
        fmt::format_to(end, "{:03}Z", clock.subseconds().count() / 1000);
}

std::string_view color_of(level severity) noexcept
{
    switch (severity) {
    case level::debug: return "\x1b[36m";
    case level::info: return "\x1b[32m";
    case level::warning: return "\x1b[33m";
    case level::error: return "\x1b[31m";
    default: return "\x1b[1;31m";
    }
}

void append_level(line_buffer& out, bool colors, level severity)
{
    if (colors)
        append(out, color_of(severity));
    fmt::format_to(std::back_inserter(out), "{:<8}", to_text(severity));
    if (colors)
        append(out, "\x1b[0m");
}

} // namespace

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

void append_payload(line_buffer& out, format look, std::string_view message,
                    std::initializer_list<field> fields)
{
    if (look == format::json) {
        append(out, "\"message\":\"");
        append_escaped(out, message, escaping::json);
        out.push_back('"');
    } else {
        append_escaped(out, message, escaping::message);
    }
    for (const field& each : fields) {
        out.push_back(look == format::json ? ',' : ' ');
        append_key(out, look, each.key);
        append_value(out, look, each);
    }
}

void append_line(line_buffer& out, format look, bool colors, std::chrono::system_clock::time_point time,
                 level severity, std::string_view component, std::string_view payload)
{
    switch (look) {
    case format::json:
        append(out, "{\"timestamp\":\"");
        append_time(out, look, time);
        append(out, "\",\"level\":\"");
        append(out, to_text(severity));
        append(out, "\",\"component\":\"");
        append_escaped(out, component, escaping::json);
        append(out, "\",");
        append(out, payload);
        append(out, "}\n");
        return;
    case format::minimal:
        append_level(out, colors, severity);
        out.push_back(' ');
        append_escaped(out, component, escaping::message);
        append(out, ": ");
        break;
    case format::beautiful: {
        append_time(out, look, time);
        append(out, " | ");
        append_level(out, colors, severity);
        append(out, " | ");
        const auto before = out.size();
        append_escaped(out, component, escaping::message);
        constexpr std::size_t column = 26; // the longest of the usual components
        for (auto width = out.size() - before; width < column; ++width)
            out.push_back(' ');
        append(out, " | ");
        break;
    }
    }
    append(out, payload);
    out.push_back('\n');
}

} // namespace fullon_log::detail
