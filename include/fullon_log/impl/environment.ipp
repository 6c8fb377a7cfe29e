// Bodies of environment.hpp.
#pragma once

#include <fullon_log/dotenv.hpp>
#include <fullon_log/environment.hpp>
#include <fullon_log/text.hpp>

#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace fullon_log {
namespace {

// The whole of `text` as a number, or nothing.
template <class Number, class... Format>
std::optional<Number> whole_number(std::string_view text, Format... format)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, format...);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

// Enough for any settings; /dev/zero must not fill the memory.
constexpr std::size_t largest_env_file = 1u << 20;

std::string read_env_file(const std::filesystem::path& path, std::string_view named_by)
{
    std::error_code ignored;
    std::ifstream file;
    if (!std::filesystem::is_directory(path, ignored))
        file.open(path, std::ios::binary);
    std::string text(largest_env_file + 1, '\0');
    if (file.is_open())
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad())
        throw configuration_error(named_by, path.string(), "the path of a readable file");
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > largest_env_file)
        throw configuration_error(named_by, path.string(), "a file of at most 1 MiB");
    return text;
}

} // namespace

environment environment::load(std::optional<std::filesystem::path> env_file)
{
    environment result;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            result.variables_.emplace(text.substr(0, equals), text.substr(equals + 1));
    }

    std::string_view named_by = "env_file";
    if (!env_file) {
        std::error_code ignored;
        if (const auto named = result.get("DOTENV_FILE")) {
            env_file = *named;
            named_by = "DOTENV_FILE";
        } else if (std::filesystem::is_regular_file(".env", ignored)) { // a folder .env is a Python one
            env_file = ".env";
            named_by = ".env";
        } else {
            return result;
        }
    }

    auto parsed = parse_dotenv(read_env_file(*env_file, named_by));
    if (parsed.error)
        throw configuration_error::in_file(env_file->string(), parsed.error->line, parsed.error->problem);
    std::map<std::string, std::string> from_file;
    for (auto& entry : parsed.entries)
        from_file[std::move(entry.name)] = std::move(entry.value);
    for (auto& [name, value] : from_file)
        result.variables_.emplace(name, std::move(value));
    return result;
}

environment environment::from(std::map<std::string, std::string> variables)
{
    environment result;
    for (auto& [name, value] : variables)
        result.variables_.emplace(name, std::move(value));
    return result;
}

void environment::set(std::string name, std::string value)
{
    variables_.insert_or_assign(std::move(name), std::move(value));
}

std::optional<std::string> environment::get(std::string_view name) const
{
    const auto found = variables_.find(name);
    if (found == variables_.end() || found->second.empty())
        return std::nullopt;
    return found->second;
}

std::string environment::text(std::string_view name, std::string_view default_value) const
{
    return get(name).value_or(std::string(default_value));
}

std::int64_t environment::integer(std::string_view name, std::int64_t default_value, std::int64_t min,
                                  std::int64_t max) const
{
    const auto value = get(name);
    if (!value)
        return default_value;
    const auto number = whole_number<std::int64_t>(trim(*value));
    if (!number || *number < min || *number > max)
        throw configuration_error(name, *value,
                                  "an integer from " + std::to_string(min) + " to " + std::to_string(max));
    return *number;
}

bool environment::boolean(std::string_view name, bool default_value) const
{
    const auto value = get(name);
    if (!value)
        return default_value;
    const auto word = trim(*value);
    for (const char* yes : {"true", "1", "yes", "on"})
        if (equal_ignoring_case(word, yes))
            return true;
    for (const char* no : {"false", "0", "no", "off"})
        if (equal_ignoring_case(word, no))
            return false;
    throw configuration_error(name, *value, "true, false, 1, 0, yes, no, on or off");
}

std::chrono::milliseconds environment::seconds(std::string_view name,
                                               std::chrono::milliseconds default_value) const
{
    const auto value = get(name);
    if (!value)
        return default_value;
    const auto number = whole_number<double>(trim(*value), std::chars_format::fixed);
    if (!number || !std::isfinite(*number) || *number < 0.001 || *number > 31'536'000)
        throw configuration_error(name, *value, "seconds from 0.001 to 31536000, such as 5 or 0.25");
    return std::chrono::milliseconds(std::llround(*number * 1000));
}

std::uint64_t environment::bytes(std::string_view name, std::uint64_t default_value) const
{
    const auto value = get(name);
    if (!value)
        return default_value;
    const auto text = trim(*value);
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = whole_number<std::uint64_t>(text.substr(0, digits));
    const auto unit = trim(text.substr(digits));

    std::uint64_t factor = unit.empty() ? 1 : 0;
    constexpr std::pair<const char*, std::uint64_t> units[] = {
        {"B", 1},          {"KB", 1'000},     {"MB", 1'000'000}, {"GB", 1'000'000'000},
        {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30},
    };
    for (const auto& [spelling, size] : units)
        if (equal_ignoring_case(unit, spelling))
            factor = size;

    if (!count || *count == 0 || factor == 0 || *count > std::numeric_limits<std::uint64_t>::max() / factor)
        throw configuration_error(
            name, *value, "bytes above 0, such as 65536, 64 KiB or 10 MB (B, KB, MB, GB, KiB, MiB, GiB)");
    return *count * factor;
}

std::string environment::one_of(std::string_view name, std::string_view default_value,
                                std::initializer_list<std::string_view> allowed) const
{
    const auto value = get(name);
    if (!value)
        return std::string(default_value);
    std::string list;
    for (const auto word : allowed) {
        if (equal_ignoring_case(trim(*value), word))
            return std::string(word);
        if (!list.empty())
            list += ", ";
        list += word;
    }
    throw configuration_error(name, *value, "one of " + list);
}

} // namespace fullon_log
