// Parts of the OpenAPI document: what an operation's parameters and responses look like. Included by openapi.ipp only.
#pragma once

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/documents/document_parts.hpp>
#include <fullon_cache_api/detail/documents/examples.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>
#include <fullon_cache_api/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_cache_api::detail {

struct problem_words {
    const char* name; // in the components
    unsigned status;
    const char* words;
    const char* detail;
    std::optional<error> code;
};

inline constexpr std::array<problem_words, 4> described_problems{{
    {"not_found", 404, "Not in the cache (`CACHE_MISS`), or no such route",
     "Ticker DOGE/USDT not found in binance cache", error::cache_miss},
    {"invalid", 422,
     "A parameter is missing, unknown, repeated or invalid, or the result would be too large; `detail` "
     "begins with "
     "the name of the parameter",
     "limit: must be an integer from 1 to 2147483647", error::invalid_params},
    {"unavailable", 503, "Redis is not available, the server is overloaded, or it is shutting down",
     "Redis is not available", error::cache_unavailable},
    {"failed", 0, "Any other error, see the table of errors above", "Redis did not answer in time",
     error::timeout},
}};

// Schemas are named after what they describe.
inline std::string schema_name(std::string_view operation)
{
    struct given_name {
        std::string_view operation;
        const char* name;
    };
    constexpr std::array<given_name, 17> given{{{"get_ticker", "Ticker"},
                                                {"get_all_tickers", "ExchangeTickers"},
                                                {"get_tickers_active", "ActiveTickers"},
                                                {"get_tickers_subscriptions", "TickerSubscriptions"},
                                                {"get_accounts_status", "AccountStatus"},
                                                {"get_order_status", "Order"},
                                                {"get_orders_queue_size", "OrderQueueSizes"},
                                                {"get_orders_queue_status", "OrderQueueStatus"},
                                                {"get_orders_orders", "UserOrders"},
                                                {"get_bot_status", "Bot"},
                                                {"get_bots_bots", "UserBots"},
                                                {"get_bots_coordination_status", "BotCoordination"},
                                                {"is_blocked", "BlockStatus"},
                                                {"get_trades_queue_size", "TradeQueueSizes"},
                                                {"get_trades_queue_status", "TradeQueueStatus"},
                                                {"get_latest_ohlcv_bars", "Bars"},
                                                {"get_processes_cache_overview", "CacheOverview"}}};
    for (const auto& one : given)
        if (one.operation == operation)
            return one.name;
    if (operation.starts_with("get_"))
        operation.remove_prefix(4);
    std::string name;
    bool upper = true;
    for (const char sign : operation) {
        if (sign != '_')
            name.push_back(upper && sign >= 'a' && sign <= 'z' ? static_cast<char>(sign - 'a' + 'A') : sign);
        upper = sign == '_';
    }
    return name;
}

inline boost::json::object problem_response(const problem_words& from)
{
    const auto told =
        from.code ? problem_answer(*from.code, from.detail) : problem_answer(from.status, from.detail);
    boost::json::object content{{"schema", reference("components/schemas/Problem")},
                                {"example", boost::json::parse(told.body)}};
    boost::json::object made{{"description", from.words},
                             {"content", {{"application/problem+json", std::move(content)}}}};
    if (from.status != 0 && !find_header(told.headers, "Retry-After").empty())
        made["headers"] = {{"Retry-After", reference("components/headers/retry_after")}};
    return made;
}

inline boost::json::object problem_schema()
{
    return {{"type", "object"},
            {"description", "An error (RFC 9457)"},
            {"properties",
             {{"type", {{"type", "string"}, {"format", "uri-reference"}}},
              {"title", {{"type", "string"}, {"description", "Meaning of the status"}}},
              {"status", {{"type", "integer"}, {"minimum", 400}, {"maximum", 599}}},
              {"detail",
               {{"type", "string"},
                {"description", "For people; begins with the name of the parameter if one is invalid"}}},
              {"error_code", error_code_schema()}}},
            {"required", {"type", "title", "status", "detail"}}};
}

// Text in a path or a query can be anything but control characters, which no target may contain, and what its rule says.
inline std::string text_pattern(const text_rule& rule, std::string_view without)
{
    const auto all_but = [&](std::string_view more) {
        return "[^\\u0000-\\u001f\\u007f" + std::string(rule.without).append(without).append(more) + "]";
    };
    if (rule.beyond_slashes) // a '-' is one too
        return "^" + all_but("") + "*" + all_but("/-") + all_but("") + "*$";
    return "^" + all_but("") + "+$";
}

// Parameters of the catalogue are JSON; in a path and a query there is only text.
inline void make_textual(std::string_view name, boost::json::object& schema, bool in_list = false)
{
    const auto rule = schema.contains("pattern") ? key_part_rule(name) : text_rule();
    auto& type = schema["type"];
    if (type.is_array()) // an id
        type = "string";
    if (type == "string" && !schema.contains("enum"))
        schema["pattern"] = text_pattern(rule, in_list ? "," : "");
    if (auto* items = schema.if_contains("items"))
        make_textual(name, items->as_object(), true);
}

inline boost::json::object parameter(std::string_view name, boost::json::object schema, bool in_path,
                                     bool required)
{
    make_textual(name, schema);
    boost::json::object made{
        {"name", name}, {"in", in_path ? "path" : "query"}, {"required", in_path || required}};
    if (name == "symbol")
        made["description"] = "Write a slash as `%2F` or `-`";
    auto example = example_of(schema, name);
    if (example.is_string())
        example = text_example_of(schema, name);
    if (schema.contains("items")) {
        made["style"] = "form";
        made["explode"] = false;
    }
    made["schema"] = std::move(schema);
    made["example"] = std::move(example);
    return made;
}

inline boost::json::array parameters_of(const operation_entry& entry, const operation_info& info,
                                        std::string_view route)
{
    boost::json::array in_path;
    boost::json::array in_query;
    const auto& schema = info.params.as_object();
    const auto& required = schema.at("required").as_array();
    for (const auto& [name, one] : schema.at("properties").as_object()) {
        if (name == entry.rest_without)
            continue;
        const bool variable = route.find("{" + std::string(name) + "}") != std::string_view::npos;
        const bool needed =
            std::find(required.begin(), required.end(), boost::json::value(name)) != required.end();
        auto rules = one.as_object();
        for (const auto& usual : entry.rest_defaults)
            if (usual.param == name)
                rules["default"] = usual.value;
        (variable ? in_path : in_query).push_back(parameter(name, std::move(rules), variable, needed));
    }
    for (auto& one : in_query)
        in_path.push_back(std::move(one));
    in_path.push_back(reference("components/parameters/timeout"));
    in_path.push_back(reference("components/parameters/if_none_match"));
    return in_path;
}

inline boost::json::object cached_headers(bool dated)
{
    boost::json::object made{{"ETag", reference("components/headers/etag")},
                             {"Cache-Control", reference("components/headers/cache_control")}};
    if (dated)
        made["Age"] = reference("components/headers/age");
    return made;
}

inline boost::json::object responses_of(const operation_entry& entry, bool may_miss)
{
    boost::json::object content{{"schema", reference("components/schemas/" + schema_name(entry.name))},
                                {"example", example_of(entry.rest_schema(), {}, entry.name)}};
    boost::json::object made;
    made["200"] = {{"description", "Success"},
                   {"headers", cached_headers(entry.dated)},
                   {"content", {{"application/json", std::move(content)}}}};
    made["304"] = reference("components/responses/not_modified");
    for (const auto& one : described_problems)
        if (one.status != 404 || may_miss)
            made[one.status == 0 ? "default" : std::to_string(one.status)] =
                reference(std::string("components/responses/") + one.name);
    return made;
}

} // namespace fullon_cache_api::detail
