// Whether a JSON value fits a JSON Schema: as much of it as the generated documents use.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

namespace support {

namespace json = boost::json;

/// What a reference such as `#/components/x` leads to. \throws std::runtime_error where it leads nowhere
inline const json::value& resolve(const json::value& document, std::string_view reference)
{
    boost::system::error_code failure;
    if (!reference.starts_with("#/"))
        throw std::runtime_error("not a reference within the document: " + std::string(reference));
    // Paths stand with "~1" for "/" in pointers: find_pointer knows.
    const auto* found = document.find_pointer(reference.substr(1), failure);
    if (!found)
        throw std::runtime_error("leads nowhere: " + std::string(reference));
    return *found;
}

class schema_checker {
public:
    explicit schema_checker(const json::value& document) : document_(document) {}

    /// \returns why it does not fit; empty = it does.
    std::string check(const json::value& value, const json::value& schema) const
    {
        const auto& rules = schema.as_object();
        if (const auto* where = rules.if_contains("$ref"))
            return check(value, resolve(document_, where->as_string()));
        for (const auto& [name, rule] : rules)
            if (auto problem = check_rule(value, name, rule, rules); !problem.empty())
                return problem;
        return {};
    }

private:
    static std::string no(const json::value& value, std::string_view why)
    {
        return json::serialize(value) + ": " + std::string(why);
    }

    static bool is(const json::value& value, std::string_view type)
    {
        return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
               (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
               (type == "integer" && (value.is_int64() || value.is_uint64())) ||
               (type == "boolean" && value.is_bool()) || (type == "null" && value.is_null());
    }

    std::string check_rule(const json::value& value, std::string_view name, const json::value& rule,
                           const json::object& rules) const
    {
        if (name == "type") {
            const auto types = rule.is_array() ? rule.as_array() : json::array{rule};
            const bool fits = std::any_of(types.begin(), types.end(),
                                          [&](const auto& one) { return is(value, one.as_string()); });
            return fits ? "" : no(value, "is not " + json::serialize(rule));
        }
        if (name == "const")
            return value == rule ? "" : no(value, "is not " + json::serialize(rule));
        if (name == "enum")
            return std::count(rule.as_array().begin(), rule.as_array().end(), value) != 0
                       ? ""
                       : no(value, "is no choice");
        if (name == "anyOf") {
            const bool fits = std::any_of(rule.as_array().begin(), rule.as_array().end(),
                                          [&](const auto& one) { return check(value, one).empty(); });
            return fits ? "" : no(value, "fits none");
        }
        if (value.is_number())
            return check_number(value, name, rule);
        if (value.is_string())
            return name == "minLength" && value.as_string().size() < rule.to_number<std::size_t>()
                       ? no(value, "short")
                       : "";
        if (value.is_object())
            return check_object(value.as_object(), name, rule, rules);
        return value.is_array() ? check_array(value.as_array(), name, rule) : "";
    }

    static std::string check_number(const json::value& value, std::string_view name, const json::value& rule)
    {
        const auto number = value.to_number<double>();
        if ((name == "minimum" && number < rule.to_number<double>()) ||
            (name == "maximum" && number > rule.to_number<double>()) ||
            (name == "exclusiveMinimum" && number <= rule.to_number<double>()))
            return no(value, "is out of range");
        return {};
    }

    std::string check_object(const json::object& value, std::string_view name, const json::value& rule,
                             const json::object& rules) const
    {
        const auto* members = rules.if_contains("properties");
        if (name == "required")
            for (const auto& one : rule.as_array())
                if (!value.contains(one.as_string()))
                    return no(value, "lacks " + std::string(one.as_string()));
        if (name != "properties" && name != "additionalProperties")
            return {};
        for (const auto& [key, member] : value) {
            const auto* known = members ? members->as_object().if_contains(key) : nullptr;
            const auto* schema = known ? known : rules.if_contains("additionalProperties");
            if (!schema)
                continue;
            if (!schema->is_object())
                return no(value, "has a member too many: " + std::string(key));
            if (auto problem = check(member, *schema); !problem.empty())
                return std::string(key) + ": " + problem;
        }
        return {};
    }

    std::string check_array(const json::array& value, std::string_view name, const json::value& rule) const
    {
        if ((name == "minItems" && value.size() < rule.to_number<std::size_t>()) ||
            (name == "maxItems" && value.size() > rule.to_number<std::size_t>()))
            return no(value, "has the wrong size");
        if (name != "items" && name != "prefixItems")
            return {};
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (rule.is_array() && i >= rule.as_array().size())
                break;
            if (auto problem = check(value[i], rule.is_array() ? rule.as_array()[i] : rule); !problem.empty())
                return problem;
        }
        return {};
    }

    const json::value& document_;
};

/// Every reference in the document leads somewhere. \returns how many there are.
inline int check_references(const json::value& document, const json::value& part)
{
    int count = 0;
    if (const auto* list = part.if_array())
        for (const auto& one : *list)
            count += check_references(document, one);
    if (const auto* object = part.if_object())
        for (const auto& [name, one] : *object) {
            if (name == "$ref") {
                resolve(document, one.as_string());
                ++count;
            } else
                count += check_references(document, one);
        }
    return count;
}

} // namespace support
