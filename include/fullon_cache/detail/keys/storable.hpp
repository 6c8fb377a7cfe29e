// What a caller passes in to be stored: whether it could be read back as it was. Sans-io.
#pragma once

#include <fullon_cache/detail/keys/arguments.hpp>

#include <fullon_orm/described.hpp>
#include <fullon_orm/id.hpp>

#include <boost/json/fwd.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace fullon_cache::detail {

/// Refuses free JSON that would be unreadable, or another value, when it is read back: nesting deeper than
/// `fullon_orm::stored_depth`, numbers that are not finite, text that is no UTF-8.
/// \param name  of the parameter \param above how many levels of the stored document stand around the value
/// \throws cache_error invalid_argument naming the place, such as `params.limits[2]`
void require_storable(const boost::json::value& value, std::string_view name, std::size_t above = 0);
void require_storable(const boost::json::object& value, std::string_view name, std::size_t above = 0);

/// \throws cache_error invalid_argument
void require_utf8(std::string_view text, std::string_view name);

/// The same of a model: its numbers are finite (JSON would have null in the place of others), its texts UTF-8.
/// \throws cache_error invalid_argument naming the member
template <fullon_orm::described T>
void require_storable_members(const T& value)
{
    boost::mp11::mp_for_each<fullon_orm::members_of<T>>([&](auto member) {
        const auto& one = value.*member.pointer;
        const char* const name = decltype(member)::name;
        using type = std::remove_cvref_t<decltype(one)>;
        if constexpr (std::same_as<type, double>)
            require_finite(one, name);
        else if constexpr (std::same_as<type, std::optional<double>>)
            require_finite(one.value_or(0), name);
        else if constexpr (std::same_as<type, std::string>)
            require_utf8(one, name);
        else if constexpr (std::same_as<type, std::optional<std::string>>)
            require_utf8(one ? std::string_view(*one) : std::string_view(), name);
        else if constexpr (std::same_as<type, std::optional<fullon_orm::stored_id>>) {
            if (const auto* const text = one ? std::get_if<std::string>(&*one) : nullptr)
                require_utf8(*text, name);
        }
    });
}

} // namespace fullon_cache::detail
