// Bodies of level.hpp.
#pragma once

#include <fullon_log/level.hpp>
#include <fullon_log/text.hpp>

namespace fullon_log {

std::string_view to_text(level value) noexcept
{
    switch (value) {
    case level::debug: return "DEBUG";
    case level::info: return "INFO";
    case level::warning: return "WARNING";
    case level::error: return "ERROR";
    case level::critical: return "CRITICAL";
    case level::off: break;
    }
    return "OFF";
}

std::optional<level> parse_level(std::string_view text) noexcept
{
    for (const auto value :
         {level::debug, level::info, level::warning, level::error, level::critical, level::off})
        if (equal_ignoring_case(text, to_text(value)))
            return value;
    return std::nullopt;
}

} // namespace fullon_log
