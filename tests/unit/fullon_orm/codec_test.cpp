// The codec of described structs: each kind of member with every kind of value, and both styles of writing.
#include "stored_object.hpp"

#include <fullon_orm/codec.hpp>

#include <fullon_orm/big_integer.hpp>

#include <boost/describe/class.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace codec_test {

template <class T>
struct one {
    T member{};
};
BOOST_DESCRIBE_STRUCT(one<double>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::optional<double>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::string>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::optional<std::string>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<bool>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::optional<bool>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::int64_t>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::optional<std::int64_t>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::uint64_t>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::uint8_t>, (), (member))
BOOST_DESCRIBE_STRUCT(one<fullon_orm::stored_id>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::optional<fullon_orm::stored_id>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<boost::json::value>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::vector<double>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::vector<std::optional<double>>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::vector<std::string>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::vector<boost::json::value>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::vector<one<double>>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::optional<std::vector<std::int64_t>>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<one<double>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<one<std::string>>, (), (member))
BOOST_DESCRIBE_STRUCT(one<std::optional<one<double>>>, (), (member))

using text_map = std::map<std::string, double>;
BOOST_DESCRIBE_STRUCT(one<text_map>, (), (member))
using loose_map = std::map<std::string, std::optional<one<double>>, std::less<>>;
BOOST_DESCRIBE_STRUCT(one<loose_map>, (), (member))

struct times {
    std::optional<double> time;
    std::optional<double> timestamp;
    std::optional<double> date;
    std::optional<double> created_at;
    std::optional<double> updated_at;
    std::optional<double> heartbeat;
    std::optional<double> other;
};
BOOST_DESCRIBE_STRUCT(times, (), (time, timestamp, date, created_at, updated_at, heartbeat, other))

struct bar {
    double timestamp = 0;
};
BOOST_DESCRIBE_STRUCT(bar, (), (timestamp))

struct base {
    std::string name = "unnamed";
    double price = 0;
};
BOOST_DESCRIBE_STRUCT(base, (), (name, price))
struct update : base {
    std::uint64_t update_id = 0;
    bool removed = true;
};
BOOST_DESCRIBE_STRUCT(update, (base), (update_id, removed))

struct nothing {};
BOOST_DESCRIBE_STRUCT(nothing, (), ())

// What a member of type T becomes from this JSON value.
template <class T>
T read(std::string_view json)
{
    return fullon_orm::read_json<one<T>>(R"({"member": )" + std::string(json) + "}").value().member;
}
template <class T>
fullon_orm::read_error error_of(std::string_view json)
{
    const auto result = fullon_orm::read_json<one<T>>(json);
    REQUIRE_FALSE(result.has_value());
    return result.error();
}
template <class T>
std::string write(const T& value, fullon_orm::json_style style = fullon_orm::json_style::wire)
{
    std::string out;
    fullon_orm::write_json(out, value, style);
    return out;
}

} // namespace codec_test

using namespace codec_test;
using fullon_orm::json_style;
using fullon_orm::read_error;
using fullon_orm::read_fault;
using fullon_orm::read_json;
using fullon_orm::stored_id;

TEST_CASE("a required number is read from a number or its text")
{
    CHECK(read<double>("50000.5") == 50000.5);
    CHECK(read<double>("3000") == 3000.0);
    CHECK(read<double>("18446744073709551615") == 18446744073709551615.0);
    CHECK(read<double>("-7") == -7.0);
    CHECK(read<double>(R"("50000.5")") == 50000.5);
    CHECK(read<double>(R"(" 1e3 ")") == 1000.0);
    CHECK(std::signbit(read<double>("-0.0")));
}

TEST_CASE("without its required number an object is unreadable and the member is named")
{
    CHECK(error_of<double>("{}") == read_error{read_fault::missing, "member"});
    CHECK(error_of<double>(R"({"member": null})") == read_error{read_fault::missing, "member"});
    for (const char* json : {"NaN", "Infinity", "-Infinity", R"("abc")", R"("")", R"("NaN")", R"("Infinity")",
                             "true", "[1]", R"({"a": 1})", R"("2025-11-07T07:20:00")"}) {
        CAPTURE(json);
        CHECK(error_of<double>(R"({"member": )" + std::string(json) + "}") ==
              read_error{read_fault::not_a_number, "member"});
    }
}

TEST_CASE("what is no object is unreadable")
{
    for (const char* json : {"5", "[1]", "null", "true", R"("text")", "NaN", "[]"})
        CHECK(error_of<std::string>(json) == read_error{read_fault::not_an_object, ""});
    for (const char* json :
         {"", " ", "{x", "{", "{\"member\": 1", "{} x", "{\"member\": 1,}", "{'member': 1}", "nul",
          "{\"member\": 01}", "{\"member\": \"\xFF\"}", "\xEF\xBB\xBF{}", "{\"member\": \"\n\"}"}) {
        CAPTURE(json);
        CHECK(error_of<std::string>(json) == read_error{read_fault::not_json, ""});
    }
}

TEST_CASE("an optional number is empty for what is no finite number")
{
    using number = std::optional<double>;
    CHECK(read<number>("1.5") == 1.5);
    CHECK(read<number>("1") == 1.0);
    CHECK(read<number>(R"("1.5")") == 1.5);
    for (const char* json :
         {"null", "NaN", "Infinity", "-Infinity", R"("abc")", R"("")", "true", "[1]", "{}", "1e999"})
        CHECK(read<number>(json) == std::nullopt);
    CHECK(read_json<one<number>>("{}").value().member == std::nullopt);
}

TEST_CASE("text takes numbers and booleans, and is empty without a value")
{
    CHECK(read<std::string>(R"("BTC/USDT")") == "BTC/USDT");
    CHECK(read<std::string>(R"("\u20bf\ud83d\ude00")") == "₿😀");
    CHECK(read<std::string>("7") == "7");
    CHECK(read<std::string>("18446744073709551615") == "18446744073709551615");
    CHECK(read<std::string>("1e-7") == "1e-07");
    CHECK(read<std::string>("50000.0") == "50000.0");
    CHECK(read<std::string>("true") == "true");
    for (const char* json : {"null", "NaN", "[1]", "{}"})
        CHECK(read<std::string>(json).empty());
    CHECK(read_json<one<std::string>>("{}").value().member.empty());

    CHECK(read<std::optional<std::string>>(R"("")") == "");
    CHECK(read<std::optional<std::string>>("7") == "7");
    CHECK(read<std::optional<std::string>>("null") == std::nullopt);
    CHECK(read<std::optional<std::string>>("[1]") == std::nullopt);
}

// Python writes what it was given: a lone surrogate must not cost the whole entry.
TEST_CASE("a lone surrogate becomes U+FFFD")
{
    CHECK(read<std::string>(R"("a\ud800z")").find("\xEF\xBF\xBD") != std::string::npos);
}

TEST_CASE("truth is read from booleans, numbers and words")
{
    using truth = std::optional<bool>;
    for (const char* json : {"true", "1", "1.0", "-3", R"("true")", R"("True")", R"(" TRUE ")", R"("1")"})
        CHECK(read<truth>(json) == true);
    for (const char* json : {"false", "0", "0.0", "-0.0", R"("false")", R"("False")", R"("0")"})
        CHECK(read<truth>(json) == false);
    for (const char* json : {"null", "NaN", R"("yes")", R"("")", R"("tru")", "[true]", "{}"})
        CHECK(read<truth>(json) == std::nullopt);
    CHECK(read<bool>("1"));
    CHECK_FALSE(read<bool>(R"("maybe")"));
}

TEST_CASE("integers are read from whole numbers in range")
{
    using integer = std::optional<std::int64_t>;
    CHECK(read<integer>("7") == 7);
    CHECK(read<integer>("7.0") == 7);
    CHECK(read<integer>(R"("7")") == 7);
    CHECK(read<integer>(R"(" 7.0 ")") == 7);
    CHECK(read<integer>("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    CHECK(read<integer>("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    CHECK(read<integer>(R"("9223372036854775807")") == std::numeric_limits<std::int64_t>::max());
    CHECK(read<integer>("-9223372036854775808.0") == std::numeric_limits<std::int64_t>::min());
    for (const char* json :
         {"null", "7.5", "NaN", "Infinity", "9223372036854775808", "9223372036854775808.0", "1e300", "-1e300",
          R"("9223372036854775808")", R"("x")", R"("7.5")", R"("")", "true", "[7]", "{}"}) {
        CAPTURE(json);
        CHECK(read<integer>(json) == std::nullopt);
    }
    CHECK(read<std::int64_t>("null") == 0);

    CHECK(read<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    CHECK(read<std::uint64_t>(R"("18446744073709551615")") == std::numeric_limits<std::uint64_t>::max());
    CHECK(read<std::uint64_t>("18446744073709551616") == 0);
    CHECK(read<std::uint64_t>("-1") == 0);
    CHECK(read<std::uint64_t>("-1.0") == 0);
    CHECK(read<std::uint8_t>("255") == 255);
    CHECK(read<std::uint8_t>("256") == 0);
}

TEST_CASE("an id keeps its kind")
{
    using id = std::optional<stored_id>;
    CHECK(read<id>("12345") == stored_id(12345));
    CHECK(read<id>("-1") == stored_id(-1));
    CHECK(read<id>(R"("12345")") == stored_id("12345"));
    CHECK(read<id>(R"("")") == stored_id(""));
    CHECK(read<id>("18446744073709551615") == stored_id("18446744073709551615"));
    for (const char* json : {"null", "NaN", "true", "[1]", "{}"})
        CHECK(read<id>(json) == std::nullopt);
    CHECK(read<stored_id>(R"("EX_1")") == stored_id("EX_1"));
    CHECK(read<stored_id>("null") == stored_id(0));

    CHECK(write(id(stored_id(12345))) == "12345");
    CHECK(write(id(stored_id("12345"))) == R"("12345")");
    CHECK(write(id()) == "null");
}

TEST_CASE("an id of any length keeps its digits and its kind")
{
    using id = std::optional<stored_id>;
    const std::string lengths[]{"9223372036854775808",   "18446744073709551615",   "18446744073709551616",
                                "123456789012345678901", "-123456789012345678901", std::string(400, '7')};
    for (const auto& digits : lengths) {
        CAPTURE(digits);
        const auto number = read<id>(digits);
        REQUIRE(number);
        CHECK(std::get<std::string>(*number) == digits);
        CHECK(number->number);
        for (const auto style : {json_style::wire, json_style::redis})
            CHECK(write(number, style) == digits);

        const auto text = read<id>('"' + digits + '"');
        CHECK(text == number); // by value
        CHECK_FALSE(text->number);
        CHECK(write(text) == '"' + digits + '"');
        CHECK(read<std::string>(digits) == digits);
    }
    CHECK(write(id(stored_id(std::numeric_limits<std::int64_t>::min()))) == "-9223372036854775808");
    // What is no whole number is never written without quotes.
    for (const auto* text : {"", "-", "1.5", "01", "1e9", "EX_1", "1,\"x\":1", " 1"}) {
        stored_id odd{std::string(text)};
        odd.number = true;
        CHECK(write(odd).front() == '"');
    }
}

TEST_CASE("integers beyond 64 bits keep their digits from text to tree to text")
{
    const auto json =
        R"({"a":123456789012345678901,"b":[-18446744073709551616,{"c":18446744073709551616}],"d":"123456789012345678901","123456789012345678901":1})";
    const auto tree = fullon_orm::parse_value(json).value();
    CHECK(write(tree) == json);
    CHECK(fullon_orm::big_integer(tree.at("a")) == "123456789012345678901");
    CHECK(fullon_orm::big_integer(tree.at("b").at(0)) == "-18446744073709551616");
    CHECK_FALSE(fullon_orm::big_integer(tree.at("d")));
    CHECK_FALSE(fullon_orm::big_integer(tree.at("b")));
    const std::string alone(5000, '9');
    CHECK(write(fullon_orm::parse_value(alone).value()) == alone);
    CHECK(write(fullon_orm::parse_value(" -" + alone + "\n").value()) == "-" + alone);

    // Copies, and trees in other storage.
    boost::json::monotonic_resource storage;
    const boost::json::value copy(fullon_orm::parse_value(json, &storage).value(), {});
    CHECK(copy == tree);
    CHECK(read<boost::json::value>("123456789012345678901") == tree.at("a"));

    // No text can pass for one.
    CHECK_FALSE(fullon_orm::parse_value("\"\xff"
                                        "123456789012345678901\"")
                    .has_value());
    CHECK(write(boost::json::value("\xff"
                                   "12x")) == "\"\xEF\xBF\xBD"
                                              "12x\"");
    CHECK(write(boost::json::value("\xff")) == "\"\xEF\xBF\xBD\"");
}

TEST_CASE("numbers beyond a double keep their text, and are none to members that are numbers")
{
    using fullon_orm::parse_value;
    for (const std::string text : {"1e400", "-1e400", "1E+400", "12.5e999", "1e-400", "-0.001e-400",
                                   "0.5E-99999999999", "-1e99999999999"}) {
        CAPTURE(text);
        const auto tree = parse_value(" " + text + "\n").value();
        CHECK(fullon_orm::big_integer(tree) == text);
        for (const auto style : {json_style::wire, json_style::redis})
            CHECK(write(parse_value(R"({"a":[)" + text + "]}").value(), style).find(text) !=
                  std::string::npos);
        CHECK(read<std::optional<double>>(text) == std::nullopt);
        CHECK(read<std::optional<double>>('"' + text + '"') == std::nullopt);
        CHECK(read<std::optional<std::int64_t>>(text) == std::nullopt);
        CHECK(read<std::string>(text) == text);
        CHECK_FALSE(read<std::optional<stored_id>>(text)->number);
    }
    for (const auto* text : {"0e400", "0.0e-400", "-0.00", "1e308", "5e-324", "NaN", "Infinity", "-Infinity"})
        CHECK_FALSE(fullon_orm::big_integer(parse_value(text).value()));
    CHECK(write(parse_value("-0.0e-999").value()) == "-0.0");
    // What only looks like one is a text that is not UTF-8.
    for (const auto* text : {"\xff", "\xff-",
                             "\xff"
                             "1e",
                             "\xff"
                             "1.",
                             "\xff"
                             ".5",
                             "\xff"
                             "01",
                             "\xff"
                             "1e400x",
                             "\xff"
                             "Infinity"})
        CHECK_FALSE(fullon_orm::big_integer(boost::json::value(text)));
}

TEST_CASE("members that are numbers take integers of any length by their value")
{
    CHECK(read<double>("123456789012345678901") == 123456789012345678901.0);
    CHECK(read<double>("-18446744073709551616") == -18446744073709551616.0);
    CHECK(read<std::optional<double>>(std::string(400, '9')) == std::nullopt);
    CHECK(read<std::optional<std::int64_t>>("9223372036854775808") == std::nullopt);
    CHECK(read<std::int64_t>("123456789012345678901") == 0);
    CHECK(read<bool>("123456789012345678901"));
    CHECK(read<std::vector<double>>("[1, 123456789012345678901]") ==
          std::vector<double>{1, 123456789012345678901.0});
    CHECK(read<std::vector<std::string>>("[123456789012345678901]") ==
          std::vector<std::string>{"123456789012345678901"});
}

TEST_CASE("numbers that are no integers stay what they were")
{
    using fullon_orm::parse_value;
    CHECK(parse_value("-0").value() == 0);
    CHECK(write(parse_value("-0.0").value()) == "-0.0");
    CHECK(write(parse_value("NaN").value()) == "null");
    CHECK(write(parse_value("-Infinity").value()) == "null");
    CHECK(write(parse_value("12345678901234567890123.0").value()) == "1.2345678901234568e+22");
    CHECK(write(parse_value("1e20").value()) == "1e+20");
    for (const auto* json : {"01", "-", "+1", "1.", ".5", "1e", "0x10", "1_000", "--1", "1 2", "nan", "inf"})
        CHECK_FALSE(parse_value(json).has_value());
}

TEST_CASE("a merge keeps the digits of what it does not touch")
{
    CHECK(fullon_orm::merge_json(
              object_in(R"({"member": 123456789012345678901, "x": [-18446744073709551616]})"),
              one<std::optional<double>>{}) ==
          R"({"member": 123456789012345678901, "x": [-18446744073709551616]})");
    CHECK(fullon_orm::merge_json(object_in(R"({"x": 123456789012345678901, "member": 1})"),
                                 one<std::optional<double>>{2.0}) ==
          R"({"member": 2.0, "x": 123456789012345678901})");
}

// Services in Python write such literals.
TEST_CASE("a merge keeps numbers that are not finite, for clients they are null")
{
    const auto stored = object_in(R"({"member": NaN, "x": [Infinity, -Infinity, 1e400]})");
    CHECK(fullon_orm::merge_json(stored, one<std::optional<double>>{}) ==
          R"({"member": NaN, "x": [Infinity, -Infinity, 1e400]})");
    std::string wire;
    fullon_orm::write_json(wire, stored, fullon_orm::json_style::wire);
    CHECK(wire == R"({"member":null,"x":[null,null,1e400]})");
}

TEST_CASE("values that people of this trade have met are read, or refused as a whole")
{
    using fullon_orm::parse_value;
    const std::string nested = R"({"member": 1, "x": )" + std::string(32, '[') + std::string(32, ']') + "}";
    CHECK_FALSE(parse_value(nested).has_value());
    CHECK(error_of<double>(nested) == read_error{read_fault::not_json, ""});
    CHECK(error_of<double>("\xEF\xBB\xBF{\"member\": 1}") == read_error{read_fault::not_json, ""}); // BOM
    CHECK(error_of<double>("{\"member\": 1, \"x\": \"S\xe3o\"}") == read_error{read_fault::not_json, ""});
    CHECK(error_of<double>(R"({"member": 1} {"member": 2})") == read_error{read_fault::not_json, ""});
    CHECK(error_of<double>(R"({'member': 1})") == read_error{read_fault::not_json, ""}); // Python's repr()
    CHECK(error_of<double>(R"({"member": null})") == read_error{read_fault::missing, "member"});
    CHECK(error_of<double>(R"({"member": "1,000.5"})") == read_error{read_fault::not_a_number, "member"});
    CHECK(read<double>("1e-8") == 1e-8);
    CHECK(read<double>("1.5E+3") == 1500);
    CHECK(read<double>(R"("1e-8")") == 1e-8);
    CHECK(read<double>(R"(" 0.00012000 ")") == 0.00012);
    CHECK(read_json<one<double>>(R"({"member": "x", "member": 2})").value().member == 2);
}

TEST_CASE("members with the name of a time take ISO text, others do not")
{
    const auto json = R"("2025-11-07T07:20:00.123456+00:00")";
    std::string text = "{";
    for (const char* name : {"time", "timestamp", "date", "created_at", "updated_at", "heartbeat", "other"})
        text.append(text.size() > 1 ? "," : "").append("\"").append(name).append("\":").append(json);
    const auto read = read_json<times>(text + "}").value();
    for (const auto& time :
         {read.time, read.timestamp, read.date, read.created_at, read.updated_at, read.heartbeat})
        CHECK(time == 1762500000.123456);
    CHECK(read.other == std::nullopt);

    CHECK(read_json<times>(R"({"time": 1762500000})").value().time == 1762500000.0);
    CHECK(read_json<times>(R"({"time": "1762500000.5"})").value().time == 1762500000.5);
    CHECK(read_json<times>(R"({"time": "2024-01-15 10:30:00"})").value().time == 1705314600.0);
    CHECK(read_json<times>(R"({"time": "bad"})").value().time == std::nullopt);
    CHECK(read_json<times>(R"({"time": true})").value().time == std::nullopt);

    CHECK(read_json<bar>(R"({"timestamp": "2025-11-07T07:20:00"})").value().timestamp == 1762500000.0);
    CHECK(read_json<bar>(R"({"timestamp": "bad"})").error() ==
          read_error{read_fault::not_a_number, "timestamp"});
}

TEST_CASE("lists leave out what is unreadable, but not among bare numbers")
{
    using texts = std::vector<std::string>;
    CHECK(read<texts>(R"(["a", 1, null, [], "b"])") == texts{"a", "1", "b"});
    CHECK(read<texts>("null").empty());
    CHECK(read<texts>("7").empty());
    CHECK(read<texts>("{}").empty());

    const auto objects = read<std::vector<one<double>>>(R"([{"member": 1}, {}, 5, null, {"member": "2"}])");
    REQUIRE(objects.size() == 2);
    CHECK(objects[1].member == 2);

    // A number has its meaning from its place in the list.
    using numbers = std::vector<double>;
    CHECK(read<numbers>(R"([1, "2", 3.5])") == numbers{1, 2, 3.5});
    for (const char* json : {R"({"member": [1, null]})", R"({"member": [NaN]})", R"({"member": ["x"]})"})
        CHECK(error_of<numbers>(json) == read_error{read_fault::not_a_number, "member"});
    using gaps = std::vector<std::optional<double>>;
    CHECK(read<gaps>(R"([1, null, "x", NaN, 2])") == gaps{1.0, {}, {}, {}, 2.0});

    using maybe = std::optional<std::vector<std::int64_t>>;
    CHECK(read<maybe>("[1, 2]") == std::vector<std::int64_t>{1, 2});
    CHECK(read<maybe>("[]") == std::vector<std::int64_t>{});
    CHECK(read<maybe>("{}") == std::nullopt);
    CHECK(read<maybe>("null") == std::nullopt);

    CHECK(read<std::vector<boost::json::value>>("[null, 1]").size() == 2);
}

TEST_CASE("maps leave out what is unreadable")
{
    CHECK(read<text_map>(R"({"a": 1, "b": null, "c": "x", "d": "2"})") == text_map{{"a", 1}, {"d", 2}});
    CHECK(read<text_map>("[1]").empty());
    CHECK(read<text_map>("null").empty());
    const auto loose = read<loose_map>(R"({"a": {"member": 1}, "b": {}, "c": null})");
    REQUIRE(loose.size() == 3);
    CHECK(loose.at("a")->member == 1);
    CHECK_FALSE(loose.at("b"));
    CHECK_FALSE(loose.at("c"));
}

TEST_CASE("objects inside objects are read by the same rules")
{
    CHECK(read<one<double>>(R"({"member": 2})").member == 2);
    CHECK(error_of<one<double>>(R"({"member": {"member": "x"}})") ==
          read_error{read_fault::not_a_number, "member.member"});
    CHECK(error_of<one<double>>("{}") == read_error{read_fault::missing, "member.member"});
    CHECK(error_of<one<double>>(R"({"member": 5})") == read_error{read_fault::not_an_object, "member"});
    CHECK(read_json<one<one<std::string>>>("{}").value().member.member.empty());

    CHECK(read<std::optional<one<double>>>(R"({"member": 2})")->member == 2);
    for (const char* json : {"null", "{}", "5", R"({"member": "x"})"})
        CHECK_FALSE(read<std::optional<one<double>>>(json));
}

TEST_CASE("a JSON value is kept as it is, beyond the life of what it was read from")
{
    CHECK(read<boost::json::value>(R"({"a": [1, "x", null]})") ==
          fullon_orm::parse_value(R"({"a": [1, "x", null]})").value());
    CHECK(read<boost::json::value>("null").is_null());
    CHECK(read_json<one<boost::json::value>>("{}").value().member.is_null());
}

TEST_CASE("inherited members come first and keep their defaults when absent")
{
    auto read = read_json<update>(R"({"update_id": 9, "price": "2.5", "unknown": {"x": [1]}})").value();
    CHECK(read.name == "unnamed");
    CHECK(read.price == 2.5);
    CHECK(read.update_id == 9);
    CHECK(read.removed);
    CHECK(read_json<update>(R"({"update_id": 9})").error() == read_error{read_fault::missing, "price"});

    CHECK(write(read) == R"({"name":"unnamed","price":2.5,"update_id":9,"removed":true})");
    CHECK(write(read, json_style::redis) ==
          R"({"name": "unnamed", "price": 2.5, "update_id": 9, "removed": true})");
}

TEST_CASE("members are written without braces for a caller that adds its own")
{
    std::string out = R"({"type":"x",)";
    fullon_orm::write_members(out, one<double>{1}, json_style::wire);
    out += R"(,"update_id":3})";
    CHECK(out == R"({"type":"x","member":1.0,"update_id":3})");

    out.clear();
    fullon_orm::write_members(out, nothing{}, json_style::wire);
    CHECK(out.empty());
    CHECK(write(nothing{}) == "{}");
    CHECK(read_json<nothing>("{}").has_value());
}

TEST_CASE("every kind of member is written in both styles")
{
    CHECK(write(one<std::optional<double>>{}) == R"({"member":null})");
    CHECK(write(one<double>{std::numeric_limits<double>::infinity()}) == R"({"member":null})");
    CHECK(write(one<std::string>{"₿\""}) == "{\"member\":\"₿\\\"\"}");
    CHECK(write(one<std::string>{"₿\""}, json_style::redis) == R"({"member": "\u20bf\""})");
    CHECK(write(one<std::vector<double>>{{1, 2.5}}) == R"({"member":[1.0,2.5]})");
    CHECK(write(one<std::vector<double>>{{1, 2.5}}, json_style::redis) == R"({"member": [1.0, 2.5]})");
    CHECK(write(one<std::vector<double>>{}) == R"({"member":[]})");
    CHECK(write(one<text_map>{{{"a", 1}, {"₿", 2}}}, json_style::redis) ==
          R"({"member": {"a": 1.0, "\u20bf": 2.0}})");
    CHECK(write(one<loose_map>{{{"a", {}}}}) == R"({"member":{"a":null}})");
    CHECK(write(one<one<double>>{{1}}) == R"({"member":{"member":1.0}})");
    CHECK(write(one<std::uint8_t>{7}) == R"({"member":7})");
    CHECK(write(true) == "true");
    CHECK(write(std::string_view("x")) == R"("x")");
    CHECK(write(std::vector<bool>{true, false}) == "[true,false]");
}

TEST_CASE("a JSON value is written in the style around it, its numbers exactly")
{
    const auto value =
        fullon_orm::parse_value(
            R"({"a":[1,2.0,1e22,-0.0,18446744073709551615,NaN],"₿":{"b":null,"c":true,"d":"é"},"e":[],"f":{}})")
            .value();
    CHECK(write(value) == "{\"a\":[1,2.0,1e+22,-0.0,18446744073709551615,null],\"₿\":{\"b\":null,\"c\":true,"
                          "\"d\":\"é\"},\"e\":[],\"f\":{}}");
    CHECK(
        write(value, json_style::redis) ==
        R"({"a": [1, 2.0, 1e+22, -0.0, 18446744073709551615, NaN], "\u20bf": {"b": null, "c": true, "d": "\u00e9"}, "e": [], "f": {}})");
}

TEST_CASE("numbers are parsed exactly and out of range without failing")
{
    using fullon_orm::parse_value;
    CHECK(parse_value("0.30000000000000004").value() == 0.1 + 0.2);
    CHECK(parse_value("1762500000.123456").value() == 1762500000.123456);
    CHECK(parse_value("2.2250738585072011e-308").value() == 2.2250738585072011e-308);
    CHECK(read<double>("4.9e-324") == std::numeric_limits<double>::denorm_min());
    // An absurd number beside the wanted ones must not cost the entry.
    const std::string huge(5000, '9');
    CHECK(read_json<one<double>>(R"({"x": )" + huge + R"(, "member": 1})").value().member == 1);
    CHECK(read<std::optional<double>>(huge) == std::nullopt);
}

TEST_CASE("of equal keys the last one counts")
{
    CHECK(read_json<one<double>>(R"({"member": 1, "member": null, "member": 3})").value().member == 3);
}

TEST_CASE("nesting is allowed to a depth of 32")
{
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(fullon_orm::parse_value(nested(32)).has_value());
    CHECK_FALSE(fullon_orm::parse_value(nested(33)).has_value());
    CHECK_FALSE(fullon_orm::parse_value(nested(100'000)).has_value());
    CHECK_FALSE(fullon_orm::parse_value(std::string(100'000, '[')).has_value());
}
