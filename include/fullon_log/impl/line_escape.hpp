// Text that cannot break out of its place in a log line.
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace fullon_log::detail {

// What spdlog calls memory_buf_t.
using line_buffer = fmt::basic_memory_buffer<char, 250>;

enum class escaping {
    message, // control characters, what is not UTF-8, and what moves the text of a terminal line around
    quoted,  // the same, and quote and backslash
    json,    // the same, as JSON wants it
};

// Appends `text` as it stands.
void append(line_buffer& out, std::string_view text);

// Appends `text` so that it can neither end the line nor leave its quotes; above 8 KiB it is cut. What it
// appends holds no control character.
void append_escaped(line_buffer& out, std::string_view text, escaping how);

// Whether text stands without quotes in `key=value`, and can be told from its neighbours.
bool is_bare(std::string_view text) noexcept;

} // namespace fullon_log::detail
