// Renders log lines as text: no clock, no file, no spdlog.
#pragma once

#include <fullon_log/configure.hpp>
#include <fullon_log/field.hpp>
#include <fullon_log/impl/line_escape.hpp>

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace fullon_log::detail {

// Around the keys of a `development` payload. The line's outputs differ in their colours, so the payload says
// where they belong; no escaped text holds a control character, so nobody can forge them.
inline constexpr char key_begins = '\x01';
inline constexpr char key_ends = '\x02';

// What stands before the payload.
struct line_head {
    std::chrono::system_clock::time_point time;
    level severity;
    std::string_view component;
    std::uint64_t process = 0; // this and the next: only in `detailed`
    std::uint64_t thread = 0; // the one that logged, not the one that writes
};

// The part of a line that its caller knows: message and fields.
void append_payload(line_buffer& out, format look, std::string_view message, std::span<const field> fields);

// The whole line around a payload of the same look, its end included.
void append_line(line_buffer& out, format look, bool colors, const line_head& head, std::string_view payload);

} // namespace fullon_log::detail
