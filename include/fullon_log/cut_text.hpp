// Texts of others in lines of the log.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fullon_log {

/// `text`; of one that is longer than `longest` its beginning, and how much was cut off: names come from clients, and may
/// be as long as a request.
inline std::string cut_text(std::string_view text, std::size_t longest = 200)
{
    if (text.size() <= longest)
        return std::string(text);
    return std::string(text.substr(0, longest)) + "...(+" + std::to_string(text.size() - longest) + " bytes)";
}

} // namespace fullon_log
