// JSON text, written piece by piece to the end of a string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fullon_orm {

/// How JSON text is laid out.
enum class json_style : std::uint8_t {
    redis, ///< what is stored in Redis: as Python's json.dumps, with `", "` and `": "`, non-ASCII as \uXXXX
    wire   ///< what goes over the network: compact, UTF-8 as it is
};

/// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
///
/// \code
/// std::string out = "{";
/// append_string(out, "price", json_style::wire);
/// out.append(colon(json_style::wire));
/// append_number(out, 50000.5); // number_text.hpp
/// out.push_back('}');          // {"price":50000.5}
/// \endcode
void append_string(std::string& out, std::string_view text, json_style style);

/// Whether all of `text` is UTF-8, so that it is the same text when it is read back.
bool is_utf8(std::string_view text) noexcept;

/// What stands between two members or elements.
constexpr std::string_view separator(json_style style) noexcept
{
    return style == json_style::redis ? ", " : ",";
}
/// What stands between a member's name and its value.
constexpr std::string_view colon(json_style style) noexcept
{
    return style == json_style::redis ? ": " : ":";
}

} // namespace fullon_orm
