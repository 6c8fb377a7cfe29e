// Types as the codec sees them.
#pragma once

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fullon_orm {

template <class T>
concept described = boost::describe::has_describe_members<T>::value;

/// Public members, those of bases first.
template <described T>
using members_of =
    boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_variant = false;
template <class... Ts>
inline constexpr bool is_variant<std::variant<Ts...>> = true;

template <class T>
inline constexpr bool is_list = false;
template <class T, class Allocator>
inline constexpr bool is_list<std::vector<T, Allocator>> = true;

template <class T>
inline constexpr bool is_text_map = false;
template <class T, class Compare, class Allocator>
inline constexpr bool is_text_map<std::map<std::string, T, Compare, Allocator>> = true;

/// Members of these names are times: their text may be ISO 8601.
constexpr bool is_time_name(std::string_view name) noexcept
{
    return name == "time" || name == "timestamp" || name == "date" || name == "created_at" ||
           name == "updated_at" || name == "heartbeat";
}

template <class>
inline constexpr bool unsupported = false;

} // namespace fullon_orm
