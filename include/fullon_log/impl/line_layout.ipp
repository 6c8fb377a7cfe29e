// Body of append_line: what stands before the payload in each format.
#pragma once

#include <fullon_log/impl/line.hpp>

#include <iterator>

namespace fullon_log::detail {
namespace {

// What a format shows of the time; always UTC, so that hosts and summers compare.
struct time_style {
    bool date = true;
    char before_clock = ' ';
    bool microseconds = false; // else milliseconds
    bool zone = true;          // ends in Z
};

// "2025-11-21 07:08:10.123Z" and its relatives.
void append_time(line_buffer& out, std::chrono::system_clock::time_point time, time_style style)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const hh_mm_ss clock(floor<microseconds>(time - day));
    const auto end = std::back_inserter(out);
    if (style.date) {
        const year_month_day date(day);
        fmt::format_to(end, "{:04}-{:02}-{:02}{}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       style.before_clock);
    }
    fmt::format_to(end, "{:02}:{:02}:{:02}.", clock.hours().count(), clock.minutes().count(),
                   clock.seconds().count());
    if (style.microseconds)
        fmt::format_to(end, "{:06}", clock.subseconds().count());
    else
        fmt::format_to(end, "{:03}", clock.subseconds().count() / 1000);
    if (style.zone)
        out.push_back('Z');
}

constexpr std::string_view color_ends = "\x1b[0m";
constexpr std::string_view key_color = "\x1b[36m";

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

void append_level(line_buffer& out, bool colors, level severity, std::string_view shown)
{
    if (colors)
        append(out, color_of(severity));
    append(out, shown);
    if (colors)
        append(out, color_ends);
}

// The level in a column.
void append_level(line_buffer& out, bool colors, level severity)
{
    constexpr std::string_view blanks = "        ";
    char column[blanks.size()];
    const auto text = to_text(severity);
    blanks.copy(column, blanks.size());
    text.copy(column, blanks.size());
    append_level(out, colors, severity, {column, blanks.size()});
}

void append_component(line_buffer& out, std::string_view component)
{
    constexpr std::size_t column = 26; // the longest of the usual components
    const auto before = out.size();
    append_escaped(out, component, escaping::message);
    for (auto width = out.size() - before; width < column; ++width)
        out.push_back(' ');
}

// A `development` payload: its marks become colours, or nothing.
void append_marked(line_buffer& out, bool colors, std::string_view payload)
{
    constexpr char marks[] = {key_begins, key_ends};
    while (!payload.empty()) {
        const auto at = payload.find_first_of({marks, sizeof marks});
        append(out, payload.substr(0, at));
        if (at == std::string_view::npos)
            return;
        if (colors)
            append(out, payload[at] == key_begins ? key_color : color_ends);
        payload.remove_prefix(at + 1);
    }
}

} // namespace

void append_line(line_buffer& out, format look, bool colors, const line_head& head, std::string_view payload)
{
    const auto level_text = to_text(head.severity);
    switch (look) {
    case format::json:
        append(out, "{\"timestamp\":\"");
        append_time(out, head.time, {.before_clock = 'T', .microseconds = true});
        append(out, "\",\"level\":\"");
        append(out, level_text);
        append(out, "\",\"component\":\"");
        append_escaped(out, head.component, escaping::json);
        append(out, "\",");
        append(out, payload);
        append(out, "}\n");
        return;
    case format::minimal:
        append_level(out, colors, head.severity);
        out.push_back(' ');
        append_escaped(out, head.component, escaping::message);
        append(out, ": ");
        break;
    case format::development:
        append_time(out, head.time, {.date = false, .zone = false});
        out.push_back(' ');
        append_level(out, colors, head.severity);
        out.push_back(' ');
        append_escaped(out, head.component, escaping::message);
        append(out, ": ");
        append_marked(out, colors, payload);
        out.push_back('\n');
        return;
    case format::trading:
        append_time(out, head.time, {.before_clock = 'T', .microseconds = true});
        out.push_back(' ');
        append_level(out, colors, head.severity, level_text.substr(0, 1));
        out.push_back(' ');
        append_component(out, head.component);
        out.push_back(' ');
        break;
    case format::beautiful:
    case format::detailed:
        append_time(out, head.time, {.microseconds = look == format::detailed});
        append(out, " | ");
        append_level(out, colors, head.severity);
        append(out, " | ");
        if (look == format::detailed)
            fmt::format_to(std::back_inserter(out), "pid={} tid={} | ", head.process, head.thread);
        append_component(out, head.component);
        append(out, " | ");
        break;
    }
    append(out, payload);
    out.push_back('\n');
}

} // namespace fullon_log::detail
