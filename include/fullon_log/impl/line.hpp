// Renders log lines as text: no clock, no file, no spdlog.
#pragma once

#include <fullon_log/configure.hpp>
#include <fullon_log/field.hpp>

#include <fmt/format.h>

#include <chrono>
#include <initializer_list>
#include <string_view>

namespace fullon_log::detail {

// What spdlog calls memory_buf_t.
using line_buffer = fmt::basic_memory_buffer<char, 250>;

enum class escaping {
    message, // control characters, what is not UTF-8, and what moves the text of a terminal line around
    quoted,  // the same, and quote and backslash
    json,    // the same, as JSON wants it
};

// Appends `text` so that it can neither end the line nor leave its quotes; above 8 KiB it is cut.
void append_escaped(line_buffer& out, std::string_view text, escaping how);

// The part of a line that its caller knows: message and fields.
void append_payload(line_buffer& out, format look, std::string_view message,
                    std::initializer_list<field> fields);

// The whole line around a payload, its end included.
void append_line(line_buffer& out, format look, bool colors, std::chrono::system_clock::time_point time,
                 level severity, std::string_view component, std::string_view payload);

} // namespace fullon_log::detail
