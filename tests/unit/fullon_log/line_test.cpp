// Tests of impl/line.ipp: what a line looks like, and that nothing a peer sends can break it.
#include <fullon_log/impl/line.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <limits>
#include <random>
#include <string>

using namespace fullon_log;
using detail::escaping;
using detail::line_buffer;

namespace {

std::string text_of(const line_buffer& buffer)
{
    return {buffer.data(), buffer.size()};
}

std::string escaped(std::string_view text, escaping how)
{
    line_buffer out;
    detail::append_escaped(out, text, how);
    return text_of(out);
}

std::string payload(format look, std::string_view message, std::initializer_list<field> fields)
{
    line_buffer out;
    detail::append_payload(out, look, message, fields);
    return text_of(out);
}

std::string line(format look, bool colors, std::string_view payload,
                 std::string_view component = "fullon.cache.tick")
{
    using namespace std::chrono;
    const auto time = sys_days(year(2025) / 3 / 9) + 7h + 5min + 2s + 1034us;
    line_buffer out;
    detail::append_line(out, look, colors, time, level::warning, component, payload);
    return text_of(out);
}

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

TEST_CASE("line breaks and terminal controls are shown, not obeyed", "[fullon_log]")
{
    CHECK(escaped("a\nb\r\tc\x1b[31m\x7f", escaping::message) == R"(a\nb\r\tc\x1b[31m\x7f)");
    CHECK(escaped("a\nb\x01\x7f", escaping::json) == R"(a\nb\u0001\u007f)");
    CHECK(escaped(std::string_view("\0", 1), escaping::json) == R"(\u0000)");
    // Next line, CSI, line separator, right-to-left override: all are UTF-8, none is harmless.
    CHECK(escaped("\xc2\x85 \xc2\x9b \xe2\x80\xa8 \xe2\x80\xae", escaping::message) ==
          R"(\u0085 \u009b \u2028 \u202e)");
    CHECK(escaped("\xe2\x80\xa8", escaping::json) == R"(\u2028)");
}

TEST_CASE("UTF-8 passes and bytes that are not UTF-8 are replaced", "[fullon_log]")
{
    const std::string good = "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x9a\x80 \xf4\x8f\xbf\xbf";
    CHECK(escaped(good, escaping::json) == good);
    CHECK(escaped(good, escaping::message) == good);
    CHECK(escaped("a\xff", escaping::message) == R"(a\xff)");
    CHECK(escaped("a\xff", escaping::json) == R"(a\ufffd)");
    for (const char* bad : {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\xaf", "\xed\xa0\x80", "\xe2\x82",
                            "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3\x28"}) {
        CAPTURE(bad);
        CHECK(escaped(bad, escaping::json).starts_with("\\ufffd"));
    }
}

TEST_CASE("quotes and backslashes are escaped inside quotes only", "[fullon_log]")
{
    CHECK(escaped(R"(C:\dir "x")", escaping::message) == R"(C:\dir "x")");
    CHECK(escaped(R"(C:\dir "x")", escaping::quoted) == R"(C:\\dir \"x\")");
    CHECK(escaped(R"(C:\dir "x")", escaping::json) == R"(C:\\dir \"x\")");
}

TEST_CASE("a very long text is cut and says by how much", "[fullon_log]")
{
    CHECK(escaped(std::string(8192, 'a'), escaping::json) == std::string(8192, 'a'));
    CHECK(escaped(std::string(10'000, 'a'), escaping::json) == std::string(8192, 'a') + "...(+1808 bytes)");
    // Not inside a character: 8191 + 2 bytes.
    CHECK(escaped(std::string(8191, 'a') + "\xc3\xa9", escaping::json) ==
          std::string(8191, 'a') + "...(+2 bytes)");
}

TEST_CASE("values under the name of a secret are not shown", "[fullon_log]")
{
    CHECK(payload(format::minimal, "login",
                  {{"redis_PassWord", "hunter2"}, {"api_token", 12345}, {"user", "me"}}) ==
          "login redis_PassWord=*** api_token=*** user=me");
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

        const auto human =
            line(format::beautiful, true, payload(format::beautiful, message, {{key, value}}), component);
        REQUIRE(human.find_first_of("\n\r\v\f") == human.size() - 1);
    }
}
