// Requests and replies of the compat dialect, without a socket.
#include <fullon_cache_api/detail/compat/compat_messages.hpp>
#include <fullon_cache_api/detail/compat/reply_order.hpp>
#include <fullon_cache_api/detail/compat/websocket_path.hpp>

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace fullon_cache_api::protocol;
namespace json = boost::json;

std::string failure_of(const compat_request& read)
{
    return read.failure ? read.failure->code + ": " + read.failure->text : "none";
}

} // namespace

TEST_CASE("texts are made of JSON values as Python makes them")
{
    const std::vector<std::pair<std::string, std::string>> texts{
        {"null", "None"},
        {"true", "True"},
        {"false", "False"},
        {"7", "7"},
        {"-7", "-7"},
        {"1.5", "1.5"},
        {"1e22", "1e+22"},
        {"18446744073709551615", "18446744073709551615"},
        {R"("a'b")", "a'b"},
        {R"(["a",1,null,"it's","q\"","both'\""])", R"(['a', 1, None, "it's", 'q"', 'both\'"'])"},
        {R"({"a":[true],"b":{}})", "{'a': [True], 'b': {}}"},
        {R"(["\n\t\\\u0001é"])", R"(['\n\t\\\x01é'])"},
    };
    for (const auto& [value, text] : texts) {
        INFO(value);
        CHECK(python_text(json::parse(value)) == text);
    }
}

TEST_CASE("whole numbers are what Python's int() takes")
{
    const std::vector<std::pair<std::string, std::optional<std::int64_t>>> numbers{
        {"5", 5},         {"-5", -5},      {"2.9", 2},          {"-2.9", -2},
        {"true", 1},      {R"("12")", 12}, {R"(" +12\n")", 12}, {R"("-3")", -3},
        {"null", {}},     {R"("")", {}},   {R"("1.5")", {}},    {R"("abc")", {}},
        {R"("+-3")", {}}, {"[1]", {}},     {"1e300", {}},       {"18446744073709551615", {}},
    };
    for (const auto& [value, number] : numbers) {
        INFO(value);
        CHECK(python_int(json::parse(value)) == number);
    }
}

TEST_CASE("a request of the compat dialect: its id is echoed, whatever it is")
{
    const std::vector<std::pair<std::string, std::string>> ids{
        {R"({"action":"x"})", "null None"},
        {R"({"request_id":null})", "null None"},
        {R"({"request_id":"r1"})", R"("r1" r1)"},
        {R"({"request_id":7})", "7 7"},
        {R"({"request_id":1.50})", "1.50 1.5"},
        {R"({"request_id":{"a":[1]}})", R"({"a":[1]} {'a': [1]})"},
        {R"({"request_id":12345678901234567890123})", "12345678901234567890123 12345678901234567890123"},
        {R"({"request\u005fid":2.5})", "2.5 2.5"},
    };
    for (const auto& [text, expected] : ids) {
        const auto read = parse_compat_request(text);
        CHECK(failure_of(read) == "none");
        CHECK(read.id + " " + read.id_text == expected);
    }
    CHECK(failure_of(parse_compat_request(R"({"request_id":")" + std::string(5000, 'x') + "\"}")) ==
          "INVALID_PARAMS: request_id: must be at most 4096 bytes long");
}

TEST_CASE("a request of the compat dialect: what says nothing is nothing, what is no object is an error")
{
    for (const auto* const params : {"null", "[]", "{}", "0", "0.0", "false", R"("")"}) {
        const auto read = parse_compat_request(R"({"action":"a","params":)" + std::string(params) + "}");
        CHECK(failure_of(read) == "none");
        CHECK(read.params.empty());
    }
    for (const auto* const params : {"1", "[1]", "true", R"("x")"})
        CHECK(failure_of(parse_compat_request(R"({"action":"a","params":)" + std::string(params) + "}")) ==
              "INVALID_PARAMS: params: must be an object");
    for (const auto* const text : {"", "[]", "5", "null", "\"x\"", "{", "{'action':1}", "\xEF\xBB\xBF{}"})
        CHECK(failure_of(parse_compat_request(text)) == "MALFORMED_MESSAGE: Malformed JSON message");
    CHECK(parse_compat_request(R"({"action":["x"]})").action == "['x']");
    CHECK_FALSE(parse_compat_request(R"({"operation":"x"})").has_action);
}

TEST_CASE("replies go out in the order of their requests, and what follows one right behind it")
{
    const auto text = [](std::string of) { return std::make_shared<const std::string>(std::move(of)); };
    std::vector<std::string> sent;
    fullon_cache_api::detail::reply_order order([&](const auto& message) { sent.push_back(*message); });
    const auto first = order.open();
    const auto second = order.open();
    const auto third = order.open();
    order.complete(third, text("third"));
    order.complete(second, text("second"), [&] { sent.emplace_back("behind the second"); });
    CHECK(sent.empty());
    CHECK(order.bytes() == 11);
    order.complete(first, text("first"));
    CHECK(sent == std::vector<std::string>{"first", "second", "behind the second", "third"});
    CHECK(order.bytes() == 0);
    order.complete(order.open(), text("fourth"));
    CHECK(sent.back() == "fourth");
}

TEST_CASE("the path of an upgrade says which dialect is spoken")
{
    const auto told = [](std::string_view target) -> std::string {
        const auto path = fullon_cache_api::detail::parse_websocket_path(target, "/api/v1/cache");
        return !path ? "refused" : path->native ? "native" : path->group + " " + path->connection_id;
    };
    for (const auto* const native : {"/", "/ws", "/?token=x", "/ws?a=/ws/tickers/b", "/api/v1/cache/ws"})
        CHECK(told(native) == "native");
    for (const auto* const group : {"tickers", "accounts", "orders", "bots", "trades", "ohlcv", "process"}) {
        CHECK(told("/ws/" + std::string(group) + "/c1") == std::string(group) + " c1");
        CHECK(told("/api/v1/cache/ws/" + std::string(group) + "/c1?token=x") == std::string(group) + " c1");
    }
    CHECK(told("/ws/tickers/a%2Fb%20c") == "tickers a/b c");
    for (const auto* const other : {"", "/x", "/ws/", "/ws/tickers", "/ws/tickers/", "/ws/tickers/c1/",
                                    "/ws/tickers/c1/x", "/ws/nothing/c1", "/tickers/c1", "/api/v1/cache",
                                    "/api/v1/cachews/tickers/c1", "/ws/tickers/%zz", "/ws/tickers/%00"})
        CHECK(told(other) == "refused");
}
