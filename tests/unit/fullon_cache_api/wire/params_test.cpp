// Parameters by the description of their struct: what is accepted, and the words for what is not.
#include <fullon_cache_api/detail/catalogue/accounts.hpp>
#include <fullon_cache_api/detail/catalogue/bots.hpp>
#include <fullon_cache_api/detail/catalogue/health.hpp>
#include <fullon_cache_api/detail/catalogue/metrics.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv.hpp>
#include <fullon_cache_api/detail/catalogue/processes.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/catalogue/tickers.hpp>
#include <fullon_cache_api/detail/wire/params.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using fullon_cache_api::protocol::check_params;
using fullon_cache_api::protocol::params_schema;
using fullon_cache_api::protocol::read_params;
namespace json = boost::json;
namespace operations = fullon_cache_api::operations;

namespace {

struct sample {
    std::string name;
    std::optional<std::string> nickname;
    std::optional<std::vector<std::string>> tags;
};
BOOST_DESCRIBE_STRUCT(sample, (), (name, nickname, tags))

json::object object(std::string_view text)
{
    return json::parse(text).as_object();
}

template <class Params = sample>
std::string problem(std::string_view text)
{
    Params ignored;
    return read_params(object(text), ignored);
}

} // namespace

TEST_CASE("what becomes a part of a key must not make two pairs one, and a schema says so",
          "[fullon_cache_api][params]")
{
    CHECK(problem<operations::get_ticker::params>(R"({"exchange":"a:b","symbol":"X"})") ==
          "exchange: must not contain ':'");
    CHECK(problem<operations::get_ticker::params>(R"({"exchange":"a","symbol":"//"})") ==
          "symbol: must be more than '/'");
    CHECK(problem<operations::get_ticker::params>(R"({"exchange":"a","symbol":"BTC/USDT:USDT"})").empty());
    CHECK(problem<operations::stream_tickers::params>(R"({"exchange":"a","symbols":["X","/"]})") ==
          "symbols: must be more than '/'");
    CHECK(problem<operations::stream_ohlcv::params>(R"({"symbol":"X","timeframe":"1/m"})") ==
          "timeframe: must not contain '/'");
    CHECK(problem<operations::is_blocked::params>(R"({"exchange":"a:b","symbol":"X"})") ==
          "exchange: must not contain ':'");
    CHECK(problem<operations::is_blocked::params>(R"({"exchange":4,"symbol":"X"})").empty());
    CHECK(problem<operations::stream_positions::params>(R"({"exchange":"a:b"})").empty()); // an account

    CHECK(check_params(operations::get_ticker::params{.exchange = "a:b", .symbol = "X"}) ==
          "exchange: must not contain ':'");
    const auto properties = params_schema<operations::stream_tickers::params>().at("properties");
    CHECK(properties.at("exchange").at("pattern") == "^[^:]+$");
    CHECK(properties.at("symbols").at("items").at("pattern") == "[^/]");
    CHECK_FALSE(params_schema<operations::stream_positions::params>()
                    .at("properties")
                    .at("exchange")
                    .as_object()
                    .contains("pattern"));
}

TEST_CASE("parameters are read into their members", "[fullon_cache_api][params]")
{
    sample to;
    CHECK(read_params(object(R"({"name":"a","nickname":"b","tags":["c","d"]})"), to).empty());
    CHECK(to.name == "a");
    CHECK(to.nickname == "b");
    CHECK(to.tags == std::vector<std::string>{"c", "d"});
}

TEST_CASE("optional members and lists may be left out or null", "[fullon_cache_api][params]")
{
    for (const char* text :
         {R"({"name":"a"})", R"({"name":"a","nickname":null,"tags":null})", R"({"tags":null,"name":"a"})"}) {
        CAPTURE(text);
        sample to;
        CHECK(read_params(object(text), to).empty());
        CHECK_FALSE(to.nickname);
        CHECK_FALSE(to.tags);
    }
}

TEST_CASE("texts keep any bytes that JSON can bring", "[fullon_cache_api][params]")
{
    sample to;
    CHECK(read_params(object("{\"name\":\"a\\u0000b\xC3\xA9\"}"), to).empty());
    CHECK(to.name == std::string("a\0b\xC3\xA9", 5));
}

TEST_CASE("a missing or null required parameter is named, with what it must be", "[fullon_cache_api][params]")
{
    CHECK(problem("{}") == "name: required, must be a non-empty string");
    CHECK(problem(R"({"name":null})") == "name: required, must be a non-empty string");
}

TEST_CASE("a parameter of the wrong type is named, with what it must be", "[fullon_cache_api][params]")
{
    for (const char* value : {"1", "1.5", "true", "[]", "{}", R"(["a"])", R"("")"}) {
        CAPTURE(value);
        CHECK(problem(R"({"name":)" + std::string(value) + "}") == "name: must be a non-empty string");
        CHECK(problem(R"({"name":"a","nickname":)" + std::string(value) + "}") ==
              "nickname: must be a non-empty string");
    }
    for (const char* value : {"1", R"("a")", "{}", "[]", "true", "[1]", R"(["a",null])", R"(["a",""])",
                              R"([["a"]])", R"({"0":"a"})"}) {
        CAPTURE(value);
        CHECK(problem(R"({"name":"a","tags":)" + std::string(value) + "}") ==
              "tags: must be a non-empty list, each entry a non-empty string");
    }
}

TEST_CASE("the first problem in the order of the parameters is the one told", "[fullon_cache_api][params]")
{
    CHECK(problem(R"({"tags":1,"nickname":2,"name":3})") == "name: must be a non-empty string");
    CHECK(problem(R"({"tags":1,"nickname":2,"name":"a"})") == "nickname: must be a non-empty string");
}

// A misspelt `symbols` must not mean "all".
TEST_CASE("a parameter that the operation does not have is refused, with those that it has",
          "[fullon_cache_api][params]")
{
    CHECK(problem(R"({"name":"a","tag":["b"]})") ==
          "tag: unknown parameter; known are: name, nickname, tags");
    CHECK(problem(R"({"name":"a","Name":"b"})") ==
          "Name: unknown parameter; known are: name, nickname, tags");
    CHECK(problem(R"({"name":"a","":null})") == ": unknown parameter; known are: name, nickname, tags");
    CHECK(problem<operations::stream_tickers::params>(R"({"exchange":"binance","symbol":["BTC/USDT"]})") ==
          "symbol: unknown parameter; known are: exchange, symbols");
    CHECK(problem<operations::ping::params>(R"({"x":1})") == "x: unknown parameter; known are: none");
}

TEST_CASE("an unknown parameter is refused also where optional ones are null or absent",
          "[fullon_cache_api][params]")
{
    CHECK(problem(R"({"name":"a","nickname":null,"extra":1})").find("extra: unknown") == 0);
    CHECK(problem(R"({"name":"a","extra":null})").find("extra: unknown") == 0);
}

TEST_CASE("a long unknown name is cut in the text", "[fullon_cache_api][params]")
{
    const auto text = problem(R"({"name":"a",")" + std::string(10000, 'x') + R"(":1})");
    CHECK(text.find(std::string(64, 'x') + ": unknown parameter") == 0);
    CHECK(text.size() < 200);
}

TEST_CASE("operations without parameters take an empty object", "[fullon_cache_api][params]")
{
    CHECK(problem<operations::ping::params>("{}").empty());
    CHECK(problem<operations::list_streams::params>("{}").empty());
}

TEST_CASE("the parameters of the tickers' operations", "[fullon_cache_api][params]")
{
    CHECK(problem<operations::get_ticker::params>(R"({"exchange":"binance","symbol":"BTC/USDT"})").empty());
    CHECK(problem<operations::get_ticker::params>(R"({"exchange":"binance"})") ==
          "symbol: required, must be a non-empty string");
    CHECK(problem<operations::get_ticker::params>(R"({"exchange":"","symbol":"A"})") ==
          "exchange: must be a non-empty string");
    CHECK(problem<operations::get_all_tickers::params>(R"({"exchange":5})") ==
          "exchange: must be a non-empty string");
    CHECK(problem<operations::stream_tickers::params>(R"({"exchange":"binance"})").empty());
    CHECK(problem<operations::stream_tickers::params>(R"({"exchange":"binance","symbols":"BTC/USDT"})") ==
          "symbols: must be a non-empty list, each entry a non-empty string");
    CHECK(problem<operations::unsubscribe::params>("{}") ==
          "stream_key: required, must be a non-empty string");
}

TEST_CASE("a number has its range, both ends included", "[fullon_cache_api][params]")
{
    using params = operations::stream_metrics::params;
    for (const char* good : {"{}", R"({"interval":null})", R"({"interval":0.1})", R"({"interval":1})",
                             R"({"interval":3600})", R"({"interval":3600.0})"}) {
        CAPTURE(good);
        CHECK(problem<params>(good).empty());
    }
    for (const char* bad :
         {R"({"interval":0.0999})", R"({"interval":0})", R"({"interval":-1})", R"({"interval":3600.1})",
          R"({"interval":1e300})", R"({"interval":18446744073709551615})", R"({"interval":"1"})",
          R"({"interval":true})", R"({"interval":[]})"}) {
        CAPTURE(bad);
        CHECK(problem<params>(bad) == "interval: must be a number from 0.1 to 3600");
    }
    params to;
    CHECK(read_params(object(R"({"interval":2})"), to).empty());
    CHECK(to.interval == 2.0);
    CHECK(params_schema<params>().at("properties") ==
          object(R"({"interval":{"type":"number","minimum":0.1,"maximum":3600.0}})"));
}

TEST_CASE("the schema says the same as the reader", "[fullon_cache_api][params]")
{
    CHECK(params_schema<sample>() == object(R"({
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "nickname": {"type": "string", "minLength": 1},
            "tags": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}
        },
        "required": ["name"],
        "additionalProperties": false
    })"));
    CHECK(params_schema<operations::ping::params>() ==
          object(R"({"type":"object","properties":{},"required":[],"additionalProperties":false})"));
}

namespace {

// What a method passes on reads the same, whether it goes through JSON or not.
template <class Params>
void check_same(const Params& given)
{
    std::string text;
    fullon_orm::write_json(text, given, fullon_orm::json_style::wire);
    CAPTURE(text);
    Params read;
    CHECK(check_params(given) == read_params(object(text), read));
}

} // namespace

TEST_CASE("parameters that were never JSON are judged as if they had been", "[fullon_cache_api][params]")
{
    for (const std::string name : {"", "a"})
        for (const auto& nickname :
             {std::optional<std::string>(), std::optional<std::string>(""), std::optional<std::string>("b")})
            for (const auto& tags : std::vector<std::optional<std::vector<std::string>>>{
                     std::nullopt, std::vector<std::string>(), std::vector<std::string>{"c", ""},
                     std::vector<std::string>{"c"}})
                check_same(sample{name, nickname, tags});
    for (const std::int64_t count : {-1, 0, 1, 10000, 10001})
        check_same(operations::get_latest_ohlcv_bars::params{"a", "1m", count});
    for (const double interval : {-1.0, 0.0, 0.1, 3600.0, 3600.5})
        check_same(operations::stream_metrics::params{interval});
    for (const std::string type : {"", "tick", "no such"})
        for (const std::int64_t minutes : {-1, 0, 1, 1440, 1441})
            check_same(operations::get_active_processes::params{type, std::nullopt, minutes});
    for (const auto& id :
         {fullon_orm::stored_id(std::int64_t(-1)), fullon_orm::stored_id(""), fullon_orm::stored_id("x")})
        check_same(operations::get_bot_status::params{id});
}
