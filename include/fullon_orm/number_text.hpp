// Numbers as text, in the form Python's repr() gives them: used for Redis and for the wire.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// Appends `value` as the shortest text that reads back as the same double: `50000.0`, `1e-07`, `1e+22`, `-0.0`
/// (an exponent below 1e-4 and from 1e16 on). What is not finite has no JSON form and becomes `null`.
void append_number(std::string& out, double value);

void append_number(std::string& out, std::int64_t value);
void append_number(std::string& out, std::uint64_t value);

/// Any other integer.
template <std::integral Integer>
    requires(!std::same_as<Integer, bool>)
void append_number(std::string& out, Integer value)
{
    if constexpr (std::signed_integral<Integer>)
        append_number(out, static_cast<std::int64_t>(value));
    else
        append_number(out, static_cast<std::uint64_t>(value));
}

/// The finite decimal number that the whole of `text` is; surrounding white space and a leading '+' are allowed.
/// Empty for everything else: also for NaN, infinity, what is out of a double's range, hexadecimal, `1_000`.
std::optional<double> parse_number(std::string_view text);

} // namespace fullon_orm
