// Bodies of number_text.hpp.
#pragma once

#include <fullon_orm/detail/text.hpp>
#include <fullon_orm/number_text.hpp>

#include <charconv>
#include <cmath>
#include <system_error>

namespace fullon_orm {
namespace {

// Longest text: sign, 17 digits, point, and an exponent or leading zeros.
constexpr std::size_t number_capacity = 32;

template <class Integer>
void append_integer(std::string& out, Integer value)
{
    char text[number_capacity];
    const auto end = std::to_chars(text, text + sizeof text, value);
    out.append(text, end.ptr);
}

// Whole numbers, and those of up to eight decimals and 15 digits in all: nearly all prices and volumes. Different
// decimals of that length are different doubles, so the one found is the shortest. Several times as fast as to_chars.
bool append_short_decimal(std::string& out, double value)
{
    const double size = std::abs(value);
    if (!(size < 1e15) || (value == 0 && std::signbit(value)))
        return false;
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value) {
        append_integer(out, whole);
        out.append(".0");
        return true;
    }
    constexpr std::int64_t scale = 100'000'000;
    if (size < 1e-4 || size >= 1e7)
        return false;
    const auto scaled = static_cast<std::int64_t>(size * scale + 0.5);
    if (static_cast<double>(scaled) / scale != size)
        return false;
    if (value < 0)
        out.push_back('-');
    append_integer(out, scaled / scale);
    char text[] = ".00000000";
    char* end = text + sizeof text - 1;
    auto decimals = static_cast<std::uint32_t>(scaled % scale);
    for (char* at = end; decimals != 0; decimals /= 10)
        *--at = static_cast<char>('0' + decimals % 10);
    while (end[-1] == '0')
        --end;
    out.append(text, end);
    return true;
}

// Shortest digits as d.ddde+xx, then laid out anew: to_chars chooses between the two forms by length, Python by the
// exponent.
void append_shortest(std::string& out, double value)
{
    char text[number_capacity];
    const char* end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    const char* begin = text;
    if (*begin == '-') {
        out.push_back('-');
        ++begin;
    }
    const char* mark = end;
    while (*--mark != 'e') {
    }
    int exponent = 0;
    std::from_chars(mark + (mark[1] == '+' ? 2 : 1), end, exponent);
    if (exponent < -4 || exponent >= 16) {
        out.append(begin, end);
        return;
    }
    char digits[number_capacity];
    std::size_t count = 0;
    for (const char* at = begin; at != mark; ++at)
        if (*at != '.')
            digits[count++] = *at;
    if (exponent < 0) {
        out.append("0.000", static_cast<std::size_t>(1 - exponent));
        out.append(digits, count);
        return;
    }
    const auto before_point = static_cast<std::size_t>(exponent) + 1;
    if (count <= before_point) {
        out.append(digits, count).append(before_point - count, '0').append(".0");
        return;
    }
    out.append(digits, before_point).push_back('.');
    out.append(digits + before_point, count - before_point);
}

} // namespace

void append_number(std::string& out, double value)
{
    if (!std::isfinite(value))
        out.append("null");
    else if (!append_short_decimal(out, value))
        append_shortest(out, value);
}

void append_number(std::string& out, std::int64_t value)
{
    append_integer(out, value);
}

void append_number(std::string& out, std::uint64_t value)
{
    append_integer(out, value);
}

std::optional<double> parse_number(std::string_view text)
{
    text = detail::trim(text);
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
        if (!text.empty() && text.front() == '-')
            return std::nullopt;
    }
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

} // namespace fullon_orm
