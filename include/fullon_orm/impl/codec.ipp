// Bodies of codec.hpp and detail/json_values.hpp.
#pragma once

#include <fullon_orm/big_integer.hpp>
#include <fullon_orm/codec.hpp>
#include <fullon_orm/detail/text.hpp>
#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/json_values.hpp>
#include <fullon_orm/number_text.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace fullon_orm {
namespace {

std::string_view view_of(const boost::json::string& text)
{
    return {text.data(), text.size()};
}

// A text, or the digits of an integer beyond 64 bits.
std::string_view text_in(const boost::json::value& from)
{
    return big_integer(from).value_or(view_of(from.get_string()));
}

// A double that is exactly an integer of this type.
template <class Integer>
std::optional<Integer> whole_number(double value)
{
    // Both bounds are powers of two (or 0), hence exact; the upper one is the first value that does not fit.
    constexpr auto low = static_cast<double>(std::numeric_limits<Integer>::min());
    constexpr auto end = static_cast<double>(std::numeric_limits<Integer>::max() / 2 + 1) * 2;
    if (!(value >= low && value < end) || value != std::trunc(value))
        return std::nullopt;
    return static_cast<Integer>(value);
}

template <class Integer>
std::optional<Integer> integer_of(const boost::json::value& from)
{
    switch (from.kind()) {
    case boost::json::kind::int64: {
        const auto value = from.get_int64();
        return std::in_range<Integer>(value) ? std::optional(static_cast<Integer>(value)) : std::nullopt;
    }
    case boost::json::kind::uint64: {
        const auto value = from.get_uint64();
        return std::in_range<Integer>(value) ? std::optional(static_cast<Integer>(value)) : std::nullopt;
    }
    case boost::json::kind::double_: return whole_number<Integer>(from.get_double());
    case boost::json::kind::string: {
        const auto text = detail::trim(text_in(from));
        Integer value = 0;
        const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (failure == std::errc{} && end == text.data() + text.size())
            return value;
        const auto number = parse_number(text);
        return number ? whole_number<Integer>(*number) : std::nullopt;
    }
    default: return std::nullopt;
    }
}

bool equal_ignoring_case(std::string_view text, std::string_view lower)
{
    if (text.size() != lower.size())
        return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i]) != lower[i])
            return false;
    return true;
}

// NaN and infinities come from services in Python, which write them so: a merge gives them back as they were. For
// clients there is no JSON for them.
void write_double(std::string& out, double value, json_style style)
{
    if (std::isfinite(value) || style == json_style::wire)
        append_number(out, value);
    else if (std::isnan(value))
        out.append("NaN");
    else
        out.append(value < 0 ? "-Infinity" : "Infinity");
}

} // namespace

std::optional<double> number_of(const boost::json::value& from, number_kind kind)
{
    switch (from.kind()) {
    case boost::json::kind::int64: return static_cast<double>(from.get_int64());
    case boost::json::kind::uint64: return static_cast<double>(from.get_uint64());
    case boost::json::kind::double_:
        return std::isfinite(from.get_double()) ? std::optional(from.get_double()) : std::nullopt;
    case boost::json::kind::string: {
        const auto text = text_in(from);
        auto number = parse_number(text);
        if (!number && kind == number_kind::time)
            number = parse_time(text);
        return number;
    }
    default: return std::nullopt;
    }
}

std::optional<std::int64_t> signed_of(const boost::json::value& from)
{
    return integer_of<std::int64_t>(from);
}

std::optional<std::uint64_t> unsigned_of(const boost::json::value& from)
{
    return integer_of<std::uint64_t>(from);
}

std::optional<bool> truth_of(const boost::json::value& from)
{
    if (const auto* truth = from.if_bool())
        return *truth;
    if (const auto* text = from.if_string()) {
        const auto trimmed = detail::trim(view_of(*text));
        if (equal_ignoring_case(trimmed, "true"))
            return true;
        if (equal_ignoring_case(trimmed, "false"))
            return false;
    }
    const auto number = number_of(from, number_kind::plain);
    return number ? std::optional(*number != 0) : std::nullopt;
}

std::optional<std::string> text_of(const boost::json::value& from)
{
    switch (from.kind()) {
    case boost::json::kind::string: return std::string(text_in(from));
    case boost::json::kind::double_:
        if (!std::isfinite(from.get_double()))
            return std::nullopt;
        [[fallthrough]];
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
    case boost::json::kind::bool_: {
        std::optional<std::string> text(std::in_place);
        write_tree(*text, from, json_style::wire);
        return text;
    }
    default: return std::nullopt;
    }
}

std::optional<stored_id> id_of(const boost::json::value& from)
{
    if (from.is_bool())
        return std::nullopt;
    if (const auto* number = from.if_int64())
        return *number;
    // What is no 64-bit integer is kept as text: an id is compared, never calculated with.
    auto text = text_of(from);
    if (!text)
        return std::nullopt;
    const bool is_number = from.is_uint64() || (big_integer(from) && is_integer_text(*text));
    stored_id id = std::move(*text);
    id.number = is_number;
    return id;
}

void drop_non_finite(boost::json::value& value)
{
    if (const auto* number = value.if_double()) {
        if (!std::isfinite(*number))
            value = nullptr;
    } else if (auto* list = value.if_array()) {
        for (auto& element : *list)
            drop_non_finite(element);
    } else if (auto* object = value.if_object())
        drop_non_finite(*object);
}

void drop_non_finite(boost::json::object& value)
{
    for (auto& member : value)
        drop_non_finite(member.value());
}

void write_id(std::string& out, const stored_id& value, json_style style)
{
    const auto* const text = std::get_if<std::string>(&value);
    if (!text)
        append_number(out, std::get<std::int64_t>(value));
    else if (value.number && is_integer_text(*text))
        out.append(*text);
    else
        append_string(out, *text, style);
}

void write_tree(std::string& out, const boost::json::value& value, json_style style)
{
    switch (value.kind()) {
    case boost::json::kind::null: out.append("null"); return;
    case boost::json::kind::bool_: out.append(value.get_bool() ? "true" : "false"); return;
    case boost::json::kind::int64: append_number(out, value.get_int64()); return;
    case boost::json::kind::uint64: append_number(out, value.get_uint64()); return;
    case boost::json::kind::double_: write_double(out, value.get_double(), style); return;
    case boost::json::kind::string:
        if (const auto digits = big_integer(value))
            out.append(*digits);
        else
            append_string(out, view_of(value.get_string()), style);
        return;
    case boost::json::kind::array: {
        out.push_back('[');
        bool first = true;
        for (const auto& element : value.get_array()) {
            if (!std::exchange(first, false))
                out.append(separator(style));
            write_tree(out, element, style);
        }
        out.push_back(']');
        return;
    }
    case boost::json::kind::object: write_tree(out, value.get_object(), style); return;
    }
}

void write_tree(std::string& out, const boost::json::object& value, json_style style)
{
    out.push_back('{');
    bool first = true;
    for (const auto& [name, element] : value) {
        if (!std::exchange(first, false))
            out.append(separator(style));
        append_string(out, {name.data(), name.size()}, style);
        out.append(colon(style));
        write_tree(out, element, style);
    }
    out.push_back('}');
}

void write_iso_time(std::string& out, const std::optional<double>& epoch_seconds)
{
    const std::string text = epoch_seconds ? format_iso(*epoch_seconds) : std::string();
    if (text.empty())
        out.append("null");
    else
        out.append("\"").append(text).append("\"");
}

} // namespace fullon_orm
