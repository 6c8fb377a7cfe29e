// How often Redis has executed each command, by its own count.
#pragma once

#include "support/redis_cli.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace support {

/// By command, in lower case; `config|get` for subcommands. What a watchdog and who looks do is left out: PING, ROLE, INFO.
using command_counts = std::map<std::string, long>;

inline command_counts commands_of(redis_cli& cli)
{
    constexpr std::size_t prefix = 8; // cmdstat_
    command_counts counts;
    const auto text = cli("INFO", "commandstats").text;
    for (auto at = text.find("cmdstat_"); at != std::string::npos; at = text.find("cmdstat_", at + 1)) {
        const auto colon = text.find(':', at);
        counts[text.substr(at + prefix, colon - at - prefix)] =
            std::stol(text.substr(text.find("calls=", at) + 6));
    }
    counts.erase("ping");
    counts.erase("role");
    counts.erase("info");
    return counts;
}

/// What was executed in between; nothing for what was not.
inline command_counts difference(command_counts after, const command_counts& before)
{
    for (const auto& [name, calls] : before)
        after[name] -= calls;
    std::erase_if(after, [](const auto& one) { return one.second == 0; });
    return after;
}

inline std::string to_text(const command_counts& counts)
{
    std::string text;
    for (const auto& [name, calls] : counts)
        text.append(text.empty() ? "" : ", ").append(name).append(" ").append(std::to_string(calls));
    return text;
}

} // namespace support
