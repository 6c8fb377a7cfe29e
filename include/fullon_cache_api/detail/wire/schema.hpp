// JSON Schema of described result structs.
#pragma once

#include <fullon_orm/as_list.hpp>
#include <fullon_orm/described.hpp>
#include <fullon_orm/id.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace fullon_cache_api::protocol {

template <class T>
struct schema_of {
    static boost::json::object make()
    {
        if constexpr (std::same_as<T, bool>)
            return {{"type", "boolean"}};
        else if constexpr (std::integral<T>)
            return {{"type", "integer"}};
        else if constexpr (std::floating_point<T>)
            return {{"type", "number"}};
        else if constexpr (std::same_as<T, std::string>)
            return {{"type", "string"}};
        else if constexpr (std::same_as<T, boost::json::value>)
            return {};
        else if constexpr (std::same_as<T, boost::json::object>)
            return {{"type", "object"}};
        else if constexpr (std::same_as<T, fullon_orm::stored_id>)
            return {{"type", boost::json::array{"integer", "string"}}};
        else if constexpr (fullon_orm::stands_as_list<T>)
            return make_list();
        else
            return make_object();
    }

private:
    static boost::json::object make_list()
    {
        boost::json::array items;
        boost::mp11::mp_for_each<fullon_orm::members_of<T>>([&](auto member) {
            using type = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
            auto item = schema_of<type>::make();
            item["title"] = member.name;
            items.emplace_back(std::move(item));
        });
        const auto count = items.size();
        return {
            {"type", "array"}, {"prefixItems", std::move(items)}, {"minItems", count}, {"maxItems", count}};
    }

    static boost::json::object make_object()
    {
        using members = fullon_orm::members_of<T>;
        boost::json::object properties;
        boost::json::array required;
        boost::mp11::mp_for_each<members>([&](auto member) {
            using type = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
            properties[member.name] = schema_of<type>::make();
            required.emplace_back(member.name);
        });
        return {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
    }
};

template <class T>
struct schema_of<std::optional<T>> {
    static boost::json::object make()
    {
        auto schema = schema_of<T>::make();
        if (auto* type = schema.if_contains("type")) {
            if (auto* several = type->if_array())
                several->emplace_back("null");
            else
                *type = boost::json::array{std::move(*type), "null"};
        }
        return schema;
    }
};

template <class T>
struct schema_of<std::map<std::string, T>> {
    static boost::json::object make()
    {
        return {{"type", "object"}, {"additionalProperties", schema_of<T>::make()}};
    }
};

template <class... Ts>
struct schema_of<std::variant<Ts...>> {
    static boost::json::object make()
    {
        return {{"anyOf", boost::json::array{boost::json::value(schema_of<Ts>::make())...}}};
    }
};

template <class T>
struct schema_of<std::vector<T>> {
    static boost::json::object make() { return {{"type", "array"}, {"items", schema_of<T>::make()}}; }
};

} // namespace fullon_cache_api::protocol
