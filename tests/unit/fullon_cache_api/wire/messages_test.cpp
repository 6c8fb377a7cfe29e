// Messages of the native dialect: whatever comes in is a request or a clear error, never an exception.
#include <fullon_cache_api/detail/wire/messages.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using fullon_cache_api::error;
using fullon_cache_api::stale_reason;
using fullon_cache_api::protocol::error_message;
using fullon_cache_api::protocol::parse_request;
using fullon_cache_api::protocol::request;
using fullon_cache_api::protocol::success_message;
namespace protocol = fullon_cache_api::protocol;
namespace json = boost::json;

namespace {

std::string repeated(std::string_view text, std::size_t times)
{
    std::string result;
    for (std::size_t i = 0; i < times; ++i)
        result.append(text);
    return result;
}

std::string with_id(std::string_view id)
{
    return R"({"request_id":)" + std::string(id) + R"(,"operation":"ping"})";
}

// Every failure has an error text, nothing else has one.
void check_consistent(const request& asked)
{
    CHECK(asked.failure.has_value() == !asked.problem.empty());
    if (asked.failure)
        CHECK_FALSE(wire_name(*asked.failure).empty());
    const auto answer =
        json::parse(error_message(asked.id, asked.failure.value_or(error::internal_error), asked.problem));
    CHECK(answer.at("success") == false);
}

} // namespace

TEST_CASE("a request has its id, operation and parameters", "[fullon_cache_api][messages]")
{
    const auto asked = parse_request(
        R"({"request_id": "7f1c", "operation": "get_ticker", "params": {"exchange": "binance", "symbol": "BTC/USDT"}})");
    CHECK_FALSE(asked.failure);
    CHECK(asked.problem.empty());
    CHECK(asked.id == R"("7f1c")");
    CHECK(asked.operation == "get_ticker");
    CHECK(asked.params == json::object{{"exchange", "binance"}, {"symbol", "BTC/USDT"}});
}

TEST_CASE("id and parameters may be absent or null, other members are ignored",
          "[fullon_cache_api][messages]")
{
    for (const char* text :
         {R"({"operation":"ping"})", R"({"operation":"ping","params":null,"request_id":null})",
          R"({"operation":"ping","params":{},"later":[1,{"x":2}],"":0})",
          "\r\n\t {\"operation\" : \"ping\" } \n"}) {
        CAPTURE(text);
        const auto asked = parse_request(text);
        CHECK_FALSE(asked.failure);
        CHECK(asked.id.empty());
        CHECK(asked.operation == "ping");
        CHECK(asked.params.empty());
    }
}

// --- The id is echoed unchanged

TEST_CASE("text and number ids are echoed as they came", "[fullon_cache_api][messages]")
{
    for (const char* id :
         {"0", "1", "-1", "42", "9223372036854775807", "-9223372036854775808", "18446744073709551615", "1.5",
          "-0.25", R"("")", R"("a")", R"("1")", R"("with \"quotes\" and \\")", R"("\u0001\n")",
          "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""}) {
        CAPTURE(id);
        const auto asked = parse_request(with_id(id));
        CHECK_FALSE(asked.failure);
        CHECK(asked.id == id);
    }
}

// A number that no double or 64-bit integer holds, or that is spelt in another way, comes back as it was, or is
// refused: an id that was changed on the way would belong to nobody.
TEST_CASE("an id that cannot be kept as it came is refused, not changed", "[fullon_cache_api][messages]")
{
    for (const char* id : {"18446744073709551616", "123456789012345678901234567890", "-9223372036854775809",
                           "0.1000000000000000055511151231257827", "1e2", "1E400", "-1e400"}) {
        CAPTURE(id);
        const auto asked = parse_request(with_id(id));
        check_consistent(asked);
        if (asked.failure) {
            CHECK((*asked.failure == error::invalid_params || *asked.failure == error::malformed_message));
            CHECK(asked.id.empty());
        } else
            CHECK(asked.id == id);
    }
}

TEST_CASE("a text id and a number id are different ids", "[fullon_cache_api][messages]")
{
    CHECK(parse_request(with_id("1")).id != parse_request(with_id(R"("1")")).id);
}

TEST_CASE("an id is at most 510 bytes long", "[fullon_cache_api][messages]")
{
    const auto longest = parse_request(with_id('"' + std::string(510, 'x') + '"'));
    CHECK_FALSE(longest.failure);
    CHECK(longest.id.size() == 512);
    for (const std::size_t size : {511u, 600u, 60000u}) {
        const auto asked = parse_request(with_id('"' + std::string(size, 'x') + '"'));
        CHECK(asked.failure == error::invalid_params);
        CHECK(asked.problem.find("request_id") == 0);
        CHECK(asked.id.empty()); // not echoed: it would make a small answer large
    }
}

TEST_CASE("an id that is no text or number is refused", "[fullon_cache_api][messages]")
{
    for (const char* id :
         {"true", "false", "[]", "[1]", "{}", R"({"a":1})", "NaN", "Infinity", "-Infinity"}) {
        CAPTURE(id);
        const auto asked = parse_request(with_id(id));
        CHECK(asked.failure == error::invalid_params);
        CHECK(asked.problem.find("request_id") == 0);
        CHECK(asked.id.empty());
        check_consistent(asked);
    }
}

TEST_CASE("an error about the rest is told to its request", "[fullon_cache_api][messages]")
{
    for (const char* text : {R"({"request_id":7})", R"({"operation":5,"request_id":7})",
                             R"({"params":[],"operation":"ping","request_id":7})"}) {
        CAPTURE(text);
        const auto asked = parse_request(text);
        CHECK(asked.failure);
        CHECK(asked.id == "7");
    }
}

// --- Any input

TEST_CASE("what is not JSON is malformed", "[fullon_cache_api][messages]")
{
    for (const std::string& text : {std::string(),
                                    std::string(" "),
                                    std::string("\n"),
                                    std::string("ping"),
                                    std::string("{"),
                                    std::string("}"),
                                    std::string("{]"),
                                    std::string(R"({"operation")"),
                                    std::string(R"({"operation":})"),
                                    std::string(R"({"operation":"ping",})"),
                                    std::string(R"({operation:"ping"})"),
                                    std::string(R"({'operation':'ping'})"),
                                    std::string(R"({"operation":"ping"}})"),
                                    std::string(R"({"operation":"ping"} {"operation":"ping"})"),
                                    std::string(R"({"operation":"ping"} x)"),
                                    std::string(R"({"operation":"ping")"),
                                    std::string("{\"operation\":\"pi\nng\"}"),
                                    std::string(R"({"operation":"\x"})"),
                                    std::string(R"({"operation":"\u12"})"),
                                    std::string("nul"),
                                    std::string(R"({"request_id":01,"operation":"ping"})"),
                                    std::string(R"({"request_id":+1,"operation":"ping"})"),
                                    std::string(R"({"request_id":1.,"operation":"ping"})"),
                                    std::string(R"({"request_id":0x1,"operation":"ping"})"),
                                    std::string(1, '\0'),
                                    std::string("\0{\"operation\":\"ping\"}", 21),
                                    std::string("{\"operation\":\"ping\"}\0", 21),
                                    std::string("/* */{\"operation\":\"ping\"}")}) {
        CAPTURE(text);
        const auto asked = parse_request(text);
        CHECK(asked.failure == error::malformed_message);
        CHECK(asked.id.empty());
        check_consistent(asked);
    }
}

TEST_CASE("JSON that is not an object is malformed", "[fullon_cache_api][messages]")
{
    for (const char* text : {"null", "true", "1", "-1.5", "1e5", R"("operation")", "[]",
                             R"([{"operation":"ping"}])", "123456789012345678901234567890", "NaN"}) {
        CAPTURE(text);
        const auto asked = parse_request(text);
        CHECK(asked.failure == error::malformed_message);
        check_consistent(asked);
    }
}

TEST_CASE("nesting deeper than 32 is malformed, 32 is not", "[fullon_cache_api][messages]")
{
    const auto nested = [](std::size_t depth) {
        return R"({"operation":"ping","x":)" + repeated("[", depth - 1) + repeated("]", depth - 1) + "}";
    };
    CHECK_FALSE(parse_request(nested(32)).failure);
    CHECK(parse_request(nested(33)).failure == error::malformed_message);
    CHECK(parse_request(repeated("[", 100000)).failure == error::malformed_message);
    CHECK(parse_request(repeated(R"({"a":)", 100000)).failure == error::malformed_message);
    CHECK(parse_request(R"({"operation":"ping","params":)" + repeated(R"({"a":)", 31) + "1" +
                        repeated("}", 31) + "}")
              .params.size() == 1);
}

TEST_CASE("a byte order mark is malformed", "[fullon_cache_api][messages]")
{
    CHECK(parse_request("\xEF\xBB\xBF{\"operation\":\"ping\"}").failure == error::malformed_message);
    CHECK(parse_request(std::string_view("\xFF\xFE{\0", 4)).failure == error::malformed_message);
    CHECK(parse_request("\xEF\xBB\xBF").failure == error::malformed_message);
}

TEST_CASE("bytes that are no UTF-8 are malformed", "[fullon_cache_api][messages]")
{
    for (const char* bytes : {"\x80", "\xBF", "\xC0\x80", "\xC3", "\xC3(", "\xE2\x82", "\xED\xA0\x80",
                              "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE", "\xFF"}) {
        CAPTURE(bytes);
        CHECK(parse_request(R"({"operation":")" + std::string(bytes) + R"("})").failure ==
              error::malformed_message);
        CHECK(parse_request(R"({"operation":"ping",")" + std::string(bytes) + R"(":1})").failure ==
              error::malformed_message);
        CHECK(parse_request(std::string(bytes)).failure == error::malformed_message);
    }
}

// Python writes lone surrogates and NaN: neither may do any harm. What the answer echoes must be valid UTF-8.
TEST_CASE("escaped lone surrogates do not get out as broken UTF-8", "[fullon_cache_api][messages]")
{
    for (const char* id : {R"("\ud800")", R"("\udc00")", R"("\ud800x")", R"("\udc00\ud800")"}) {
        CAPTURE(id);
        const auto asked = parse_request(with_id(id));
        check_consistent(asked);
        boost::system::error_code failure;
        json::parse(error_message(asked.id, error::internal_error, "x"), failure);
        CHECK_FALSE(failure);
    }
}

TEST_CASE("NaN and infinity among the parameters are no syntax errors", "[fullon_cache_api][messages]")
{
    const auto asked = parse_request(R"({"operation":"ping","params":{"a":NaN,"b":Infinity,"c":-Infinity}})");
    CHECK_FALSE(asked.failure);
    CHECK(asked.params.size() == 3);
}

TEST_CASE("of equal members the last one counts", "[fullon_cache_api][messages]")
{
    const auto asked = parse_request(
        R"({"operation":"a","request_id":1,"operation":"b","request_id":2,"params":{"x":1,"x":2},"params":{"y":1,"y":3}})");
    CHECK_FALSE(asked.failure);
    CHECK(asked.operation == "b");
    CHECK(asked.id == "2");
    CHECK(asked.params == json::object{{"y", 3}});
}

TEST_CASE("an operation is a text", "[fullon_cache_api][messages]")
{
    for (const char* text : {"{}", R"({"operation":null})", R"({"operation":1})", R"({"operation":["ping"]})",
                             R"({"operation":{}})", R"({"operation":true})", R"({"action":"get_ticker"})",
                             R"({"Operation":"ping"})"}) {
        CAPTURE(text);
        const auto asked = parse_request(text);
        CHECK(asked.failure == error::invalid_operation);
        CHECK(asked.problem.find("operation") == 0);
        check_consistent(asked);
    }
}

TEST_CASE("parameters are an object", "[fullon_cache_api][messages]")
{
    for (const char* params : {"[]", "1", R"("x")", "true", "false", "0", "NaN"}) {
        CAPTURE(params);
        const auto asked = parse_request(R"({"operation":"ping","params":)" + std::string(params) + "}");
        CHECK(asked.failure == error::invalid_params);
        CHECK(asked.problem == "params: must be an object");
    }
}

TEST_CASE("huge and strange numbers among the parameters do no harm", "[fullon_cache_api][messages]")
{
    for (const std::string& number :
         {std::string("18446744073709551616"), std::string(60000, '9'), "-" + std::string(60000, '9'),
          std::string("1e308"), std::string("1e-400"), "0." + std::string(60000, '0') + "1",
          "1e" + std::string(1000, '9'), std::string("-0"), std::string("-0.0")}) {
        CAPTURE(number.size());
        const auto asked =
            parse_request(R"({"operation":"ping","request_id":1,"params":{"a":)" + number + "}}");
        check_consistent(asked);
        if (asked.failure)
            CHECK(asked.failure == error::malformed_message);
        else
            CHECK(asked.params.size() == 1);
    }
}

TEST_CASE("long names, texts and lists are just long", "[fullon_cache_api][messages]")
{
    const std::string text(60000, 'x');
    CHECK(parse_request(R"({"operation":")" + text + R"("})").operation == text);
    CHECK_FALSE(parse_request(R"({"operation":"ping","params":{")" + text + R"(":1}})").failure);
    CHECK_FALSE(
        parse_request(R"({"operation":"ping","params":{"a":[)" + repeated("1,", 30000) + "1]}}").failure);
    std::string many = R"({"operation":"ping")";
    for (int i = 0; i < 5000; ++i)
        many += ",\"k" + std::to_string(i) + "\":0";
    CHECK_FALSE(parse_request(many + "}").failure);
}

TEST_CASE("zero bytes in texts are kept as escapes", "[fullon_cache_api][messages]")
{
    const auto asked = parse_request(R"({"operation":"a\u0000b","request_id":"\u0000"})");
    CHECK(asked.operation == std::string("a\0b", 3));
    CHECK(asked.id == R"("\u0000")");
}

TEST_CASE("no prefix of a valid message is taken for a whole one, and none throws",
          "[fullon_cache_api][messages]")
{
    const std::string whole =
        R"({"request_id":"a\u00e9\ud83d\ude00","operation":"stream_tickers","params":{"exchange":"binance",)"
        R"("symbols":["BTC/USDT",1.5e3,-2,null,true,{"x":[]}]},"n":12345678901234567890123})";
    REQUIRE_FALSE(parse_request(whole).failure);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK(parse_request(std::string_view(whole).substr(0, size)).failure == error::malformed_message);
    }
}

TEST_CASE("no bytes make parse_request throw", "[fullon_cache_api][messages]")
{
    const std::string valid =
        R"({"request_id":12,"operation":"get_ticker","params":{"exchange":"b","symbol":"A/B","x":[1,{}]}})";
    const std::string_view alphabet = "{}[]\",:0123456789.eE+-\\utrfalsnNI \n\x80\xC3\xA9\xFF";
    for (std::uint64_t seed = 1; seed <= 20000; ++seed) {
        INFO("seed " << seed);
        std::mt19937_64 random(seed);
        std::string text;
        if (seed % 3 == 0) { // bytes
            text.resize(random() % 64);
            for (auto& byte : text)
                byte = static_cast<char>(random());
        } else if (seed % 3 == 1) { // JSON's characters
            text.resize(random() % 64);
            for (auto& byte : text)
                byte = alphabet[random() % alphabet.size()];
        } else { // a valid message with a few wounds
            text = valid;
            for (auto wounds = 1 + random() % 4; wounds > 0; --wounds)
                text[random() % text.size()] =
                    static_cast<char>(random() % 2 ? random() : alphabet[random() % alphabet.size()]);
        }
        std::optional<request> asked;
        REQUIRE_NOTHROW(asked = parse_request(text));
        REQUIRE(asked->failure.has_value() == !asked->problem.empty());
        boost::system::error_code failure;
        json::parse(error_message(asked->id, error::internal_error, asked->problem), failure);
        REQUIRE_FALSE(failure);
    }
}

// --- What the server writes

TEST_CASE("a success has id, result and metrics", "[fullon_cache_api][messages]")
{
    CHECK(success_message(R"("7f1c")", R"({"price":1.5})",
                          {.duration_ms = 0.08, .cache_hit = true, .from_redis = false}) ==
          R"({"request_id":"7f1c","success":true,"result":{"price":1.5},)"
          R"("metrics":{"duration_ms":0.08,"cache_hit":true,"source":"memory"}})");
    CHECK(
        success_message("12", "[]", {.duration_ms = 12.3456789, .cache_hit = false, .from_redis = true}) ==
        R"({"request_id":12,"success":true,"result":[],"metrics":{"duration_ms":12.346,"cache_hit":false,"source":"redis"}})");
}

TEST_CASE("an error has id, code and text", "[fullon_cache_api][messages]")
{
    CHECK(
        error_message("12", error::cache_miss, "Ticker BTC/USDT not found in binance cache") ==
        R"({"request_id":12,"success":false,"error_code":"CACHE_MISS","error":"Ticker BTC/USDT not found in binance cache"})");
    CHECK(
        error_message(R"("a")", error::invalid_params, "symbol: must be \"x\"\n") ==
        R"({"request_id":"a","success":false,"error_code":"INVALID_PARAMS","error":"symbol: must be \"x\"\n"})");
}

TEST_CASE("an error without a request's id has null", "[fullon_cache_api][messages]")
{
    CHECK(json::parse(error_message("", error::malformed_message, "x")).at("request_id").is_null());
}

TEST_CASE("an error text of any bytes makes a valid message", "[fullon_cache_api][messages]")
{
    std::string text;
    for (int byte = 0; byte < 256; ++byte)
        text.push_back(static_cast<char>(byte));
    CHECK(json::parse(error_message("1", error::internal_error, text)).at("error").is_string());
}

TEST_CASE("marks name their stream", "[fullon_cache_api][messages]")
{
    CHECK(protocol::snapshot_end_message("s1", 3) ==
          R"({"type":"snapshot_end","stream_key":"s1","items":3})");
    CHECK(protocol::snapshot_end_message("s1", 0) ==
          R"({"type":"snapshot_end","stream_key":"s1","items":0})");
    CHECK(protocol::stale_message("s1", stale_reason::redis_down) ==
          R"({"type":"stale","stream_key":"s1","reason":"redis_down"})");
    CHECK(protocol::stale_message("a\"b", stale_reason::none) == R"({"type":"fresh","stream_key":"a\"b"})");
}

TEST_CASE("marks of topics name them", "[fullon_cache_api][messages]")
{
    const std::vector<std::string> topics{"tickers:x:A", "tickers:x:\"\\"};
    CHECK(
        protocol::stale_message("s1", stale_reason::unreadable, topics) ==
        R"({"type":"stale","stream_key":"s1","reason":"unreadable","topics":["tickers:x:A","tickers:x:\"\\"]})");
    CHECK(protocol::stale_message("s1", stale_reason::none, std::span(topics).first(1)) ==
          R"({"type":"fresh","stream_key":"s1","topics":["tickers:x:A"]})");
}

TEST_CASE("every reason has a word of its own, and a word that is not known says that it is stale",
          "[fullon_cache_api][messages]")
{
    std::set<std::string_view> words;
    for (auto why = stale_reason::source_silent; why <= stale_reason::gateway_lag;
         why = static_cast<stale_reason>(static_cast<int>(why) + 1)) {
        const auto word = fullon_cache_api::to_text(why);
        CAPTURE(word);
        CHECK_FALSE(word.empty());
        CHECK(words.insert(word).second);
        CHECK(fullon_cache_api::stale_reason_of(word) == why);
    }
    CHECK(words.size() == 7);
    CHECK(fullon_cache_api::to_text(stale_reason::none).empty());
    CHECK(fullon_cache_api::stale_reason_of("of_a_later_version") == stale_reason::redis_down);
    CHECK(fullon_cache_api::stale_reason_of("") == stale_reason::redis_down);
}

TEST_CASE("the beginning of a request tells its id where it has come, and never more than was sent",
          "[messages]")
{
    using fullon_cache_api::protocol::read_beginning;
    CHECK(read_beginning(R"({"request_id":"a\"b","operation":"x","params":{"s":"xxx)").id == R"("a\"b")");
    CHECK(read_beginning(R"( { "request_id" : 17 , "op)").id == "17");
    CHECK(read_beginning(R"({"request_id":1)").id.empty()); // it may go on
    CHECK(read_beginning(R"({"params":{"request_id":1},"x":")").id.empty());
    CHECK(read_beginning(R"({"x":"request_id","y":5,)").id.empty());
    CHECK(read_beginning(R"({"request_id":null,)").id.empty());
    CHECK(read_beginning(R"({"request_id":{"a":1},)").id.empty());
    CHECK(read_beginning(R"({"request_id":")" + std::string(600, 'x') + R"(",)").id.empty());
    for (const char* text : {"", "{", "\"", "{\"", "{\"a\\", "}}}", "]:,", "{\"request_id\":,"})
        CHECK(read_beginning(text).id.empty());
    CHECK(read_beginning(R"({"action":"x",)").action);
    CHECK_FALSE(read_beginning(R"({"params":{"action":1},)").action);
    CHECK(read_beginning(R"({"operation":)").operation);
}
