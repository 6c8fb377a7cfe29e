// JSON strings in both styles: Python's escapes, and never anything but valid UTF-8.
#include <fullon_orm/codec.hpp>
#include <fullon_orm/json_writer.hpp>

#include <catch2/catch_test_macros.hpp>

#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace {

using fullon_orm::json_style;

std::string written(std::string_view text, json_style style)
{
    std::string out;
    fullon_orm::append_string(out, text, style);
    return out;
}

std::string read_back(std::string_view json)
{
    const auto value = fullon_orm::parse_value(json);
    return value && value->is_string() ? std::string(value->get_string()) : "no JSON string";
}

constexpr std::string_view replacement = "\xEF\xBF\xBD";

} // namespace

TEST_CASE("the redis style escapes as Python's json.dumps")
{
    // Texts taken from Python 3.
    CHECK(written("BTC/USDT", json_style::redis) == R"("BTC/USDT")");
    CHECK(written("", json_style::redis) == R"("")");
    CHECK(written("\"\\\b\f\n\r\t/", json_style::redis) == R"("\"\\\b\f\n\r\t/")");
    CHECK(written(std::string_view("\0\x1f\x7f ~", 5), json_style::redis) == R"("\u0000\u001f\u007f ~")");
    CHECK(written("₿TC/USDT", json_style::redis) == R"("\u20bfTC/USDT")");
    CHECK(written("é", json_style::redis) == R"("\u00e9")");
    CHECK(written("😀x", json_style::redis) == R"("\ud83d\ude00x")");
    CHECK(written("\xF4\x8F\xBF\xBF", json_style::redis) == R"("\udbff\udfff")");
}

TEST_CASE("the wire style keeps UTF-8 as it is")
{
    CHECK(written("₿TC 😀 é", json_style::wire) == "\"₿TC 😀 é\"");
    CHECK(written("\"\\\b\f\n\r\t/", json_style::wire) == R"("\"\\\b\f\n\r\t/")");
    CHECK(written(std::string_view("\0\x1f\x7f", 3), json_style::wire) == "\"\\u0000\\u001f\x7f\"");
}

TEST_CASE("bytes that are no UTF-8 become U+FFFD and swallow nothing")
{
    const std::string r(replacement);
    const std::pair<std::string, std::string> cases[] = {
        {"a\xFFz", "a" + r + "z"},
        {"\x80", r},
        {"\xC3", r},
        {"\xC3(", r + "("},
        {"\xC0\xAF", r + r},             // overlong '/'
        {"\xE0\x80\xAF", r + r + r},     // overlong
        {"\xED\xA0\x80", r + r + r},     // a surrogate
        {"\xE2\x82", r},                 // cut off
        {"\xE2\x82\"", r + "\""},        // cut off before a quote
        {"\xF0\x9F\x98", r},             // cut off
        {"\xF0\x8F\xBF\xBF", r + r + r + r},
        {"\xF4\x90\x80\x80", r + r + r + r}, // above U+10FFFF
        {"\xF5\x80", r + r},
        {"\xE2\x82\xC3\xA9", r + "é"},
    };
    for (const auto& [bytes, expected] : cases) {
        CAPTURE(expected);
        CHECK(read_back(written(bytes, json_style::wire)) == expected);
        CHECK(read_back(written(bytes, json_style::redis)) == expected);
    }
}

TEST_CASE("both styles of any bytes are valid JSON of the same text")
{
    std::mt19937_64 random(42);
    const std::string_view pieces[] = {"\"", "\\",   "\n",       "a",        "é",           "₿",
                                       "😀", "\xC3", "\xE2\x82", "\xF0\x9F", "\xED\xA0\x80"};
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes;
        for (std::size_t size = random() % 24; bytes.size() < size;) {
            if (random() % 2)
                bytes.push_back(static_cast<char>(random()));
            else
                bytes.append(pieces[random() % std::size(pieces)]);
        }
        const std::string wire = written(bytes, json_style::wire);
        const std::string redis = written(bytes, json_style::redis);
        // The parser refuses invalid UTF-8 and raw control characters.
        const auto one = fullon_orm::parse_value(wire);
        const auto other = fullon_orm::parse_value(redis);
        REQUIRE(one.has_value());
        REQUIRE(other.has_value());
        REQUIRE(*one == *other);
        for (const char c : redis)
            REQUIRE((c >= ' ' && c <= '~'));
        if (std::string(one->as_string()).find(replacement) == std::string::npos)
            REQUIRE(one->as_string() == bytes);
    }
}

TEST_CASE("a long text is written whole")
{
    const std::string text(100'000, 'x');
    CHECK(written(text, json_style::wire).size() == text.size() + 2);
}
