// What INFO answers, taken apart. Sans-io.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace fullon_cache::detail {

/// Lines `name:value`; titles of sections and empty lines are left out.
inline std::map<std::string, std::string> parse_info(std::string_view text)
{
    if (text.starts_with("txt:")) // the mark of a verbatim string
        text.remove_prefix(4);
    std::map<std::string, std::string> result;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (const auto colon = line.find(':'); colon != std::string_view::npos && !line.starts_with('#'))
            result.emplace(line.substr(0, colon), line.substr(colon + 1));
    }
    return result;
}

} // namespace fullon_cache::detail
