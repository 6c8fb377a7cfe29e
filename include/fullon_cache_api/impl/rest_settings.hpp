// What servers and gateways read of their settings. Included by impl files only.
#pragma once

#include <fullon_log/configuration_error.hpp>
#include <fullon_log/impl/text.hpp>

#include <algorithm>
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
        const auto one = fullon_log::detail::trim(text.substr(0, comma));
        if (!one.empty())
            origins.emplace_back(one);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return origins;
}

/// The path that the routes stand under, without a "/" at its end. \throws configuration_error
inline std::string checked_prefix(std::string path)
{
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
               c == '-' || c == '_' || c == '.' || c == '~';
    };
    if (!path.starts_with('/') || path.find("//") != std::string::npos ||
        !std::all_of(path.begin(), path.end(), plain))
        throw fullon_log::configuration_error("API_PREFIX", path, "a path such as /api/v1/cache");
    if (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    return path;
}

} // namespace fullon_cache_api::detail
