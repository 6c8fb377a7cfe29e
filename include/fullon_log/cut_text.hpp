// cut_text(): bounds foreign texts in log lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fullon_log {

/// Bounds a text for a log line: names come from clients and may be as long as a request.
///
/// \code
/// log.warning("unknown symbol", {{"symbol", cut_text(symbol)}});
/// \endcode
/// \param longest in bytes
/// \returns `text`, or its first `longest` bytes and how much was cut off: `abc...(+1200 bytes)`
inline std::string cut_text(std::string_view text, std::size_t longest = 200)
{
    if (text.size() <= longest)
        return std::string(text);
    return std::string(text.substr(0, longest)) + "...(+" + std::to_string(text.size() - longest) + " bytes)";
}

} // namespace fullon_log
