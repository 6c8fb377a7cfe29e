// Parameters of an operation, read from JSON by the description of their struct.
#pragma once

#include <fullon_cache_api/detail/wire/param_rules.hpp>
#include <fullon_cache_api/detail/wire/param_types.hpp>

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace fullon_cache_api::protocol {

namespace detail {

template <class Params, class Function>
void for_each_param(Function&& function)
{
    using members = boost::describe::describe_members<Params, boost::describe::mod_public>;
    boost::mp11::mp_for_each<members>(function);
}

/// Reads one parameter. \returns whether it is what it must be.
template <class Params, class T>
bool read_param(std::string_view member, const boost::json::value& from, T& to)
{
    return param_type<T>::read(from, to) && is_within<Params>(member, to);
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
        else
            problem = detail::rule_problem_of<Params>(member.name, to.*member.pointer);
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
        if (!problem.empty())
            return;
        if (!(detail::is_sound(value) && detail::is_within<Params>(member.name, value)))
            problem = std::string(member.name) + ": must be " + detail::words_of<Params, type>(member.name);
        else
            problem = detail::rule_problem_of<Params>(member.name, value);
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
        if (const auto rule = detail::rule_of<Params, type>(member.name); rule.holds_any()) {
            auto* items = schema.if_contains("items");
            (items ? items->as_object() : schema)["pattern"] = detail::pattern_of(rule);
        }
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
