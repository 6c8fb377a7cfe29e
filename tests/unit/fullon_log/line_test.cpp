// Tests of impl/line.hpp: what a line looks like in each format, and that nothing a peer sends can break it.
#include <fullon_log/impl/line.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <limits>
#include <random>
#include <string>

using namespace fullon_log;
using detail::line_buffer;

namespace {

std::string text_of(const line_buffer& buffer)
{
    return {buffer.data(), buffer.size()};
}

std::string payload(format look, std::string_view message, std::initializer_list<field> fields)
{
    line_buffer out;
    detail::append_payload(out, look, message, {fields.begin(), fields.size()});
    return text_of(out);
}

std::string line(format look, bool colors, std::string_view payload,
                 std::string_view component = "fullon.cache.tick", level severity = level::warning)
{
    using namespace std::chrono;
    const auto time = sys_days(year(2025) / 3 / 9) + 7h + 5min + 2s + 1034us;
    line_buffer out;
    detail::append_line(out, look, colors, {time, severity, component, 4711, 4713}, payload);
    return text_of(out);
}

constexpr format people[] = {format::beautiful, format::minimal, format::development, format::detailed,
                             format::trading};

} // namespace

TEST_CASE("beautiful lines have time, level and component in columns", "[fullon_log]")
{
    CHECK(
        line(format::beautiful, false, "Slow operation latency_ms=120") ==
        "2025-03-09 07:05:02.001Z | WARNING  | fullon.cache.tick          | Slow operation latency_ms=120\n");
    CHECK(line(format::beautiful, false, "x", "fullon.api.cache.something.longer") ==
          "2025-03-09 07:05:02.001Z | WARNING  | fullon.api.cache.something.longer | x\n");
    CHECK(line(format::beautiful, true, "x") ==
          "2025-03-09 07:05:02.001Z | \x1b[33mWARNING \x1b[0m | fullon.cache.tick          | x\n");
}

TEST_CASE("minimal lines have no time", "[fullon_log]")
{
    CHECK(line(format::minimal, false, "x") == "WARNING  fullon.cache.tick: x\n");
}

TEST_CASE("development lines have a short time, and keys that stand out where there are colours",
          "[fullon_log]")
{
    const auto fields =
        payload(format::development, "Slow operation", {{"exchange", "binance"}, {"two words", 1}});
    CHECK(line(format::development, false, fields) ==
          "07:05:02.001 WARNING  fullon.cache.tick: Slow operation exchange=binance \"two words\"=1\n");
    CHECK(line(format::development, true, fields) ==
          "07:05:02.001 \x1b[33mWARNING \x1b[0m fullon.cache.tick: Slow operation "
          "\x1b[36mexchange=\x1b[0mbinance \x1b[36m\"two words\"=\x1b[0m1\n");
}

// The bytes that mark the keys in a payload, in everything a caller can give.
TEST_CASE("no text can colour a development line", "[fullon_log]")
{
    const auto fields = payload(format::development, "\x01m\x02", {{"\x01k\x02", "\x01v\x02"}});
    CHECK(line(format::development, false, fields, "\x01t\x02") ==
          R"(07:05:02.001 WARNING  \x01t\x02: \x01m\x02 "\x01k\x02"="\x01v\x02")"
          "\n");
}

TEST_CASE("detailed lines have microseconds, process and thread", "[fullon_log]")
{
    const auto fields = payload(format::detailed, "Slow operation", {{"latency_ms", 120}});
    CHECK(line(format::detailed, false, fields) ==
          "2025-03-09 07:05:02.001034Z | WARNING  | pid=4711 tid=4713 | fullon.cache.tick          | "
          "Slow operation latency_ms=120\n");
    CHECK(line(format::detailed, true, "x") ==
          "2025-03-09 07:05:02.001034Z | \x1b[33mWARNING \x1b[0m | pid=4711 tid=4713 | "
          "fullon.cache.tick          | x\n");
}

TEST_CASE("trading lines have microseconds and one letter for the level", "[fullon_log]")
{
    CHECK(line(format::trading, false, "x") ==
          "2025-03-09T07:05:02.001034Z W fullon.cache.tick          x\n");
    CHECK(line(format::trading, true, "x") ==
          "2025-03-09T07:05:02.001034Z \x1b[33mW\x1b[0m fullon.cache.tick          x\n");
    std::string letters;
    for (const auto severity : {level::debug, level::info, level::warning, level::error, level::critical})
        letters += line(format::trading, false, "x", "t", severity).at(28);
    CHECK(letters == "DIWEC");
}

TEST_CASE("trading lines show the trading fields first, in their order and in columns", "[fullon_log]")
{
    CHECK(payload(format::trading, "Order filled",
                  {{"status", "ok"},
                   {"latency_ms", 1.25},
                   {"bot_id", 3},
                   {"order_id", 17},
                   {"volume", 0.25},
                   {"price", 50000.5},
                   {"side", "buy"},
                   {"operation", "fill"},
                   {"symbol", "BTC/USDT"},
                   {"exchange", "binance"}}) ==
          "Order filled             exchange=binance     symbol=BTC/USDT      side=buy  price=50000.5    "
          "volume=0.25       order_id=17         bot_id=3    latency_ms=1.25     status=ok operation=fill");
    // Missing ones take no room, wide ones push, nothing is padded at the end of a line.
    CHECK(payload(format::trading, "A message wider than its column",
                  {{"latency_ms", 1.25}, {"symbol", "A-SYMBOL-WIDER-THAN-ITS-COLUMN"}}) ==
          "A message wider than its column symbol=A-SYMBOL-WIDER-THAN-ITS-COLUMN latency_ms=1.25");
    CHECK(payload(format::trading, "Started", {}) == "Started");
    CHECK(payload(format::trading, "Started", {{"port", 1}}) == "Started                  port=1");
}

TEST_CASE("a trading field that comes twice, empty or with strange text is shown all the same",
          "[fullon_log]")
{
    CHECK(payload(format::trading, "m", {{"symbol", "A"}, {"x", 1}, {"symbol", "B"}, {"symbol", "C"}}) ==
          "m                        symbol=A             x=1 symbol=B symbol=C");
    CHECK(payload(format::trading, "m", {{"symbol", ""}, {"price", std::optional<double>()}, {"Price", 1}}) ==
          "m                        symbol=\"\"            price=null       Price=1");
    CHECK(payload(format::trading, "m\n", {{"exchange", "a b\n\"c\""}}) ==
          R"(m\n                      exchange="a b\n\"c\"")");
}

TEST_CASE("json lines are one object with time, level, component, message and the fields", "[fullon_log]")
{
    const auto fields = payload(format::json, "Slow", {{"exchange", "binance"}, {"latency_ms", 120.5}});
    CHECK(line(format::json, true, fields) ==
          R"({"timestamp":"2025-03-09T07:05:02.001034Z","level":"WARNING","component":"fullon.cache.tick",)"
          R"("message":"Slow","exchange":"binance","latency_ms":120.5})"
          "\n");
}

TEST_CASE("each kind of value has its text", "[fullon_log]")
{
    const std::initializer_list<field> fields = {{"i", -5},
                                                 {"u", std::numeric_limits<std::uint64_t>::max()},
                                                 {"d", 0.1},
                                                 {"big", 1e300},
                                                 {"yes", true},
                                                 {"c", 'b'},
                                                 {"none", std::nullopt},
                                                 {"nan", std::numeric_limits<double>::quiet_NaN()}};
    CHECK(payload(format::minimal, "m", fields) ==
          "m i=-5 u=18446744073709551615 d=0.1 big=1e+300 yes=true c=b none=null nan=nan");
    CHECK(
        payload(format::json, "m", fields) ==
        R"("message":"m","i":-5,"u":18446744073709551615,"d":0.1,"big":1e+300,"yes":true,"c":"b","none":null,"nan":null)");
}

TEST_CASE("text values are quoted where they could be taken for something else", "[fullon_log]")
{
    CHECK(payload(format::minimal, "m",
                  {{"a", ""}, {"b", "x y"}, {"c", "x=1"}, {"d", "say \"hi\" \\"}, {"e", "x\ny"}}) ==
          R"(m a="" b="x y" c="x=1" d="say \"hi\" \\" e="x\ny")");
    CHECK(payload(format::minimal, "m", {{"key with = sign", 1}}) == R"(m "key with = sign"=1)");
}

TEST_CASE("no json object holds a name twice because of a field", "[fullon_log]")
{
    CHECK(payload(format::json, "m", {{"message", 1}, {"level", 2}, {"timestamp", 3}, {"component", 4}}) ==
          R"("message":"m","message_":1,"level_":2,"timestamp_":3,"component_":4)");
}

TEST_CASE("values under the name of a secret are not shown", "[fullon_log]")
{
    CHECK(payload(format::minimal, "login",
                  {{"redis_PassWord", "hunter2"}, {"api_token", 12345}, {"user", "me"}}) ==
          "login redis_PassWord=*** api_token=*** user=me");
    for (const auto look : people) {
        const auto text =
            line(look, false, payload(look, "login", {{"api_token", "hunter2"}, {"user", "me"}}));
        CHECK(text.find(" api_token=*** user=me\n") != std::string::npos);
    }
    CHECK(payload(format::json, "login", {{"client_secret", "hunter2"}, {"token", std::nullopt}}) ==
          R"("message":"login","client_secret":"***","token":null)");
}

// Whatever the bytes: one line, one JSON object, the fixed members intact.
TEST_CASE("random bytes never break a line", "[fullon_log]")
{
    std::mt19937 random(20250309);
    for (int round = 0; round < 3000; ++round) {
        const auto bytes = [&] {
            std::string text(random() % 24, '\0');
            for (char& c : text)
                c = static_cast<char>(random() % (round % 2 ? 256 : 48));
            return text;
        };
        const std::string message = bytes(), key = bytes(), value = bytes(), component = bytes();
        const auto json =
            line(format::json, false, payload(format::json, message, {{key, value}}), component);
        REQUIRE(json.find('\n') == json.size() - 1);
        boost::system::error_code error;
        const auto parsed = boost::json::parse(json, error);
        CAPTURE(json);
        REQUIRE_FALSE(error);
        REQUIRE(parsed.as_object().size() == 5);
        REQUIRE(parsed.at("level") == "WARNING");

        for (const auto look : people) {
            const auto human =
                line(look, false, payload(look, message, {{key, value}, {"side", value}}), component);
            CAPTURE(human);
            const auto control = std::find_if(human.begin(), human.end(), [](char c) {
                return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
            });
            REQUIRE(control == human.end() - 1);
        }
    }
}
