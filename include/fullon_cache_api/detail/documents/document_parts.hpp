// What the generated documents share. Included by impl files only.
#pragma once

#include <fullon_cache_api/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

inline boost::json::object reference(std::string path)
{
    return {{"$ref", "#/" + std::move(path)}};
}

/// The short title of an operation: "Get ticker" for get_ticker.
inline std::string title_of(std::string_view operation)
{
    struct given_title {
        std::string_view operation;
        const char* title;
    };
    constexpr std::array<given_title, 15> given{
        {{"get_tickers_active", "Get active tickers"},
         {"get_tickers_health", "Get ticker health"},
         {"get_tickers_subscriptions", "Get ticker subscriptions"},
         {"get_accounts_status", "Get account status"},
         {"get_orders_queue_size", "Get order queue sizes"},
         {"get_orders_queue_status", "Get order queue status"},
         {"get_orders_orders", "Get orders of a user"},
         {"get_bots_bots", "Get bots of a user"},
         {"get_bots_coordination_status", "Get bot coordination status"},
         {"is_blocked", "Get block status"},
         {"get_trades_queue_size", "Get trade queue sizes"},
         {"get_trades_queue_status", "Get trade queue status"},
         {"get_trades_performance_metrics", "Get trade performance metrics"},
         {"get_processes_performance", "Get process performance"},
         {"get_processes_cache_overview", "Get cache overview"}}};
    for (const auto& one : given)
        if (one.operation == operation)
            return one.title;
    std::string title;
    for (; !operation.empty(); operation.remove_prefix(std::min(operation.find('_') + 1, operation.size()))) {
        std::string word(operation.substr(0, operation.find('_')));
        if (word == "ohlcv")
            word = "OHLCV";
        title.append(title.empty() ? "" : " ").append(word);
        if (operation.find('_') == std::string_view::npos)
            break;
    }
    if (!title.empty() && title.front() >= 'a' && title.front() <= 'z')
        title.front() = static_cast<char>(title.front() - 'a' + 'A');
    return title;
}

/// Names of the error codes of the wire, in the order of the enum.
inline std::vector<std::pair<std::string_view, std::string>> wire_errors()
{
    std::vector<std::pair<std::string_view, std::string>> result;
    for (int value = 1;; ++value) {
        const auto name = wire_name(static_cast<error>(value));
        if (name.empty())
            return result;
        result.emplace_back(name, make_error_code(static_cast<error>(value)).message());
    }
}

inline boost::json::object error_code_schema()
{
    boost::json::array codes;
    std::string words;
    for (const auto& [name, meaning] : wire_errors()) {
        codes.emplace_back(name);
        words.append(words.empty() ? "" : "; ").append(name).append(": ").append(meaning);
    }
    return {{"type", "string"}, {"enum", std::move(codes)}, {"description", std::move(words)}};
}

/// Turns tuples (`prefixItems`) into lists of one item type and keeps the names of their places in the description: few
/// tools read `prefixItems`, and JSON Schema draft 7 calls it something else. Ours hold numbers only.
inline void flatten_tuples(boost::json::value& schema)
{
    if (auto* list = schema.if_array()) {
        for (auto& one : *list)
            flatten_tuples(one);
        return;
    }
    auto* object = schema.if_object();
    if (!object)
        return;
    if (const auto* places = object->if_contains("prefixItems")) {
        std::string names;
        boost::json::object item;
        for (const auto& place : places->as_array()) {
            auto kind = place.as_object();
            if (const auto* title = kind.if_contains("title"))
                names.append(names.empty() ? "" : ", ").append(title->as_string());
            for (const auto* const words : {"title", "description"})
                kind.erase(words);
            if (&place != &places->as_array().front() && kind != item)
                kind.clear();
            item = std::move(kind);
        }
        object->erase("prefixItems");
        object->insert_or_assign("items", std::move(item));
        object->insert_or_assign("description", std::move(names));
    }
    for (auto& [name, one] : *object)
        flatten_tuples(one);
}

} // namespace fullon_cache_api::detail
