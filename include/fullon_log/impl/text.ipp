// Bodies of text.hpp.
#pragma once

#include <fullon_log/text.hpp>

#include <cstddef>

namespace fullon_log {
namespace {

char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool contains_ignoring_case(std::string_view text, std::string_view word) noexcept
{
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at)
        if (equal_ignoring_case(text.substr(at, word.size()), word))
            return true;
    return false;
}

} // namespace

bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept
{
    if (left.size() != right.size())
        return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (lower(left[i]) != lower(right[i]))
            return false;
    return true;
}

std::string_view trim(std::string_view text) noexcept
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_secret(std::string_view name) noexcept
{
    return contains_ignoring_case(name, "password") || contains_ignoring_case(name, "token") ||
           contains_ignoring_case(name, "secret");
}

} // namespace fullon_log
