// The types that the codec handles, as traits.
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

/// Types with BOOST_DESCRIBE_STRUCT or BOOST_DESCRIBE_CLASS.
template <class T>
concept described = boost::describe::has_describe_members<T>::value;

/// The descriptors of the public members, those of bases first.
template <described T>
using members_of =
    boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

/// Whether T is a std::optional.
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// Whether T is a std::variant.
template <class T>
inline constexpr bool is_variant = false;
template <class... Ts>
inline constexpr bool is_variant<std::variant<Ts...>> = true;

/// Whether T is a std::vector.
template <class T>
inline constexpr bool is_list = false;
template <class T, class Allocator>
inline constexpr bool is_list<std::vector<T, Allocator>> = true;

/// Whether T is a std::map with std::string keys.
template <class T>
inline constexpr bool is_text_map = false;
template <class T, class Compare, class Allocator>
inline constexpr bool is_text_map<std::map<std::string, T, Compare, Allocator>> = true;

/// Whether a member of this name is a time: epoch seconds, which may be stored as ISO 8601 text.
constexpr bool is_time_name(std::string_view name) noexcept
{
    return name == "time" || name == "timestamp" || name == "date" || name == "created_at" ||
           name == "updated_at" || name == "heartbeat";
}

/// For static_assert in a branch for types that the codec does not support.
template <class>
inline constexpr bool unsupported = false;

} // namespace fullon_orm
