// Reading described structs and what may stand in them.
#pragma once

#include <fullon_orm/as_list.hpp>
#include <fullon_orm/described.hpp>
#include <fullon_orm/id.hpp>
#include <fullon_orm/json_values.hpp>
#include <fullon_orm/read_error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace fullon_orm::detail {

template <described T>
bool read_object(const boost::json::object& from, T& to, read_error& problem);

/// An object, or the list that a model stands as.
template <described T>
bool read_described(const boost::json::value& from, T& to, read_error& problem);

/// What `from` is as a T; empty when it is none. `from` is not null, T neither std::optional nor boost::json::value.
template <class T>
std::optional<T> convert(const boost::json::value& from, number_kind kind, read_error& problem);

/// Reads a list or a map into `to`. \returns false when an element makes the whole unreadable.
template <class T>
bool read_elements(const boost::json::value& from, T& to, number_kind kind, read_error& problem)
{
    if constexpr (is_list<T>) {
        using element = typename T::value_type;
        if (!from.is_array())
            return true;
        for (const auto& one : from.get_array()) {
            if constexpr (is_optional<element>) {
                using inner = typename element::value_type;
                to.push_back(one.is_null() ? element() : convert<inner>(one, kind, problem));
            } else if constexpr (std::same_as<element, boost::json::value>)
                to.push_back(one);
            else if (auto read = one.is_null() ? std::nullopt : convert<element>(one, kind, problem))
                to.push_back(std::move(*read));
            else if constexpr (std::floating_point<element>) {
                // Numbers have their meaning from their place: none can be left out.
                problem = {.fault = read_fault::not_a_number, .member = {}};
                return false;
            }
        }
    } else {
        using element = typename T::mapped_type;
        if (!from.is_object())
            return true;
        for (const auto& [name, one] : from.get_object()) {
            if constexpr (is_optional<element>) {
                using inner = typename element::value_type;
                to.insert_or_assign(std::string(name),
                                    one.is_null() ? element() : convert<inner>(one, kind, problem));
            } else if constexpr (std::same_as<element, boost::json::value>)
                to.insert_or_assign(std::string(name), one);
            else if (auto read = one.is_null() ? std::nullopt : convert<element>(one, kind, problem))
                to.insert_or_assign(std::string(name), std::move(*read));
        }
    }
    return true;
}

template <class T>
std::optional<T> convert(const boost::json::value& from, number_kind kind, read_error& problem)
{
    if constexpr (std::same_as<T, bool>)
        return truth_of(from);
    else if constexpr (std::same_as<T, double>)
        return number_of(from, kind);
    else if constexpr (std::same_as<T, std::string>)
        return text_of(from);
    else if constexpr (std::same_as<T, boost::json::object>) {
        const auto* const object = from.if_object();
        return object ? std::optional(*object) : std::nullopt;
    } else if constexpr (std::same_as<T, stored_id>)
        return id_of(from);
    else if constexpr (std::signed_integral<T>) {
        const auto read = signed_of(from);
        return read && std::in_range<T>(*read) ? std::optional(static_cast<T>(*read)) : std::nullopt;
    } else if constexpr (std::unsigned_integral<T>) {
        const auto read = unsigned_of(from);
        return read && std::in_range<T>(*read) ? std::optional(static_cast<T>(*read)) : std::nullopt;
    } else if constexpr (is_list<T> || is_text_map<T>) {
        std::optional<T> result(std::in_place);
        const bool right_kind = is_list<T> ? from.is_array() : from.is_object();
        if (!right_kind || !read_elements(from, *result, kind, problem))
            result.reset();
        return result;
    } else if constexpr (described<T>) {
        std::optional<T> result(std::in_place);
        if (!read_described(from, *result, problem))
            result.reset();
        return result;
    } else
        static_assert(unsupported<T>, "the codec does not know this type");
}

/// Reads one member; `from` is nullptr when it is absent. \returns false when that makes the whole unreadable.
template <class T>
bool read_member(const boost::json::value* from, T& to, number_kind kind, read_error& problem)
{
    const bool given = from && !from->is_null();
    if constexpr (is_optional<T>) {
        using inner = typename T::value_type;
        if (!given)
            to.reset();
        else if constexpr (std::same_as<inner, boost::json::value>)
            to = *from;
        else
            to = convert<inner>(*from, kind, problem);
    } else if constexpr (std::same_as<T, boost::json::value>) {
        if (from)
            to = *from;
    } else if constexpr (std::same_as<T, boost::json::object>) {
        if (const auto* object = given ? from->if_object() : nullptr) {
            to = *object;
            drop_non_finite(to);
        }
    } else if constexpr (std::floating_point<T>) {
        const auto read = given ? convert<T>(*from, kind, problem) : std::nullopt;
        if (!read) {
            problem = {.fault = given ? read_fault::not_a_number : read_fault::missing, .member = {}};
            return false;
        }
        to = *read;
    } else if constexpr (is_list<T> || is_text_map<T>) {
        if (given) {
            to.clear();
            return read_elements(*from, to, kind, problem);
        }
    } else if constexpr (stands_as_list<T>) {
        auto read = given ? convert<T>(*from, kind, problem) : std::nullopt;
        if (!read) {
            if (!given)
                problem = {.fault = read_fault::missing, .member = {}};
            return false;
        }
        to = std::move(*read);
    } else if constexpr (described<T>) {
        // An absent object is an empty one: whether that will do is for its own members to say.
        if (!given)
            return read_object(boost::json::object(), to, problem);
        auto read = convert<T>(*from, kind, problem);
        if (!read)
            return false;
        to = std::move(*read);
    } else if (given) {
        if (auto read = convert<T>(*from, kind, problem))
            to = std::move(*read);
    }
    return true;
}

/// Reads every member from where `find(its name)` says that it stands.
template <described T, class Find>
bool read_members(T& to, read_error& problem, Find find)
{
    bool readable = true;
    boost::mp11::mp_for_each<members_of<T>>([&](auto member) {
        if (!readable)
            return;
        constexpr std::string_view name = decltype(member)::name;
        constexpr auto kind = is_time_name(name) ? number_kind::time : number_kind::plain;
        if (read_member(find(name), to.*member.pointer, kind, problem))
            return;
        readable = false;
        problem.member = std::string(name) + (problem.member.empty() ? "" : "." + problem.member);
    });
    return readable;
}

template <described T>
bool read_object(const boost::json::object& from, T& to, read_error& problem)
{
    return read_members(to, problem, [&](std::string_view name) { return from.if_contains(name); });
}

template <described T>
bool read_described(const boost::json::value& from, T& to, read_error& problem)
{
    if constexpr (stands_as_list<T>) {
        std::size_t place = 0; // further elements are ignored
        if (const auto* list = from.if_array())
            return read_members(to, problem, [&](std::string_view) { return list->if_contains(place++); });
        problem = {.fault = read_fault::not_a_list, .member = {}};
    } else {
        if (const auto* object = from.if_object())
            return read_object(*object, to, problem);
        problem = {.fault = read_fault::not_an_object, .member = {}};
    }
    return false;
}

} // namespace fullon_orm::detail
