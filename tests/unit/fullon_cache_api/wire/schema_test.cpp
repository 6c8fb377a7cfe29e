// JSON Schema of described structs.
#include <fullon_cache_api/detail/catalogue/health.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/catalogue/tickers.hpp>
#include <fullon_cache_api/detail/wire/schema.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using fullon_cache_api::protocol::schema_of;
namespace json = boost::json;

namespace {

struct inner {
    bool flag = false;
};
BOOST_DESCRIBE_STRUCT(inner, (), (flag))

struct base {
    std::string name;
};
BOOST_DESCRIBE_STRUCT(base, (), (name))

struct outer : base {
    int count = 0;
    std::uint64_t big = 0;
    double ratio = 0;
    std::optional<double> maybe;
    std::optional<inner> maybe_inner;
    std::vector<inner> list;
    std::vector<std::vector<std::string>> nested;
    json::value anything;
};
BOOST_DESCRIBE_STRUCT(outer, (base), (count, big, ratio, maybe, maybe_inner, list, nested, anything))

json::object object(std::string_view text)
{
    return json::parse(text).as_object();
}

} // namespace

TEST_CASE("scalars have their JSON types", "[fullon_cache_api][schema]")
{
    CHECK(schema_of<bool>::make() == object(R"({"type":"boolean"})"));
    CHECK(schema_of<int>::make() == object(R"({"type":"integer"})"));
    CHECK(schema_of<std::uint64_t>::make() == object(R"({"type":"integer"})"));
    CHECK(schema_of<double>::make() == object(R"({"type":"number"})"));
    CHECK(schema_of<std::string>::make() == object(R"({"type":"string"})"));
    CHECK(schema_of<json::value>::make().empty()); // anything
}

TEST_CASE("an optional may be null as well", "[fullon_cache_api][schema]")
{
    CHECK(schema_of<std::optional<double>>::make() == object(R"({"type":["number","null"]})"));
    CHECK(
        schema_of<std::optional<inner>>::make() ==
        object(R"({"type":["object","null"],"properties":{"flag":{"type":"boolean"}},"required":["flag"]})"));
    CHECK(schema_of<std::optional<std::vector<int>>>::make() ==
          object(R"({"type":["array","null"],"items":{"type":"integer"}})"));
    CHECK(schema_of<std::optional<json::value>>::make().empty());
}

TEST_CASE("lists have the schema of their items", "[fullon_cache_api][schema]")
{
    CHECK(schema_of<std::vector<std::string>>::make() ==
          object(R"({"type":"array","items":{"type":"string"}})"));
}

// Everything is always there on the wire, null where nothing is known: so everything is required.
TEST_CASE("a struct lists its members, inherited ones too, all of them required",
          "[fullon_cache_api][schema]")
{
    CHECK(schema_of<outer>::make() == object(R"({
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "count": {"type": "integer"},
            "big": {"type": "integer"},
            "ratio": {"type": "number"},
            "maybe": {"type": ["number", "null"]},
            "maybe_inner": {"type": ["object", "null"], "properties": {"flag": {"type": "boolean"}}, "required": ["flag"]},
            "list": {"type": "array", "items": {"type": "object", "properties": {"flag": {"type": "boolean"}}, "required": ["flag"]}},
            "nested": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
            "anything": {}
        },
        "required": ["name", "count", "big", "ratio", "maybe", "maybe_inner", "list", "nested", "anything"]
    })"));
}

TEST_CASE("the ticker's schema", "[fullon_cache_api][schema]")
{
    CHECK(schema_of<fullon_cache_api::ticker>::make() == object(R"({
        "type": "object",
        "properties": {
            "exchange": {"type": "string"},
            "symbol": {"type": "string"},
            "price": {"type": "number"},
            "volume": {"type": ["number", "null"]},
            "timestamp": {"type": ["number", "null"]},
            "bid": {"type": ["number", "null"]},
            "ask": {"type": ["number", "null"]},
            "last": {"type": ["number", "null"]}
        },
        "required": ["exchange", "symbol", "price", "volume", "timestamp", "bid", "ask", "last"]
    })"));
}

TEST_CASE("nested results have nested schemas", "[fullon_cache_api][schema]")
{
    const json::value health = schema_of<fullon_cache_api::health_result>::make();
    CHECK(health.at("properties").at("cache").at("properties").at("latency_ms") ==
          object(R"({"type":["number","null"]})"));
    const json::value list = schema_of<fullon_cache_api::stream_list>::make();
    CHECK(list.at("properties").at("streams").at("items").at("properties").at("topics").at("type") ==
          "array");
}
