// Parameters of an operation, read from JSON by the description of their struct.
#pragma once

#include <fullon_cache_api/detail/wire/param_bounds.hpp>

#include <fullon_orm/big_integer.hpp>
#include <fullon_orm/id.hpp>
#include <fullon_orm/json_values.hpp>
#include <fullon_orm/number_text.hpp>

#include <boost/describe/members.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace fullon_cache_api::protocol {

namespace detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
/// `T` itself, or an optional one.
template <class Given, class T>
inline constexpr bool is_a = std::is_same_v<Given, T> || std::is_same_v<Given, std::optional<T>>;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_vector<std::optional<std::vector<T>>> = true;

/// What a member must be, in words and as a JSON Schema; how it is read.
template <class T>
struct param_type;

template <>
struct param_type<std::string> {
    static std::string words() { return "a non-empty string"; }
    static boost::json::object schema() { return {{"type", "string"}, {"minLength", 1}}; }
    static bool read(const boost::json::value& from, std::string& to)
    {
        const auto* text = from.if_string();
        if (!text || text->empty() || fullon_orm::big_integer(from))
            return false;
        to.assign(text->data(), text->size());
        return true;
    }
};

template <>
struct param_type<fullon_orm::stored_id> {
    static std::string words() { return "an id: an integer or a non-empty string"; }
    static boost::json::object schema()
    {
        return {{"type", boost::json::array{"integer", "string"}}, {"minLength", 1}};
    }
    static bool read(const boost::json::value& from, fullon_orm::stored_id& to)
    {
        if (const auto* number = from.if_int64()) {
            to = *number;
            return true;
        }
        if (auto digits = fullon_orm::id_of(from); digits && digits->number) {
            to = std::move(*digits);
            return true;
        }
        std::string text;
        const bool readable = param_type<std::string>::read(from, text);
        to = std::move(text);
        return readable;
    }
};

template <>
struct param_type<std::int64_t> {
    static std::string words() { return "an integer"; }
    static boost::json::object schema() { return {{"type", "integer"}}; }
    static bool read(const boost::json::value& from, std::int64_t& to)
    {
        const auto* number = from.if_int64();
        if (number)
            to = *number;
        return number != nullptr;
    }
};

template <>
struct param_type<double> {
    static std::string words() { return "a number"; }
    static boost::json::object schema() { return {{"type", "number"}}; }
    static bool read(const boost::json::value& from, double& to)
    {
        if (!from.is_number() && !fullon_orm::big_integer(from))
            return false;
        const auto number = fullon_orm::number_of(from, fullon_orm::number_kind::plain);
        to = number.value_or(0);
        return number.has_value();
    }
};

template <class T>
struct param_type<std::vector<T>> {
    static std::string words() { return "a non-empty list, each entry " + param_type<T>::words(); }
    static boost::json::object schema()
    {
        return {{"type", "array"}, {"minItems", 1}, {"items", param_type<T>::schema()}};
    }
    static bool read(const boost::json::value& from, std::vector<T>& to)
    {
        const auto* list = from.if_array();
        if (!list || list->empty())
            return false;
        to.clear();
        for (const auto& element : *list)
            if (!param_type<T>::read(element, to.emplace_back()))
                return false;
        return true;
    }
};

template <class T>
struct param_type<std::optional<T>> : param_type<T> {
    static bool read(const boost::json::value& from, std::optional<T>& to)
    {
        return param_type<T>::read(from, to.emplace());
    }
};

template <class Params, class Function>
void for_each_param(Function&& function)
{
    using members = boost::describe::describe_members<Params, boost::describe::mod_public>;
    boost::mp11::mp_for_each<members>(function);
}

template <class T>
constexpr bool may_be_absent() noexcept
{
    return is_optional<T>;
}

template <class Params>
constexpr auto range_of(std::string_view member)
{
    if constexpr (requires { Params::range_of(member); })
        return Params::range_of(member);
    else
        return std::optional<whole_range>();
}

inline std::string range_text(std::int64_t bound)
{
    return std::to_string(bound);
}

inline std::string range_text(double bound)
{
    std::string text;
    fullon_orm::append_number(text, bound);
    return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

template <class Params>
constexpr text_choices values_of(std::string_view member)
{
    if constexpr (requires { Params::values_of(member); })
        return Params::values_of(member);
    else
        return {};
}

template <class Params, class T>
std::string words_of(std::string_view member)
{
    if (const auto values = values_of<Params>(member); !values.empty()) {
        std::string words;
        for (const auto value : values)
            words.append(words.empty() ? "one of " : ", ").append(value);
        return words;
    }
    auto words = param_type<T>::words();
    if (const auto range = range_of<Params>(member))
        words += " from " + range_text(range->least) + " to " + range_text(range->most);
    return words;
}

/// Whether a value of the right type is one of those that the parameter may have.
template <class Params, class T>
bool is_within(std::string_view member, const T& value)
{
    if constexpr (is_a<T, std::int64_t> || is_a<T, double>) {
        const auto number = std::optional(value);
        if (const auto range = range_of<Params>(member); range && number)
            return *number >= range->least && *number <= range->most;
    }
    if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::optional<std::string>>) {
        const std::optional<std::string> text = value;
        if (const auto values = values_of<Params>(member); !values.empty() && text)
            return std::find(values.begin(), values.end(), *text) != values.end();
    }
    return true;
}

/// Reads one parameter. \returns whether it is what it must be.
template <class Params, class T>
bool read_param(std::string_view member, const boost::json::value& from, T& to)
{
    return param_type<T>::read(from, to) && is_within<Params>(member, to);
}

/// Whether a value that does not come from JSON could have.
inline bool is_sound(const std::string& text)
{
    return !text.empty();
}

inline bool is_sound(const fullon_orm::stored_id& id)
{
    const auto* text = std::get_if<std::string>(&id);
    return !text || is_sound(*text);
}

inline bool is_sound(std::int64_t)
{
    return true;
}

inline bool is_sound(double number)
{
    return std::isfinite(number);
}

template <class T>
bool is_sound(const std::vector<T>& list)
{
    return !list.empty() && std::all_of(list.begin(), list.end(), [](const T& one) { return is_sound(one); });
}

template <class T>
bool is_sound(const std::optional<T>& value)
{
    return !value || is_sound(*value);
}

} // namespace detail

/// Reads `params` into `to`. \returns what is wrong, naming the parameter and what it must be; empty = fine.
/// A parameter that the operation does not have is refused: a misspelt `symbols` must not mean "all".
template <class Params>
std::string read_params(const boost::json::object& params, Params& to)
{
    std::string problem;
    std::string known;
    std::size_t used = 0;
    detail::for_each_param<Params>([&](auto member) {
        using type = std::remove_cvref_t<decltype(to.*member.pointer)>;
        known.append(known.empty() ? "" : ", ").append(member.name);
        const auto* found = params.if_contains(member.name);
        used += found ? 1 : 0;
        if (!problem.empty())
            return;
        if (!found || found->is_null()) {
            if (!detail::may_be_absent<type>())
                problem = std::string(member.name) + ": required, must be " +
                          detail::words_of<Params, type>(member.name);
        } else if (!detail::read_param<Params>(member.name, *found, to.*member.pointer))
            problem = std::string(member.name) + ": must be " + detail::words_of<Params, type>(member.name);
    });
    if (!problem.empty() || used == params.size())
        return problem;
    for (const auto& [name, value] : params) {
        bool expected = false;
        detail::for_each_param<Params>([&](auto member) { expected = expected || name == member.name; });
        if (!expected)
            return std::string(name).substr(0, 64) +
                   ": unknown parameter; known are: " + (known.empty() ? "none" : known);
    }
    return problem;
}

/// The same for parameters that were never JSON: what read_params() would say of them.
template <class Params>
std::string check_params(const Params& params)
{
    std::string problem;
    detail::for_each_param<Params>([&](auto member) {
        using type = std::remove_cvref_t<decltype(params.*member.pointer)>;
        const auto& value = params.*member.pointer;
        if (problem.empty() && !(detail::is_sound(value) && detail::is_within<Params>(member.name, value)))
            problem = std::string(member.name) + ": must be " + detail::words_of<Params, type>(member.name);
    });
    return problem;
}

/// JSON Schema of the parameters.
template <class Params>
boost::json::object params_schema()
{
    boost::json::object properties;
    boost::json::array required;
    detail::for_each_param<Params>([&](auto member) {
        using type = std::remove_cvref_t<decltype(std::declval<Params&>().*member.pointer)>;
        auto schema = detail::param_type<type>::schema();
        if (const auto range = detail::range_of<Params>(member.name)) {
            schema["minimum"] = range->least;
            schema["maximum"] = range->most;
        }
        if (const auto values = detail::values_of<Params>(member.name); !values.empty())
            schema["enum"] = boost::json::array(values.begin(), values.end());
        properties[member.name] = std::move(schema);
        if (!detail::may_be_absent<type>())
            required.emplace_back(member.name);
    });
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

} // namespace fullon_cache_api::protocol
