// The list of origins that a server welcomes. Included by impl files only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Reads a list that is separated by commas.
inline std::vector<std::string> origins_of(std::string_view text)
{
    std::vector<std::string> origins;
    while (!text.empty()) {
        const auto comma = text.find(',');
        auto one = text.substr(0, comma);
        while (!one.empty() && one.front() == ' ')
            one.remove_prefix(1);
        while (!one.empty() && one.back() == ' ')
            one.remove_suffix(1);
        if (!one.empty())
            origins.emplace_back(one);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return origins;
}

} // namespace fullon_cache_api::detail
