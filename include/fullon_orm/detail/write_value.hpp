// Writing described structs and what may stand in them.
#pragma once

#include <fullon_orm/as_list.hpp>
#include <fullon_orm/described.hpp>
#include <fullon_orm/detail/iso_times.hpp>
#include <fullon_orm/id.hpp>
#include <fullon_orm/json_values.hpp>
#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/number_text.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <optional>
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

/// The value of one member of `Owner`.
template <class Owner, class Member, class T>
void write_member(std::string& out, const T& value, json_style style)
{
    if constexpr (stores_iso_times<Owner> && is_time_name(Member::name) &&
                  std::same_as<T, std::optional<double>>) {
        if (style == json_style::redis)
            return write_iso_time(out, value);
    }
    write_value(out, value, style);
}

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
        write_member<T, member_type>(out, value.*member.pointer, style);
    });
}

template <described T>
void write_as_list(std::string& out, const T& value, json_style style)
{
    out.push_back('[');
    bool first = true;
    boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
        if (!std::exchange(first, false))
            out.append(separator(style));
        write_value(out, value.*member.pointer, style);
    });
    out.push_back(']');
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
        write_id(out, value, style);
    else if constexpr (is_variant<T>)
        std::visit([&](const auto& one) { write_value(out, one, style); }, value);
    else if constexpr (std::same_as<T, boost::json::value> || std::same_as<T, boost::json::object>)
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
    } else if constexpr (stands_as_list<T>)
        write_as_list(out, value, style);
    else if constexpr (described<T>) {
        out.push_back('{');
        write_described_members(out, value, style);
        out.push_back('}');
    } else
        static_assert(unsupported<T>, "the codec does not know this type");
}

/// Whether a member has something to say.
template <class T>
bool is_given(const T& value)
{
    if constexpr (std::same_as<T, std::optional<double>>)
        return value && std::isfinite(*value); // there is no JSON for anything else
    else if constexpr (is_optional<T>)
        return value.has_value();
    else if constexpr (requires { value.empty(); })
        return !value.empty();
    else
        return true;
}

/// Appends the members that are not known.
template <class Known>
void write_other_members(std::string& out, const boost::json::object& from, Known is_known)
{
    for (const auto& [key, value] : from) {
        const std::string_view name(key.data(), key.size());
        if (is_known(name))
            continue;
        out.append(separator(json_style::redis));
        append_string(out, name, json_style::redis);
        out.append(colon(json_style::redis));
        write_tree(out, value, json_style::redis);
    }
}

/// `stored` with what `value` has to say in its place.
template <described T>
void merge_described(std::string& out, const boost::json::object& stored, const T& value)
{
    out.push_back('{');
    bool first = true;
    std::size_t known = 0;
    boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
        using member_type = decltype(member);
        append_key<member_type, json_style::redis>(out, std::exchange(first, false));
        const auto* const before = stored.if_contains(member_type::name);
        known += before ? 1 : 0;
        if (const auto& ours = value.*member.pointer; is_given(ours) || !before)
            write_member<T, member_type>(out, ours, json_style::redis);
        else
            write_tree(out, *before, json_style::redis);
    });
    if (known < stored.size())
        write_other_members(out, stored, [](std::string_view name) {
            bool is_known = false;
            boost::mp11::mp_for_each<members_of<T>>(
                [&](auto member) { is_known = is_known || name == decltype(member)::name; });
            return is_known;
        });
    out.push_back('}');
}

} // namespace fullon_orm::detail
