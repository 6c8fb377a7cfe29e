// Types that parameters of an operation have: what they must be, and how they are read from JSON.
#pragma once

#include <fullon_orm/big_integer.hpp>
#include <fullon_orm/id.hpp>
#include <fullon_orm/json_values.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace fullon_cache_api::protocol::detail {

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

template <class T>
constexpr bool may_be_absent() noexcept
{
    return is_optional<T>;
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

} // namespace fullon_cache_api::protocol::detail
