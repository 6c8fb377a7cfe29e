// JSON text, written piece by piece into a string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fullon_orm {

enum class json_style : std::uint8_t {
    redis, ///< as Python's json.dumps writes: `", "` and `": "`, non-ASCII as \uXXXX
    wire   ///< compact, raw UTF-8
};

/// Appends `text` as a JSON string, quotes included. Bytes that are no UTF-8 become U+FFFD.
void append_string(std::string& out, std::string_view text, json_style style);

/// Whether all of it is UTF-8: else it would be another text when it is read back.
bool is_utf8(std::string_view text) noexcept;

/// What stands between two members or elements, and between a member's name and its value.
constexpr std::string_view separator(json_style style) noexcept
{
    return style == json_style::redis ? ", " : ",";
}
constexpr std::string_view colon(json_style style) noexcept
{
    return style == json_style::redis ? ": " : ":";
}

} // namespace fullon_orm
