// The quick look at a request: it may pass, but never see something else than the full parser does.
#include <fullon_cache_api/detail/wire/messages.hpp>
#include <fullon_cache_api/detail/wire/plain_request.hpp>

#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using fullon_cache_api::protocol::parse_request;
using fullon_cache_api::protocol::read_plain_request;

namespace {

constexpr std::string_view params = R"({"exchange":"binance","symbol":"BTC/USDT"})";
const std::string question = std::string(params) + "get_ticker";

struct seen {
    std::string operation, id, question;
};

std::optional<seen> read(std::string_view text)
{
    std::string asked;
    const auto found = read_plain_request(text, asked);
    if (!found)
        return std::nullopt;
    return seen{std::string(found->operation), std::string(found->id), asked};
}

std::string message(std::string_view id, std::string_view of = params)
{
    return R"({"request_id":)" + std::string(id) + R"(,"operation":"get_ticker","params":)" +
           std::string(of) + "}";
}

void check_agrees(const std::string& text)
{
    const auto quick = read(text);
    if (!quick || quick->question != question)
        return;
    INFO(text);
    const auto full = parse_request(text);
    REQUIRE_FALSE(full.failure);
    CHECK(full.operation == quick->operation);
    CHECK(full.id == quick->id);
    CHECK(boost::json::serialize(full.params) == params);
}

} // namespace

TEST_CASE("a plain request is read in any order and with any blanks", "[plain_request]")
{
    for (
        const auto* text :
        {R"({"request_id":"a1","operation":"get_ticker","params":{"exchange":"binance","symbol":"BTC/USDT"}})",
         R"({"request_id": "a1", "operation": "get_ticker", "params": {"exchange": "binance", "symbol": "BTC/USDT"}})",
         R"({"params":{"exchange":"binance","symbol":"BTC/USDT"},"operation":"get_ticker","request_id":"a1"})",
         " {\n\t\"operation\" : \"get_ticker\",\r\n \"params\" : { \"exchange\" : \"binance\" "
         ",\n\"symbol\":\t\"BTC/USDT\" }"
         " , \"request_id\" : \"a1\" }\n"}) {
        INFO(text);
        const auto found = read(text);
        REQUIRE(found);
        CHECK(found->operation == "get_ticker");
        CHECK(found->id == R"("a1")");
        CHECK(found->question == question);
    }
    for (const std::string id : {"0", "7", "123456789012345678", R"("")", R"("7")"}) {
        const auto found = read(message(id));
        REQUIRE(found);
        CHECK(found->id == id);
        CHECK(parse_request(message(id)).id == id);
    }
}

TEST_CASE("what the quick look takes has the id of the full parser, whatever it is made of",
          "[plain_request]")
{
    std::string every = "\"";
    for (char c = ' '; c <= '~'; ++c)
        if (c != '"' && c != '\\')
            every.push_back(c);
    every.push_back('"');
    REQUIRE(read(message(every)));
    check_agrees(message(every));
    const auto longest = '"' + std::string(510, 'x') + '"';
    REQUIRE(read(message(longest)));
    check_agrees(message(longest));
}

TEST_CASE("everything else is left to the full parser", "[plain_request]")
{
    const std::vector<std::string> others{
        "",
        "{",
        "{}",
        "[]",
        "null",
        R"({"request_id":1,"operation":"get_ticker"})",
        R"({"operation":"get_ticker","params":{}})",
        R"({"request_id":1,"params":{}})",
        R"({"request_id":1,"operation":"","params":{}})",
        message("1") + "x",
        message("1") + message("1"),
        message("1").substr(0, message("1").size() - 1),
        message("01"),
        message("-1"),
        message("-0"),
        message("1.0"),
        message("1e3"),
        message("1234567890123456789"),
        message("1 2"),
        message("null"),
        message("true"),
        message("[1]"),
        message(R"("a\n")"),
        message("\"\xc3\xa4\""),
        message('"' + std::string(511, 'x') + '"'),
        message("1", "[]"),
        message("1", "null"),
        message("1", R"({"exchange":"bin\u0061nce"})"),
        message("1", "{\"exchange\":\"b\xc3\xa4\"}"),
        message("1", R"({"user_id":1 2})"),
        message("1", R"({"a" "b":1})"),
        message("1", R"({"a":1)"),
        R"({"request_id":1,"request_id":2,"operation":"get_ticker","params":{}})",
        R"({"request_id":1,"operation":"a","operation":"b","params":{}})",
        R"({"request_id":1,"operation":"a","params":{},"params":{}})",
        R"({"request_id":1,"operation":"a","params":{},"more":1})",
        R"({"request_id":1,"operation":"a","params":{},"action":"b"})",
        R"({"request_id":1,"operation":"a","params":{},})",
        R"({"request_id":1 "operation":"a","params":{}})",
        R"({"request_id":1,"operation":"get_ticker","params":{"exchange":")" + std::string(4000, 'x') +
            R"("}})",
    };
    for (const auto& text : others) {
        INFO(text);
        CHECK_FALSE(read(text));
    }
}

TEST_CASE("a message that was spoilt is never taken for the one that it was", "[plain_request]")
{
    std::minstd_rand random(7);
    const auto upto = [&](std::size_t most) { return static_cast<std::size_t>(random()) % most; };
    constexpr std::string_view likely = "{}[]:,\"\\ \t\n0129-e.abtx\x7f\x01";
    std::size_t passed = 0;
    for (int i = 0; i < 100'000; ++i) {
        auto text = i % 2 == 0 ? message("\"a1\"") : message("17");
        for (auto changes = 1 + upto(3); changes != 0; --changes) {
            const auto at = upto(text.size());
            const char c = likely[upto(likely.size())];
            switch (upto(4)) {
            case 0: text[at] = c; break;
            case 1: text.insert(at, 1, c); break;
            case 2: text.erase(at, 1); break;
            default: text.insert(at, " "); break;
            }
        }
        const auto quick = read(text);
        passed += quick && quick->question == question ? 1 : 0;
        check_agrees(text);
    }
    CHECK(passed > 1000); // blanks, mostly
}
