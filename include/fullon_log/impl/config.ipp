// Body of config::from_env.
#pragma once

#include <fullon_log/configure.hpp>
#include <fullon_log/text.hpp>

#include <charconv>
#include <system_error>
#include <utility>

namespace fullon_log {
namespace {

// "7 days": a number of hours, days or weeks.
std::chrono::hours retention_from(const environment& env, std::chrono::hours default_value)
{
    const auto value = env.get("LOG_RETENTION");
    if (!value)
        return default_value;
    const auto text = trim(*value);
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const auto unit = trim(text.substr(static_cast<std::size_t>(end - text.data())));
    constexpr std::pair<const char*, int> units[] = {{"hour", 1},  {"hours", 1},  {"day", 24},
                                                     {"days", 24}, {"week", 168}, {"weeks", 168}};
    if (error == std::errc{} && count >= 1 && count <= 10'000)
        for (const auto& [spelling, hours] : units)
            if (equal_ignoring_case(unit, spelling))
                return std::chrono::hours(count * hours);
    throw configuration_error("LOG_RETENTION", *value,
                              "a number from 1 to 10000 and hours, days or weeks, such as 7 days");
}

format format_from(const environment& env)
{
    const auto name = env.one_of("LOG_FORMAT", "beautiful",
                                 {"beautiful", "minimal", "development", "detailed", "trading", "json"});
    if (name == "minimal")
        return format::minimal;
    if (name == "development")
        return format::development;
    if (name == "detailed")
        return format::detailed;
    if (name == "trading")
        return format::trading;
    return name == "json" ? format::json : format::beautiful;
}

} // namespace

config config::from_env(const environment& env)
{
    config result;
    result.level =
        parse_level(env.one_of("LOG_LEVEL", "INFO", {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}))
            .value();
    result.format = format_from(env);
    result.console = env.boolean("LOG_CONSOLE", result.console);
    result.colors = env.boolean("LOG_COLORS", result.colors);
    if (const auto file = env.get("LOG_FILE_PATH"))
        result.file = *file;
    else if (const auto folder = env.get("FULLON_CACHE_LOG_DIR"))
        result.file = std::filesystem::path(*folder) / "fullon_cache.log";
    result.rotation_bytes = env.bytes("LOG_ROTATION", result.rotation_bytes);
    result.retention = retention_from(env, result.retention);
    return result;
}

} // namespace fullon_log
