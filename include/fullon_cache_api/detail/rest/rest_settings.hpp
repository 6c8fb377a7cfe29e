// What servers and gateways read of their settings. Included by impl files only.
#pragma once

#include <fullon_log/configuration_error.hpp>
#include <fullon_log/environment.hpp>
#include <fullon_log/logger.hpp>
#include <fullon_log/text.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api::detail {

/// Reads a list that is separated by commas or blanks.
inline std::vector<std::string> words_of(std::string_view text)
{
    constexpr std::string_view separators = ", \t\r\n";
    std::vector<std::string> words;
    for (auto begin = text.find_first_not_of(separators); begin != std::string_view::npos;) {
        const auto end = std::min(text.find_first_of(separators, begin), text.size());
        words.emplace_back(text.substr(begin, end - begin));
        begin = text.find_first_not_of(separators, end);
    }
    return words;
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
        throw fullon_log::configuration_error("FULLON_CACHE_API_PREFIX", path,
                                              "a path such as /api/v1/cache");
    if (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    return path;
}

/// What takes the place of a variable that belongs to the Python services, which may share the `.env`.
struct renamed_variable {
    const char* not_read;
    const char* instead;
};

inline constexpr renamed_variable renamed_prefix{"API_PREFIX", "FULLON_CACHE_API_PREFIX"};
inline constexpr renamed_variable renamed_connections{"MAX_CONNECTIONS", "WEBSOCKET_MAX_CONNECTIONS"};

inline void note_if_set(const fullon_log::environment& env, const renamed_variable& one,
                        std::vector<std::string>& ignored)
{
    if (env.get(one.not_read))
        ignored.emplace_back(one.not_read);
}

inline void warn_of_ignored(const fullon_log::logger& log, const std::vector<std::string>& ignored)
{
    for (const auto& name : ignored)
        for (const auto& one : {renamed_prefix, renamed_connections})
            if (name == one.not_read)
                log.warning("variable of other services is ignored",
                            {{"variable", one.not_read}, {"instead", one.instead}});
}

} // namespace fullon_cache_api::detail
