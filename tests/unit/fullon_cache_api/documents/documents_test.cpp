// The generated documents: exactly the routes and operations that there are, and examples that fit their schemas.
#include "support/schema_checker.hpp"

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/documents/documents.hpp>

#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace {

namespace json = boost::json;
using fullon_cache_api::operation_kind;
using fullon_cache_api::detail::asyncapi_document;
using fullon_cache_api::detail::catalogue;
using fullon_cache_api::detail::document_settings;
using fullon_cache_api::detail::openapi_document;
using support::schema_checker;

const std::set<std::string> service_paths{"/health",  "/health/live",  "/health/ready", "/info",
                                          "/metrics", "/openapi.json", "/asyncapi.json"};

std::set<std::string> routes_of_catalogue(const std::string& prefix)
{
    std::set<std::string> routes;
    for (const auto& one : fullon_cache_api::detail::rest_routes()) {
        CHECK(routes.insert(prefix + std::string(one.pattern)).second);
    }
    return routes;
}

template <class Object>
std::set<std::string> names_in(const Object& from)
{
    std::set<std::string> names;
    for (const auto& [name, value] : from)
        names.emplace(name);
    return names;
}

} // namespace

TEST_CASE("OpenAPI lists exactly the routes of the catalogue and the service's own", "[documents]")
{
    document_settings settings;
    settings.prefix = "/some/prefix";
    settings.version = "7.8.9";
    const auto document = openapi_document(settings);
    CHECK(document.at("openapi") == "3.1.0");
    CHECK(document.at("info").at("version") == "7.8.9");
    auto expected = routes_of_catalogue(settings.prefix);
    CHECK(expected.size() >= 15);
    expected.insert(service_paths.begin(), service_paths.end());
    CHECK(names_in(document.at("paths").as_object()) == expected);

    std::set<std::string> ids;
    std::set<std::string> tags;
    for (const auto& tag : document.at("tags").as_array())
        tags.emplace(tag.at("name").as_string());
    for (const auto& [path, item] : document.at("paths").as_object()) {
        CAPTURE(std::string(path));
        CHECK(names_in(item.as_object()) == std::set<std::string>{"get"});
        const auto& get = item.at("get").as_object();
        CHECK(ids.emplace(get.at("operationId").as_string()).second);
        CHECK(tags.contains(std::string(get.at("tags").as_array().at(0).as_string())));
    }
    for (const auto& entry : catalogue())
        CHECK(ids.contains(std::string(entry.name)) == !entry.rest.empty());
}

TEST_CASE("every parameter of a route is described: in the path where the route has it", "[documents]")
{
    const auto document = openapi_document({});
    for (const auto& entry : catalogue()) {
        if (entry.rest.empty())
            continue;
        CAPTURE(entry.name);
        const std::string route(entry.rest.substr(0, entry.rest.find(' ')));
        const auto& get = document.at("paths").at(document_settings().prefix + route).at("get");
        std::set<std::string> listed;
        for (const auto& one : get.at("parameters").as_array()) {
            if (one.as_object().contains("$ref"))
                continue;
            const std::string name(one.at("name").as_string());
            const bool in_path = route.find("{" + name + "}") != std::string::npos;
            CHECK(one.at("in") == (in_path ? "path" : "query"));
            CHECK((!in_path || one.at("required") == true));
            listed.insert(name);
        }
        auto expected = names_in(entry.describe().params.at("properties").as_object());
        expected.erase(std::string(entry.rest_without));
        CHECK(listed == expected);
    }
}

TEST_CASE("references of both documents lead somewhere", "[documents]")
{
    for (const json::value& document :
         {json::value(openapi_document({})), json::value(asyncapi_document({}))})
        CHECK(support::check_references(document, document) > 100);
}

TEST_CASE("examples are what the operation answers, not only of the right type", "[documents]")
{
    const json::value document = openapi_document({});
    const auto example_of = [&](std::string_view route) {
        return document.at("paths")
            .at("/api/v1/cache" + std::string(route))
            .at("get")
            .at("responses")
            .at("200")
            .at("content")
            .at("application/json")
            .at("example");
    };
    for (const auto* const route : {"/orders/queue/size", "/orders/queue/status"}) {
        CAPTURE(route);
        const auto queue = example_of(route).at("queues").at(0);
        CHECK(queue.at("queue_name") == "order_status:binance");
        CHECK(queue.at("processing_rate").is_null());
    }
    const auto trades = example_of("/trades/queue/size").at("queues").at(0);
    CHECK(trades.at("queue_name") == "trades:binance:BTCUSDT");
    CHECK(trades.at("processing_rate").is_number());
    CHECK(example_of("/tickers/subscriptions").at("subscriptions").at(0).at("topic") ==
          "tickers:binance:BTC/USDT");
    const auto marks = example_of("/bots/coordination/status");
    CHECK(marks.at("oldest") == marks.at("opening_positions").at(0).at("since"));
    CHECK(marks.at("newest") == marks.at("oldest"));
    const auto bars = example_of("/ohlcv/cache/status");
    CHECK(bars.at("series_count") == static_cast<std::int64_t>(bars.at("series").as_array().size()));
    CHECK(bars.at("newest") == bars.at("series").at(0).at("newest"));
    const auto measured = example_of("/ohlcv/performance/metrics");
    CHECK(measured.at("bars") == measured.at("series").at(0).at("bars"));
}

TEST_CASE("an uptime says whose it is, in both documents", "[documents]")
{
    const json::value rest = openapi_document({});
    const json::value messages = asyncapi_document({});
    const json::value schemas[] = {rest.at("components").at("schemas").at("CacheOverview"),
                                   messages.at("components")
                                       .at("messages")
                                       .at("get_processes_cache_overview_reply")
                                       .at("payload")
                                       .at("properties")
                                       .at("result")};
    for (const auto& schema : schemas) {
        const auto& members = schema.at("properties");
        CHECK(members.at("uptime_seconds").at("description") == "Since Redis started");
        CHECK(members.at("server").at("properties").at("uptime_seconds").at("description") ==
              "Since the server process started");
    }
}

TEST_CASE("the examples of OpenAPI fit their schemas", "[documents]")
{
    const json::value document = openapi_document({});
    const schema_checker checker(document);
    int checked = 0;
    const auto check_all = [&](const json::value& part, const auto& self) -> void {
        if (const auto* list = part.if_array())
            for (const auto& one : *list)
                self(one, self);
        const auto* object = part.if_object();
        if (!object)
            return;
        if (object->contains("example") && object->contains("schema")) {
            CAPTURE(json::serialize(part));
            CHECK(checker.check(object->at("example"), object->at("schema")).empty());
            ++checked;
            return;
        }
        for (const auto& [name, one] : *object)
            self(one, self);
    };
    check_all(document, check_all);
    CHECK(checked > 50);
}

TEST_CASE("what REST adds to a ticker is in its schema", "[documents]")
{
    const auto document = openapi_document({});
    const auto& schemas = document.at("components").at("schemas");
    for (const auto* const name : {"price", "cached_at", "age_seconds", "cache_hit"}) {
        CHECK(schemas.at("Ticker").at("properties").as_object().contains(name));
    }
    CHECK(schemas.at("ExchangeTickers").at("properties").at("tickers").at("items") ==
          json::object{{"$ref", "#/components/schemas/Ticker"}});
    CHECK(schemas.at("ExchangeTickers").at("properties").as_object().contains("cached_at"));
}

TEST_CASE("AsyncAPI lists exactly the operations of the catalogue, the updates of streams and their marks",
          "[documents]")
{
    const auto document = asyncapi_document({});
    std::set<std::string> received;
    std::set<std::string> sent;
    for (const auto& [name, operation] : document.at("operations").as_object()) {
        const bool asked = operation.at("action") == "receive";
        (asked ? received : sent).emplace(name);
        CHECK(operation.as_object().contains("reply") == asked);
    }
    std::set<std::string> operations;
    std::set<std::string> told{"snapshot_end", "stale", "fresh", "gap"};
    std::set<std::string> messages{"stream_reply", "error_reply"};
    for (const auto& entry : catalogue()) {
        const std::string name(entry.name);
        operations.insert(name);
        messages.insert(name + "_request");
        if (entry.kind == operation_kind::stream)
            told.emplace(entry.message_type);
        else
            messages.insert(name + "_reply");
    }
    messages.insert(told.begin(), told.end());
    CHECK(received == operations);
    CHECK(sent == told);
    CHECK(names_in(document.at("components").at("messages").as_object()) == messages);
    CHECK(names_in(document.at("channels").at("cache").at("messages").as_object()) == messages);
}

TEST_CASE("the examples of AsyncAPI fit their payloads", "[documents]")
{
    const json::value document = asyncapi_document({});
    const schema_checker checker(document);
    for (const auto& [name, message] : document.at("components").at("messages").as_object()) {
        CAPTURE(std::string(name));
        REQUIRE_FALSE(message.at("examples").as_array().empty());
        for (const auto& example : message.at("examples").as_array())
            CHECK(checker.check(example.at("payload"), message.at("payload")).empty());
    }
}

TEST_CASE("every code of the wire is listed in both documents", "[documents]")
{
    const auto rest = openapi_document({});
    const auto websocket = asyncapi_document({});
    const auto& codes = rest.at("components")
                            .at("schemas")
                            .at("Problem")
                            .at("properties")
                            .at("error_code")
                            .at("enum")
                            .as_array();
    CHECK(codes.size() == 14);
    CHECK(websocket.at("components")
              .at("messages")
              .at("error_reply")
              .at("payload")
              .at("properties")
              .at("error_code")
              .at("enum") == codes);
}

TEST_CASE("the documents are the same each time", "[documents]")
{
    CHECK(json::serialize(openapi_document({})) == json::serialize(openapi_document({})));
    CHECK(json::serialize(asyncapi_document({})) == json::serialize(asyncapi_document({})));
}

TEST_CASE("a bar is a list of six numbers, in words of its places", "[documents]")
{
    const auto document = openapi_document({});
    const auto& bar =
        document.at("components").at("schemas").at("Bars").at("properties").at("bars").at("items");
    CHECK(bar.at("items") == json::object{{"type", "number"}});
    CHECK(bar.at("minItems") == 6);
    CHECK(bar.at("maxItems") == 6);
    CHECK(bar.at("description") == "timestamp, open, high, low, close, volume");
}

TEST_CASE("routes have short titles, and an alias says of what", "[documents]")
{
    const auto document = openapi_document({});
    for (const auto& entry : catalogue()) {
        bool alias = false;
        for (const auto& route : fullon_cache_api::detail::rest_routes(entry)) {
            CAPTURE(std::string(route.pattern));
            const auto& get =
                document.at("paths").at("/api/v1/cache" + std::string(route.pattern)).at("get").as_object();
            CHECK(get.contains("deprecated") == alias);
            const std::string title(get.at("summary").as_string());
            CHECK(title.starts_with("Alias of /") == alias);
            CHECK((alias || title.starts_with("Get ")));
            CHECK(title.size() < 60);
            CHECK((alias || get.at("description").as_string() == entry.describe().doc));
            alias = true;
        }
    }
    const auto& paths = document.at("paths").as_object();
    CHECK(paths.at("/api/v1/cache/tickers/{exchange}/{symbol}").at("get").at("summary") == "Get ticker");
    CHECK(paths.at("/api/v1/cache/tickers/{exchange}/{symbol}/ticker").at("get").at("summary") ==
          "Alias of /tickers/{exchange}/{symbol}");
    CHECK(paths.at("/api/v1/cache/ohlcv/{symbol}/{timeframe}").at("get").at("summary") ==
          "Get latest OHLCV bars");
}

TEST_CASE("each document links the other", "[documents]")
{
    const auto rest = openapi_document({});
    const auto websocket = asyncapi_document({});
    CHECK(rest.at("externalDocs").at("url") == "asyncapi.json");
    CHECK(rest.at("info").at("description").as_string().find("(asyncapi.json)") != json::string::npos);
    CHECK(websocket.at("info").at("description").as_string().find("(openapi.json)") != json::string::npos);
}
