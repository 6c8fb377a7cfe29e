// Numbers as text, in the form of Python's repr(): for Redis and for the wire.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// Appends `value` as the shortest text that reads back as the same double: `50000.0`, `1e-07`, `1e+22`,
/// `-0.0`. It has an exponent below 1e-4 and from 1e16 on. What is not finite has no JSON form and becomes
/// `null`.
void append_number(std::string& out, double value);

/// Appends the digits of an integer.
void append_number(std::string& out, std::int64_t value);
/// Appends the digits of an integer.
void append_number(std::string& out, std::uint64_t value);

/// Appends the digits of any other integer type.
template <std::integral Integer>
    requires(!std::same_as<Integer, bool>)
void append_number(std::string& out, Integer value)
{
    if constexpr (std::signed_integral<Integer>)
        append_number(out, static_cast<std::int64_t>(value));
    else
        append_number(out, static_cast<std::uint64_t>(value));
}

/// Parses a decimal number. All of `text` must be one; surrounding white space and a leading '+' are allowed.
/// Empty for everything else, also for NaN, infinity, what is out of a double's range, hexadecimal, and
/// `1_000`.
std::optional<double> parse_number(std::string_view text);

} // namespace fullon_orm
