// What the values of parameters must be beyond their type, in words and as checks.
#pragma once

#include <fullon_cache_api/detail/wire/param_bounds.hpp>
#include <fullon_cache_api/detail/wire/param_types.hpp>

#include <fullon_orm/id.hpp>
#include <fullon_orm/number_text.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace fullon_cache_api::protocol::detail {

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

/// Of texts by their name; of an id only where the params struct says so by a `rule_of(member)` of its own, since an id
/// may name an account.
template <class Params, class T>
constexpr text_rule rule_of(std::string_view member)
{
    if constexpr (requires { Params::rule_of(member); })
        return Params::rule_of(member);
    else if constexpr (is_a<T, std::string> || is_a<T, std::vector<std::string>>)
        return key_part_rule(member);
    else
        return {};
}

/// What a text has that the rule does not allow, in words; empty: nothing.
inline std::string rule_problem(const text_rule& rule, std::string_view text)
{
    for (const char sign : rule.without)
        if (text.find(sign) != std::string_view::npos)
            return std::string("must not contain '") + sign + "'";
    if (rule.beyond_slashes && text.find_first_not_of('/') == std::string_view::npos)
        return "must be more than '/'";
    return {};
}

template <class T>
std::string rule_problem_in(const text_rule& rule, const T& value)
{
    if constexpr (is_optional<T>) {
        return value ? rule_problem_in(rule, *value) : std::string();
    } else if constexpr (is_vector<T>) {
        for (const auto& one : value)
            if (auto problem = rule_problem_in(rule, one); !problem.empty())
                return problem;
        return {};
    } else if constexpr (std::is_same_v<T, std::string>) {
        return rule_problem(rule, value);
    } else if constexpr (std::is_same_v<T, fullon_orm::stored_id>) {
        const auto* text = std::get_if<std::string>(&value);
        return text ? rule_problem(rule, *text) : std::string();
    } else {
        return {};
    }
}

/// What is wrong with a value of the right type, naming its parameter; empty: nothing.
template <class Params, class T>
std::string rule_problem_of(std::string_view member, const T& value)
{
    const auto rule = rule_of<Params, T>(member);
    const auto problem = rule.holds_any() ? rule_problem_in(rule, value) : std::string();
    return problem.empty() ? problem : std::string(member) + ": " + problem;
}

/// The rule as a pattern of JSON Schema.
inline std::string pattern_of(const text_rule& rule)
{
    return rule.beyond_slashes ? "[^/]" : "^[^" + std::string(rule.without) + "]+$";
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

} // namespace fullon_cache_api::protocol::detail
