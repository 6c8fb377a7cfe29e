// OpenAPI 3.1: the body of openapi_document().
#pragma once

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/catalogue/health.hpp>
#include <fullon_cache_api/detail/documents/document_parts.hpp>
#include <fullon_cache_api/detail/documents/documents.hpp>
#include <fullon_cache_api/detail/documents/examples.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>
#include <fullon_cache_api/detail/wire/schema.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {
namespace {

namespace json = boost::json;

constexpr std::string_view rest_description =
    "Read-only access to what a trading system keeps in its Redis cache. Every path also answers `HEAD` (the "
    "headers of `GET`, no body) and `OPTIONS` (204 with `Allow`); every other method gets 405.\n\n"
    "A `{symbol}` contains a slash, which a path parameter cannot: write `BTC%2FUSDT` or `BTC-USDT`. Clients "
    "that "
    "build paths themselves may also leave the slash as it is (`/tickers/binance/BTC/USDT`). What is written "
    "is "
    "looked for first, then the same with its first `-` as `/`.\n\n"
    "An answer carries an `ETag` computed from the stored data; a request that names it in `If-None-Match` "
    "gets 304 "
    "while the data is the same. Redis being down is an error (503), never an empty answer. Errors are "
    "`application/problem+json` (RFC 9457). A parameter that a route does not know is refused (422).\n\n"
    "The same data is served in real time over WebSocket: see `/asyncapi.json`.";

struct tag_words {
    std::string_view name;
    std::string_view words;
};

constexpr std::array<tag_words, 8> openapi_tags{{
    {"tickers", "The latest prices"},
    {"accounts", "Balances and positions of exchange accounts"},
    {"orders", "Orders, and how many wait"},
    {"bots", "What bots say of themselves, and the symbols that they block"},
    {"trades", "Trades that wait in the cache"},
    {"ohlcv", "Bars"},
    {"processes", "The processes of the trading system"},
    {"service", "The service itself"},
}};

// Text in a path or a query can be anything but control characters, which no target may contain.
constexpr const char* text_pattern = "^[^\\u0000-\\u001f\\u007f]+$";

constexpr std::string_view shared_parts = R"({
    "parameters": {
        "timeout": {"name": "timeout", "in": "query", "required": false,
            "description": "Seconds that the answer may take, such as `2.5`; more than the server's limit counts as that",
            "schema": {"type": "number", "exclusiveMinimum": 0}},
        "if_none_match": {"name": "If-None-Match", "in": "header", "required": false,
            "description": "An `ETag` that was got before, such as `W/\"9c7b2f31d0e4a856\"`: 304 while the data is the same",
            "schema": {"type": "string"}}
    },
    "headers": {
        "etag": {"description": "Names the stored data, weakly: times of the answer do not count", "required": true,
            "schema": {"type": "string", "pattern": "^W/\"[0-9a-f]*\"$"}, "example": "W/\"9c7b2f31d0e4a856\""},
        "cache_control": {"description": "To be asked for again, with the `ETag`", "required": true,
            "schema": {"type": "string"}, "example": "no-cache"},
        "age": {"description": "Whole seconds since the data was written, where it has a time",
            "schema": {"type": "integer", "minimum": 0}, "example": 2},
        "retry_after": {"description": "Seconds", "required": true,
            "schema": {"type": "integer", "minimum": 0}, "example": 1}
    }
})";

struct problem_words {
    const char* name; // in the components
    unsigned status;
    const char* words;
    const char* detail;
    std::optional<error> code;
};

constexpr std::array<problem_words, 11> described_problems{{
    {"bad_request", 400, "The request is malformed",
     "the target is malformed: percent-encoding, control characters and UTF-8 must be right", std::nullopt},
    {"forbidden", 403, "A browser's page of an origin that is not welcome", "Origin: not allowed",
     std::nullopt},
    {"not_found", 404, "Not in the cache (`CACHE_MISS`), or there is no such route",
     "Ticker DOGE/USDT not found in binance cache", error::cache_miss},
    {"not_acceptable", 406, "`Accept` does not allow what is here", "Accept: here is only application/json",
     std::nullopt},
    {"timed_out", 408, "Redis did not answer in time", "Redis did not answer in time", error::timeout},
    {"target_too_long", 414, "The path and the query are longer than the server takes",
     "the request line is longer than 4096 bytes", std::nullopt},
    {"invalid", 422,
     "A parameter is missing, unknown, given twice, or not what it must be: `detail` begins with its name; "
     "or the reply would be too large",
     "limit: must be a whole number from 1 to 2147483647", error::invalid_params},
    {"headers_too_large", 431, "The header is larger than the server takes, or has too many fields",
     "the header is larger than 8192 bytes", std::nullopt},
    {"internal", 500, "A bug of the server", "internal error", error::internal_error},
    {"corrupt", 502, "The one thing asked for is in the cache, but unreadable",
     "the cached entry is unreadable", error::corrupt_entry},
    {"unavailable", 503, "Redis is not available, or the server is shutting down", "Redis is not available",
     error::cache_unavailable},
}};

json::object problem_response(const problem_words& from)
{
    const auto told =
        from.code ? problem_answer(*from.code, from.detail) : problem_answer(from.status, from.detail);
    json::object content{{"schema", reference("components/schemas/problem")},
                         {"example", json::parse(told.body)}};
    json::object made{{"description", from.words},
                      {"content", {{"application/problem+json", std::move(content)}}}};
    if (!find_header(told.headers, "Retry-After").empty())
        made["headers"] = {{"Retry-After", reference("components/headers/retry_after")}};
    return made;
}

json::object problem_schema()
{
    return {
        {"type", "object"},
        {"description", "What went wrong (RFC 9457)"},
        {"properties",
         {{"type", {{"type", "string"}, {"format", "uri-reference"}}},
          {"title", {{"type", "string"}, {"description", "What the status means"}}},
          {"status", {{"type", "integer"}, {"minimum", 400}, {"maximum", 599}}},
          {"detail",
           {{"type", "string"}, {"description", "For people; of a bad parameter it begins with its name"}}},
          {"error_code", error_code_schema()}}},
        {"required", {"type", "title", "status", "detail"}}};
}

// Parameters of the catalogue are JSON; in a path and a query there is only text.
void make_textual(json::object& schema, bool in_list = false)
{
    auto& type = schema["type"];
    if (type.is_array()) // an id
        type = "string";
    if (type == "string" && !schema.contains("enum"))
        schema["pattern"] = in_list ? "^[^\\u0000-\\u001f\\u007f,]+$" : text_pattern;
    if (auto* items = schema.if_contains("items"))
        make_textual(items->as_object(), true);
}

json::object parameter(std::string_view name, json::object schema, bool in_path, bool required)
{
    make_textual(schema);
    json::object made{{"name", name}, {"in", in_path ? "path" : "query"}, {"required", in_path || required}};
    if (name == "symbol")
        made["description"] = "A slash is written as `%2F` or as `-`";
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

json::array parameters_of(const operation_entry& entry, const operation_info& info, std::string_view route)
{
    json::array in_path;
    json::array in_query;
    const auto& schema = info.params.as_object();
    const auto& required = schema.at("required").as_array();
    for (const auto& [name, one] : schema.at("properties").as_object()) {
        if (name == entry.rest_without)
            continue;
        const bool variable = route.find("{" + std::string(name) + "}") != std::string_view::npos;
        const bool needed = std::find(required.begin(), required.end(), json::value(name)) != required.end();
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

json::object cached_headers(bool dated)
{
    json::object made{{"ETag", reference("components/headers/etag")},
                      {"Cache-Control", reference("components/headers/cache_control")}};
    if (dated)
        made["Age"] = reference("components/headers/age");
    return made;
}

json::object responses_of(const operation_entry& entry, bool may_miss)
{
    const std::string name(entry.name);
    json::object content{{"schema", reference("components/schemas/" + name)},
                         {"example", example_of(entry.rest_schema(), {}, name)}};
    json::object made;
    made["200"] = {{"description", "What was found"},
                   {"headers", cached_headers(entry.dated)},
                   {"content", {{"application/json", std::move(content)}}}};
    made["304"] = reference("components/responses/not_modified");
    for (const auto& one : described_problems)
        if (one.status != 404 || may_miss)
            made[std::to_string(one.status)] = reference(std::string("components/responses/") + one.name);
    return made;
}

void add_routes(json::object& paths, const operation_entry& entry, const document_settings& settings)
{
    const auto info = entry.describe();
    int number = 0;
    for (const auto& one : rest_routes(entry)) {
        const auto route = one.pattern;
        auto id = info.name;
        if (++number > 1)
            id.append("_").append(std::to_string(number));
        const bool variables = route.find('{') != std::string_view::npos;
        const auto tag = group_of(route);
        const auto summary = number == 1 ? info.doc : "The same as " + info.name + ", under another path.";
        json::object operation{
            {"operationId", std::move(id)}, {"tags", json::array{tag}}, {"summary", summary}};
        operation["parameters"] = parameters_of(entry, info, route);
        operation["responses"] = responses_of(entry, variables);
        paths[settings.prefix + std::string(route)] = {{"get", std::move(operation)}};
    }
}

struct described_service {
    const char* path;
    const char* name;
    const char* words;
    const char* schema; // in the components
};

constexpr std::array<described_service, 6> described_services{{
    {"/health", "health", "State of the server and of Redis.", "health"},
    {"/health/live", "health_live", "Answers while the server is alive, whatever Redis does.", "liveness"},
    {"/health/ready", "health_ready", "Whether the server can answer: whether Redis does.", "health"},
    {"/info", "info", "Name, version and age of the server.", "info"},
    {"/openapi.json", "openapi", "This document.", "openapi"},
    {"/asyncapi.json", "asyncapi", "The WebSocket side, as AsyncAPI 3.", "asyncapi"},
}};

json::object json_content(const described_service& route, const json::object& schemas, bool healthy = true)
{
    const auto schema = std::string(route.schema);
    auto example = example_of(schemas.at(schema).as_object(), {},
                              route.name == std::string_view("health_live") ? "health_live" : schema);
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
    json::object good{{"description", "The answer"}, {"content", json_content(route, schemas)}};
    json::object responses;
    const bool is_document = std::string_view(route.path).ends_with(".json");
    if (is_document)
        good["headers"] = cached_headers(false);
    responses["200"] = std::move(good);
    if (is_document)
        responses["304"] = reference("components/responses/not_modified");
    if (route.schema == std::string_view("health"))
        responses["503"] = {{"description", "Redis does not answer"},
                            {"headers", {{"Retry-After", reference("components/headers/retry_after")}}},
                            {"content", json_content(route, schemas, false)}};
    json::object made{
        {"operationId", route.name}, {"tags", json::array{"service"}}, {"summary", route.words}};
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
    json::object good{{"description", "Prometheus text"}, {"content", {{"text/plain", std::move(content)}}}};
    return {{"operationId", "metrics"},
            {"tags", json::array{"service"}},
            {"summary", "The server's own figures, for Prometheus."},
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

json::object schemas_of()
{
    json::object made;
    made["problem"] = problem_schema();
    made["health"] = protocol::schema_of<health_result>::make();
    made["liveness"] = protocol::schema_of<service_liveness>::make();
    made["info"] = protocol::schema_of<service_info>::make();
    made["openapi"] = document_schema(
        "openapi", {"info", "paths"},
        {{"openapi", {{"const", "3.1.0"}}}, {"info", {{"type", "object"}}}, {"paths", {{"type", "object"}}}});
    made["asyncapi"] = document_schema("asyncapi", {"info", "channels"},
                                       {{"asyncapi", {{"const", "3.1.0"}}},
                                        {"info", {{"type", "object"}}},
                                        {"channels", {{"type", "object"}}}});
    for (const auto& entry : catalogue())
        if (!entry.rest.empty())
            made[entry.name] = entry.rest_schema();
    for (auto& [name, schema] : made) {
        describe_members(schema.as_object(), name);
        flatten_tuples(schema);
    }
    return made;
}

json::object components_of(json::object schemas)
{
    auto made = json::parse(shared_parts).as_object();
    json::object responses;
    responses["not_modified"] = {{"description", "The data is what `If-None-Match` named"},
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
                    {"summary", "The Redis cache of a trading system, read-only"},
                    {"description", rest_description},
                    {"version", settings.version}};
    json::array servers;
    servers.push_back(json::object{{"url", settings.base.empty() ? "/" : settings.base},
                                   {"description", "The server that this document came from"}});
    made["servers"] = std::move(servers);
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
