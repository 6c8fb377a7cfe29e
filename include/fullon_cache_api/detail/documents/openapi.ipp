// OpenAPI 3.1: the body of openapi_document().
#pragma once

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/catalogue/health.hpp>
#include <fullon_cache_api/detail/documents/document_parts.hpp>
#include <fullon_cache_api/detail/documents/documents.hpp>
#include <fullon_cache_api/detail/documents/examples.hpp>
#include <fullon_cache_api/detail/documents/openapi_parts.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>
#include <fullon_cache_api/detail/wire/schema.hpp>
#include <fullon_cache_api/types/account.hpp>
#include <fullon_cache_api/types/process.hpp>
#include <fullon_cache_api/types/trade.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {
namespace {

namespace json = boost::json;

constexpr std::string_view rest_description = R"(Read-only access to the Redis cache of a trading system.

**Symbols** contain a slash, which a path parameter cannot. Write `BTC%2FUSDT` or `BTC-USDT`; clients that build paths
themselves may also leave the slash as it is (`/tickers/binance/BTC/USDT`). A symbol is looked up as written, then with
its first `-` replaced by `/`.

**Caching.** A response has an `ETag` computed from the stored data. A request with that tag in `If-None-Match` gets 304
while the data is unchanged.

**Methods.** Every path also supports `HEAD` and `OPTIONS` (204 with `Allow`); other methods get 405.

**Errors** are `application/problem+json` (RFC 9457). If Redis is down the response is an error, never an empty result.
Besides the errors listed with each route, any route may return those of the `default` response:

| status | meaning |
| --- | --- |
| 400 | Malformed request |
| 403 | The request's `Host` is not in `ALLOWED_HOSTS`, or its `Origin` is not in `ALLOWED_ORIGINS` |
| 406 | `Accept` excludes the only available media type |
| 408 | Redis did not answer in time |
| 414, 431 | Request line or header too large |
| 500 | Internal error |
| 502 | The requested entry exists in the cache but is unreadable |

**Real time.** The same data is available as live streams over WebSocket, described in [asyncapi.json](asyncapi.json)
(AsyncAPI 3).)";

struct tag_words {
    std::string_view name;
    std::string_view words;
};

constexpr std::array<tag_words, 8> openapi_tags{{
    {"tickers", "Latest prices"},
    {"accounts", "Balances and positions of exchange accounts"},
    {"orders", "Orders and order queues"},
    {"bots", "Status data of bots, and the symbols they block"},
    {"trades", "Trades waiting in the cache"},
    {"ohlcv", "Bars (open, high, low, close, volume)"},
    {"processes", "Processes of the trading system"},
    {"service", "The server itself"},
}};

constexpr std::string_view shared_parts = R"({
    "parameters": {
        "timeout": {"name": "timeout", "in": "query", "required": false,
            "description": "Maximum time for the response in seconds, such as `2.5`; capped at the server's own limit",
            "schema": {"type": "number", "exclusiveMinimum": 0}},
        "if_none_match": {"name": "If-None-Match", "in": "header", "required": false,
            "description": "`ETag` of an earlier response, such as `W/\"9c7b2f31d0e4a856\"`; 304 while the data is unchanged",
            "schema": {"type": "string"}}
    },
    "headers": {
        "etag": {"description": "Weak tag of the stored data; times that belong to the response do not affect it", "required": true,
            "schema": {"type": "string", "pattern": "^W/\"[0-9a-f]*\"$"}, "example": "W/\"9c7b2f31d0e4a856\""},
        "cache_control": {"description": "Always `no-cache`: revalidate with the `ETag`", "required": true,
            "schema": {"type": "string"}, "example": "no-cache"},
        "age": {"description": "Age of the data in whole seconds, if the data has a time",
            "schema": {"type": "integer", "minimum": 0}, "example": 2},
        "retry_after": {"description": "Seconds to wait before retrying", "required": true,
            "schema": {"type": "integer", "minimum": 0}, "example": 1}
    }
})";

void add_routes(json::object& paths, const operation_entry& entry, const document_settings& settings)
{
    const auto info = entry.describe();
    const auto routes = rest_routes(entry);
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto route = routes[i].pattern;
        const bool alias = i > 0;
        auto id = info.name;
        if (alias)
            id.append("_").append(std::to_string(i + 1));
        const bool variables = route.find('{') != std::string_view::npos;
        json::object operation{{"operationId", std::move(id)}, {"tags", json::array{group_of(route)}}};
        if (alias) {
            const auto title = "Alias of " + std::string(routes.front().pattern);
            operation["summary"] = title;
            operation["description"] = title + ".";
            operation["deprecated"] = true;
        } else {
            operation["summary"] = title_of(info.name);
            operation["description"] = info.doc;
        }
        operation["parameters"] = parameters_of(entry, info, route);
        operation["responses"] = responses_of(entry, variables);
        paths[settings.prefix + std::string(route)] = {{"get", std::move(operation)}};
    }
}

struct described_service {
    const char* path;
    const char* name;
    const char* title;
    const char* words;
    const char* schema; // in the components
};

constexpr std::array<described_service, 6> described_services{{
    {"/health", "health", "Get health", "State of the server and of Redis.", "Health"},
    {"/health/live", "health_live", "Check liveness",
     "Answers as long as the server is alive, whatever Redis does.", "Liveness"},
    {"/health/ready", "health_ready", "Check readiness",
     "Whether Redis answers, so that the server can answer too.", "Health"},
    {"/info", "info", "Get server info", "Name, version and uptime of the server.", "Info"},
    {"/openapi.json", "openapi", "Get OpenAPI document", "This document.", "OpenApiDocument"},
    {"/asyncapi.json", "asyncapi", "Get AsyncAPI document", "Description of the WebSocket API (AsyncAPI 3).",
     "AsyncApiDocument"},
}};

json::object json_content(const described_service& route, const json::object& schemas, bool healthy = true)
{
    const auto schema = std::string(route.schema);
    auto example = example_of(schemas.at(schema).as_object(), {}, route.name);
    if (!healthy) {
        example.at("status") = example.at("cache").at("status") = "unhealthy";
        example.at("cache").at("latency_ms") = nullptr;
    }
    json::object content{{"schema", reference("components/schemas/" + schema)},
                         {"example", std::move(example)}};
    return {{"application/json", std::move(content)}};
}

json::object service_operation(const described_service& route, const json::object& schemas)
{
    json::object good{{"description", "Success"}, {"content", json_content(route, schemas)}};
    json::object responses;
    const bool is_document = std::string_view(route.path).ends_with(".json");
    if (is_document)
        good["headers"] = cached_headers(false);
    responses["200"] = std::move(good);
    if (is_document)
        responses["304"] = reference("components/responses/not_modified");
    if (route.schema == std::string_view("Health"))
        responses["503"] = {{"description", "Redis does not answer"},
                            {"headers", {{"Retry-After", reference("components/headers/retry_after")}}},
                            {"content", json_content(route, schemas, false)}};
    json::object made{{"operationId", route.name},
                      {"tags", json::array{"service"}},
                      {"summary", route.title},
                      {"description", route.words}};
    if (is_document)
        made["parameters"] = json::array{reference("components/parameters/if_none_match")};
    made["responses"] = std::move(responses);
    return made;
}

json::object metrics_operation()
{
    constexpr const char* example = "# HELP fullon_cache_open_connections WebSocket connections.\n"
                                    "# TYPE fullon_cache_open_connections gauge\n"
                                    "fullon_cache_open_connections 3\n";
    json::object content{{"schema", {{"type", "string"}}}, {"example", example}};
    json::object good{{"description", "Prometheus text format"},
                      {"content", {{"text/plain", std::move(content)}}}};
    return {{"operationId", "metrics"},
            {"tags", json::array{"service"}},
            {"summary", "Get metrics"},
            {"description", "Counters of the server in the Prometheus text format."},
            {"responses", {{"200", std::move(good)}}}};
}

// A document, as far as its own schema matters here.
json::object document_schema(const char* version, json::array required, json::object properties)
{
    required.insert(required.begin(), version);
    json::object made{
        {"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
    return made;
}

void finish(json::value& schema, std::string_view inside)
{
    describe_members(schema.as_object(), inside);
    flatten_tuples(schema);
}

// Objects inside a schema that are the same as a named schema become references to it.
void refer_to_named(json::value& part, const json::object& named)
{
    if (auto* list = part.if_array()) {
        for (auto& one : *list)
            refer_to_named(one, named);
        return;
    }
    auto* object = part.if_object();
    if (!object)
        return;
    if (object->contains("properties"))
        for (const auto& [name, schema] : named)
            if (schema == part) {
                part = reference("components/schemas/" + std::string(name));
                return;
            }
    for (auto& [name, one] : *object)
        refer_to_named(one, named);
}

json::object schemas_of()
{
    json::object made;
    made["Problem"] = problem_schema();
    made["Liveness"] = protocol::schema_of<service_liveness>::make();
    made["Info"] = protocol::schema_of<service_info>::make();
    made["OpenApiDocument"] = document_schema(
        "openapi", {"info", "paths"},
        {{"openapi", {{"const", "3.1.0"}}}, {"info", {{"type", "object"}}}, {"paths", {{"type", "object"}}}});
    made["AsyncApiDocument"] = document_schema("asyncapi", {"info", "channels"},
                                               {{"asyncapi", {{"const", "3.1.0"}}},
                                                {"info", {{"type", "object"}}},
                                                {"channels", {{"type", "object"}}}});
    made["Health"] = protocol::schema_of<health_result>::make();
    made["Balance"] = protocol::schema_of<balance>::make();
    made["Position"] = protocol::schema_of<position>::make();
    made["Trade"] = protocol::schema_of<trade>::make();
    made["Process"] = protocol::schema_of<process>::make();
    for (auto& [name, schema] : made)
        finish(schema, name);
    for (const auto& entry : catalogue())
        if (!entry.rest.empty()) {
            json::value schema(entry.rest_schema());
            finish(schema, entry.name);
            made[schema_name(entry.name)] = std::move(schema);
        }
    auto named = made;
    named.erase("Liveness"); // one text: the same as other objects by accident
    for (auto& [name, schema] : made)
        for (auto& [key, part] : schema.as_object())
            refer_to_named(part, named);
    return made;
}

json::object components_of(json::object schemas)
{
    auto made = json::parse(shared_parts).as_object();
    json::object responses;
    responses["not_modified"] = {{"description", "Unchanged since the response that `If-None-Match` names"},
                                 {"headers", cached_headers(false)}};
    for (const auto& one : described_problems)
        responses[one.name] = problem_response(one);
    made["responses"] = std::move(responses);
    made["schemas"] = std::move(schemas);
    return made;
}

} // namespace

json::object openapi_document(const document_settings& settings)
{
    json::object made;
    made["openapi"] = "3.1.0";
    made["info"] = {{"title", settings.title},
                    {"summary", "Read-only access to the Redis cache of a trading system"},
                    {"description", rest_description},
                    {"version", settings.version}};
    json::array servers;
    servers.push_back(json::object{{"url", settings.base.empty() ? "/" : settings.base},
                                   {"description", "The server that returned this document"}});
    made["servers"] = std::move(servers);
    made["externalDocs"] = {{"url", "asyncapi.json"}, {"description", "The WebSocket API (AsyncAPI 3)"}};
    json::array tags;
    for (const auto& one : openapi_tags)
        tags.push_back(json::object{{"name", one.name}, {"description", one.words}});
    made["tags"] = std::move(tags);
    auto schemas = schemas_of();
    json::object paths;
    for (const auto& entry : catalogue())
        add_routes(paths, entry, settings);
    for (const auto& one : described_services)
        paths[one.path] = {{"get", service_operation(one, schemas)}};
    paths["/metrics"] = {{"get", metrics_operation()}};
    made["paths"] = std::move(paths);
    made["components"] = components_of(std::move(schemas));
    return made;
}

} // namespace fullon_cache_api::detail
