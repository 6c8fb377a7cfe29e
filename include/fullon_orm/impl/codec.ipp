// Bodies of codec.hpp and detail/json_values.hpp.
#pragma once

#include <fullon_orm/codec.hpp>
#include <fullon_orm/detail/json_values.hpp>
#include <fullon_orm/detail/parse_message.hpp>
#include <fullon_orm/detail/text.hpp>
#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/number_text.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/parse_options.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace fullon_orm {
namespace {

// A template, because Boost.JSON has the option for lone surrogates, which Python writes, since 1.87 only.
template <class Options>
constexpr Options make_parse_options(std::size_t depth)
{
    Options options;
    options.max_depth = depth;
    options.numbers = boost::json::number_precision::precise; // the default does not round-trip
    options.allow_infinity_and_nan = true;
    if constexpr (requires { options.allow_invalid_utf16; })
        options.allow_invalid_utf16 = true;
    return options;
}

constexpr std::size_t stored_depth = 32;

template <std::size_t Depth>
boost::system::result<boost::json::value> parse_to_depth(std::string_view text,
                                                         boost::json::storage_ptr storage)
{
    constexpr auto options = make_parse_options<boost::json::parse_options>(Depth);
    boost::system::error_code failure;
    auto value = boost::json::parse(text, failure, std::move(storage), options);
    if (failure)
        return failure;
    return value;
}

std::string_view view_of(const boost::json::string& text)
{
    return {text.data(), text.size()};
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
        const auto text = detail::trim(view_of(from.get_string()));
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

} // namespace

boost::system::result<boost::json::value> parse_value(std::string_view text, boost::json::storage_ptr storage)
{
    return parse_to_depth<stored_depth>(text, std::move(storage));
}

namespace detail {

boost::system::result<boost::json::value> parse_message(std::string_view text,
                                                        boost::json::storage_ptr storage)
{
    constexpr std::size_t wrapping = 8;
    return parse_to_depth<stored_depth + wrapping>(text, std::move(storage));
}

std::optional<double> number_of(const boost::json::value& from, number_kind kind)
{
    switch (from.kind()) {
    case boost::json::kind::int64: return static_cast<double>(from.get_int64());
    case boost::json::kind::uint64: return static_cast<double>(from.get_uint64());
    case boost::json::kind::double_:
        return std::isfinite(from.get_double()) ? std::optional(from.get_double()) : std::nullopt;
    case boost::json::kind::string: {
        const auto text = view_of(from.get_string());
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
        const auto trimmed = trim(view_of(*text));
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
    case boost::json::kind::string: return std::string(view_of(from.get_string()));
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
    if (auto text = text_of(from))
        return std::move(*text);
    return std::nullopt;
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

void write_tree(std::string& out, const boost::json::value& value, json_style style)
{
    switch (value.kind()) {
    case boost::json::kind::null: out.append("null"); return;
    case boost::json::kind::bool_: out.append(value.get_bool() ? "true" : "false"); return;
    case boost::json::kind::int64: append_number(out, value.get_int64()); return;
    case boost::json::kind::uint64: append_number(out, value.get_uint64()); return;
    case boost::json::kind::double_: append_number(out, value.get_double()); return;
    case boost::json::kind::string: append_string(out, view_of(value.get_string()), style); return;
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

} // namespace detail
} // namespace fullon_orm
