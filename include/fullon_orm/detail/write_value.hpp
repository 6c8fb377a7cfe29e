// Writing described structs and what may stand in them.
#pragma once

#include <fullon_orm/detail/described.hpp>
#include <fullon_orm/detail/json_values.hpp>
#include <fullon_orm/id.hpp>
#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/number_text.hpp>

#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace fullon_orm::detail {

/// `, "name": ` of a member, made at compile time: one append per member.
template <class Member, json_style Style>
constexpr auto make_key_text()
{
    constexpr std::string_view name = Member::name;
    constexpr std::string_view before = separator(Style);
    constexpr std::string_view after = colon(Style);
    std::array<char, before.size() + name.size() + after.size() + 2> text{};
    auto at = std::copy(before.begin(), before.end(), text.begin());
    *at++ = '"';
    at = std::copy(name.begin(), name.end(), at);
    *at++ = '"';
    std::copy(after.begin(), after.end(), at);
    return text;
}
template <class Member, json_style Style>
inline constexpr auto key_text = make_key_text<Member, Style>();

template <class Member, json_style Style>
void append_key(std::string& out, bool first)
{
    constexpr auto& text = key_text<Member, Style>;
    const std::size_t skipped = first ? separator(Style).size() : 0;
    out.append(text.data() + skipped, text.size() - skipped);
}

template <class T>
void write_value(std::string& out, const T& value, json_style style);

template <described T>
void write_described_members(std::string& out, const T& value, json_style style)
{
    bool first = true;
    boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
        using member_type = decltype(member);
        if (style == json_style::wire)
            append_key<member_type, json_style::wire>(out, first);
        else
            append_key<member_type, json_style::redis>(out, first);
        first = false;
        write_value(out, value.*member.pointer, style);
    });
}

template <class T>
void write_value(std::string& out, const T& value, json_style style)
{
    if constexpr (std::same_as<T, bool>)
        out.append(value ? "true" : "false");
    else if constexpr (std::integral<T> || std::floating_point<T>)
        append_number(out, value);
    else if constexpr (std::convertible_to<const T&, std::string_view>)
        append_string(out, value, style);
    else if constexpr (std::same_as<T, stored_id>)
        std::visit([&](const auto& id) { write_value(out, id, style); }, value);
    else if constexpr (std::same_as<T, boost::json::value>)
        write_tree(out, value, style);
    else if constexpr (is_optional<T>) {
        if (value)
            write_value(out, *value, style);
        else
            out.append("null");
    } else if constexpr (is_list<T>) {
        out.push_back('[');
        bool first = true;
        for (const auto& element : value) {
            if (!std::exchange(first, false))
                out.append(separator(style));
            write_value<typename T::value_type>(out, element, style);
        }
        out.push_back(']');
    } else if constexpr (is_text_map<T>) {
        out.push_back('{');
        bool first = true;
        for (const auto& [name, element] : value) {
            if (!std::exchange(first, false))
                out.append(separator(style));
            append_string(out, name, style);
            out.append(colon(style));
            write_value(out, element, style);
        }
        out.push_back('}');
    } else if constexpr (described<T>) {
        out.push_back('{');
        write_described_members(out, value, style);
        out.push_back('}');
    } else
        static_assert(unsupported<T>, "the codec does not know this type");
}

} // namespace fullon_orm::detail
