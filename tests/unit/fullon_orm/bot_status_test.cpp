// What bots say about themselves and claim, as the Python services recorded it.
#include <fullon_orm/codec.hpp>
#include <fullon_orm/fullon_orm.hpp>

#include <catch2/catch_test_macros.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace {

using fullon_orm::bot_status;
using fullon_orm::bot_status_from_json;
using fullon_orm::opening_position;
using fullon_orm::opening_position_from_text;
using fullon_orm::opening_position_text;
using fullon_orm::read_error;
using fullon_orm::read_fault;
using fullon_orm::stamp_feeds;

// Recorded from the Python library.
constexpr std::string_view recorded =
    R"({"feed_1": {"status": "running", "symbols": ["BTC/USDT"], "performance": {"pnl": 100.0}, "timestamp": "2026-11-20T15:36:48.107963+00:00"}, "feed_2": {"status": "paused", "symbols": ["ETH/USDT"], "timestamp": "2026-11-20T15:36:48.107963+00:00"}, "note": "scalar untouched"})";

bot_status read(std::string_view json, std::string bot_id = "bot_1")
{
    return bot_status_from_json(json, std::move(bot_id)).value();
}

read_error error_of(std::string_view json)
{
    const auto result = bot_status_from_json(json, "bot_1");
    REQUIRE_FALSE(result.has_value());
    return result.error();
}

std::string stamp(std::string_view json, double now)
{
    return stamp_feeds(read(json).data, now);
}

opening_position mark(std::string bot_id, std::optional<double> since)
{
    return {.exchange = "binance", .symbol = "BTC/USDT", .bot_id = std::move(bot_id), .since = since};
}

opening_position read_mark(std::string_view text)
{
    return opening_position_from_text(text, "binance", "BTC/USDT");
}

} // namespace

TEST_CASE("a bot's feeds are stamped as recorded")
{
    CHECK(
        stamp(
            R"({"feed_1": {"status": "running", "symbols": ["BTC/USDT"], "performance": {"pnl": 100.0}}, "feed_2": {"status": "paused", "symbols": ["ETH/USDT"]}, "note": "scalar untouched"})",
            1795189008.107963) == recorded);
    CHECK(stamp(recorded, 1795189008.107963) == recorded);
}

TEST_CASE("stamping a bot's feeds replaces their time alone")
{
    CHECK(
        stamp(
            R"({"a": {"timestamp": 5, "n": 1, "x": 50000.0, "tiny": 1e-07, "at": 1762500000.123456, "nested": {"timestamp": "old"}}, "\u20bf:b": {}, "list": [{"timestamp": 1}], "timestamp": 7, "null": null, "big": 18446744073709551615, "zero": -0.0})",
            1762500000) ==
        R"({"a": {"timestamp": "2025-11-07T07:20:00+00:00", "n": 1, "x": 50000.0, "tiny": 1e-07, "at": 1762500000.123456, "nested": {"timestamp": "old"}}, "\u20bf:b": {"timestamp": "2025-11-07T07:20:00+00:00"}, "list": [{"timestamp": 1}], "timestamp": 7, "null": null, "big": 18446744073709551615, "zero": -0.0})");
    CHECK(stamp("{}", 1762500000) == "{}");
}

TEST_CASE("stamping leaves the bot's own data alone")
{
    const auto value = read(R"({"a": {"timestamp": 5}})");
    CHECK_FALSE(stamp_feeds(value.data, 1762500000).empty());
    CHECK(value == read(R"({"a": {"timestamp": 5}})"));
}

TEST_CASE("a recorded bot is read as it is stored")
{
    const auto value = read(recorded);
    CHECK(value.bot_id == "bot_1");
    CHECK(value.status() == "running");
    CHECK(value.timestamp() == 1795189008.107963);
    std::string out;
    fullon_orm::write_json(out, value.data, fullon_orm::json_style::redis);
    CHECK(out == recorded);
}

TEST_CASE("bots of a running system are read")
{
    const auto value = read(
        R"({"feed_1": {"status": "running", "symbols": ["BTC/USDT"], "performance": {"pnl": 100.0}, "timestamp": "2025-11-07T07:20:00.123456+00:00"}, "feed_2": {"status": "paused"}, "note": "x"})");
    CHECK(value.status() == "running");
    CHECK(value.timestamp() == 1762500000.123456);
    const auto top = read(R"({"status": "running"})", "7");
    CHECK(top.bot_id == "7");
    CHECK(top.status() == "running");
    CHECK_FALSE(top.timestamp());
    const auto empty = read("{}", "empty");
    CHECK(empty == bot_status{.bot_id = "empty"});
    CHECK(empty.status() == "unknown");
    CHECK_FALSE(empty.timestamp());
}

TEST_CASE("a bot's status is that at the top, else of its first feed that has one")
{
    CHECK(read(R"({"a": {"status": "paused"}, "status": "running"})").status() == "running");
    CHECK(read(R"({"a": {"x": 1}, "b": {"status": "paused"}, "c": {"status": "running"}})").status() ==
          "paused");
    CHECK(read(R"({"status": null, "a": {"status": NaN}, "b": {"status": ["x"]}, "c": {"status": 5}})")
              .status() == "5");
    CHECK(read(R"({"z": {"status": "first"}, "a": {"status": "second"}})").status() == "first");
    CHECK(read(R"({"a": "status", "b": [{"status": "x"}], "c": null})").status() == "unknown");
}

TEST_CASE("a bot's time is that of its newest feed, in any form")
{
    CHECK(
        read(
            R"({"a": {"timestamp": "2025-11-07T07:20:00"}, "b": {"timestamp": 1762500000.5}, "c": {"timestamp": "2025-11-07T07:20:00.123456+00:00"}})")
            .timestamp() == 1762500000.5);
    CHECK(read(R"({"a": {"timestamp": "1762500000.25"}, "b": {"timestamp": -5}})").timestamp() ==
          1762500000.25);
    CHECK(read(R"({"a": {"timestamp": -5}})").timestamp() == -5);
    CHECK_FALSE(
        read(
            R"({"timestamp": 1762500000, "a": {"timestamp": null}, "b": {"timestamp": "bad"}, "c": {"timestamp": NaN}, "d": {"timestamp": {}}, "e": 5})")
            .timestamp());
}

// A NaN would differ from itself: every look at the bot would find a change.
TEST_CASE("what is not finite in a bot is null, and what no double holds stays")
{
    constexpr std::string_view json =
        R"({"a": {"pnl": NaN, "list": [1, [Infinity]]}, "b": -Infinity, "c": 1e999})";
    CHECK(read(json) == read(json));
    CHECK(read(json) == read(R"({"a": {"pnl": null, "list": [1, [null]]}, "b": null, "c": 1e999})"));
    CHECK(stamp(R"({"c": 1e999, "d": [-1e-999]})", 0) == R"({"c": 1e999, "d": [-1e-999]})");
}

TEST_CASE("only what is no object is no bot")
{
    CHECK(error_of("{x") == read_error{read_fault::not_json, ""});
    CHECK(error_of("") == read_error{read_fault::not_json, ""});
    CHECK(error_of("[]") == read_error{read_fault::not_an_object, ""});
    CHECK(error_of("null") == read_error{read_fault::not_an_object, ""});
}

TEST_CASE("the mark of an opening position is written as recorded")
{
    CHECK(opening_position_text("7", 1795189008.107159) == "7:2026-11-20T15:36:48.107159+00:00");
    CHECK(opening_position_text("bot_1", 1762500000) == "bot_1:2025-11-07T07:20:00+00:00");
}

TEST_CASE("the mark of an opening position is read")
{
    CHECK(read_mark("7:2026-11-20T15:36:48.107159+00:00") == mark("7", 1795189008.107159));
    CHECK(read_mark("bot_1:2025-11-07T07:20:00+00:00") == mark("bot_1", 1762500000));
    CHECK(read_mark("bot_1:2025-11-07 07:20:00") == mark("bot_1", 1762500000));
    CHECK(opening_position_from_text("7:2025-11-07", "1", "ETH/USDT:USDT") ==
          opening_position{.exchange = "1", .symbol = "ETH/USDT:USDT", .bot_id = "7", .since = 1762473600});
}

TEST_CASE("the id in the mark of an opening position may be anything")
{
    for (const std::string id :
         {"", "7", "a:b", ":", "::", "a:", ":a", "12:30", "₿ot", "a\nb", "2025-11-07", "x:2025-11-07",
          "x:2025-11-07T07:20", "2025-11-07T07:20:00+00:00", "x:00+00"}) {
        CAPTURE(id);
        CHECK(read_mark(opening_position_text(id, 1762500000.123456)) == mark(id, 1762500000.123456));
        CHECK(read_mark(opening_position_text(id, 1762500000)) == mark(id, 1762500000));
    }
}

TEST_CASE("the mark of an opening position may lack its time")
{
    CHECK(read_mark("") == mark("", {}));
    CHECK(read_mark("bot_1") == mark("bot_1", {}));
    CHECK(read_mark("bot_1:") == mark("bot_1", {}));
    CHECK(read_mark("bot_1:None") == mark("bot_1", {}));
    CHECK(read_mark("7:2025-13-07T07:20:00") == mark("7", {}));
}

TEST_CASE("integers of any length in what a bot wrote keep their digits")
{
    const std::string_view json =
        R"({"feed": {"last_trade": 123456789012345678901, "ids": [18446744073709551616], "status": 123456789012345678901}})";
    const auto bot = bot_status_from_json(json, "7").value();
    CHECK(bot.status() == "123456789012345678901");
    std::string written;
    fullon_orm::write_json(written, bot.data, fullon_orm::json_style::redis);
    CHECK(written == json);
    CHECK(stamp_feeds(bot.data, 1762500000)
              .find(R"("last_trade": 123456789012345678901, "ids": [18446744073709551616])") !=
          std::string::npos);
}
