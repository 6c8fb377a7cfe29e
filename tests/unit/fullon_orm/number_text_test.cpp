// Numbers as text: Python's repr form, exact round trips, and what is no number.
#include <fullon_orm/number_text.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace {

using fullon_orm::append_number;
using fullon_orm::parse_number;

template <class Number>
std::string text_of(Number value)
{
    std::string out;
    append_number(out, value);
    return out;
}

std::string digits_of(std::string_view number)
{
    std::string digits;
    for (const char c : number.substr(0, number.find('e')))
        if (c >= '0' && c <= '9')
            digits.push_back(c);
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    digits.erase(digits.find_last_not_of('0') + 1);
    return digits;
}

// What repr() promises: the same double again, with as few digits as that takes, in the right of the two forms.
void check_repr(double value)
{
    const std::string text = text_of(value);
    const auto back = parse_number(text);
    char shortest[64];
    const auto end =
        std::to_chars(shortest, shortest + sizeof shortest, value, std::chars_format::scientific).ptr;
    const std::string_view reference(shortest, static_cast<std::size_t>(end - shortest));
    const int exponent = std::stoi(std::string(reference.substr(reference.find('e') + 1)));
    const bool scientific = text.find('e') != std::string::npos;
    const bool as_expected = back &&
                             std::bit_cast<std::uint64_t>(*back) == std::bit_cast<std::uint64_t>(value) &&
                             digits_of(text) == digits_of(reference) &&
                             scientific == (value != 0 && (exponent < -4 || exponent >= 16)) &&
                             (scientific ? text == reference : text.find('.') != std::string::npos);
    if (!as_expected) {
        CAPTURE(text, reference);
        FAIL("not as repr() writes it");
    }
}

} // namespace

TEST_CASE("doubles are written as Python's repr writes them")
{
    // Texts taken from Python 3.
    const std::pair<double, const char*> cases[] = {
        {50000.0, "50000.0"},
        {1e-07, "1e-07"},
        {1e22, "1e+22"},
        {-0.0, "-0.0"},
        {0.0, "0.0"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1762500000.123456, "1762500000.123456"},
        {0.0001, "0.0001"},
        {0.00012345, "0.00012345"},
        {0.00009999, "9.999e-05"},
        {1e15, "1000000000000000.0"},
        {123456789012345.6, "123456789012345.6"},
        {9999999999999998.0, "9999999999999998.0"},
        {1e16, "1e+16"},
        {1.5e16, "1.5e+16"},
        {-2.5, "-2.5"},
        {-1e-05, "-1e-05"},
        {0.00000001, "1e-08"},
        {1234567.00000001, "1234567.00000001"},
        {9999999.99999999, "9999999.99999999"},
        {10000000.00000001, "10000000.00000001"},
        {47000.5, "47000.5"},
        {1.0000000000000002, "1.0000000000000002"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {1e100, "1e+100"},
        {9007199254740993.0, "9007199254740992.0"},
    };
    for (const auto& [value, text] : cases)
        CHECK(text_of(value) == text);
}

TEST_CASE("what is not finite is written as null")
{
    CHECK(text_of(std::numeric_limits<double>::quiet_NaN()) == "null");
    CHECK(text_of(std::numeric_limits<double>::infinity()) == "null");
    CHECK(text_of(-std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("integers of every width are written in full")
{
    CHECK(text_of(0) == "0");
    CHECK(text_of(-7) == "-7");
    CHECK(text_of(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(text_of(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(text_of(std::uint8_t(200)) == "200");
    CHECK(text_of(std::size_t(42)) == "42");
}

TEST_CASE("100 000 random doubles of any bits come back exactly")
{
    std::mt19937_64 random(20251107);
    for (int i = 0; i < 100'000; ++i)
        if (const auto value = std::bit_cast<double>(random()); std::isfinite(value))
            check_repr(value);
}

// Prices take a faster way than other doubles: it must give the same text, also just beside a short decimal.
TEST_CASE("100 000 random prices and their neighbours are written in the shortest form")
{
    std::mt19937_64 random(20251108);
    for (int i = 0; i < 100'000; ++i) {
        const auto units = static_cast<double>(random() >> (random() % 60));
        const double price =
            units / std::pow(10.0, static_cast<double>(random() % 12)) * (random() % 2 ? 1 : -1);
        check_repr(price);
        check_repr(std::nextafter(price, 0.0));
        check_repr(std::nextafter(price, 1e300));
    }
}

TEST_CASE("whole numbers and powers of ten are written in the right form")
{
    for (int exponent = -323; exponent <= 308; ++exponent)
        check_repr(std::strtod(("1e" + std::to_string(exponent)).c_str(), nullptr));
    for (int power = 0; power < 1023; ++power) {
        check_repr(std::ldexp(1.0, power));
        check_repr(std::ldexp(1.0, power) + 1);
        check_repr(-std::ldexp(1.0, power) + 1);
    }
}

TEST_CASE("the whole of a decimal text is read as a number")
{
    CHECK(parse_number("50000.5") == 50000.5);
    CHECK(parse_number("12") == 12.0);
    CHECK(parse_number("-3.5e-2") == -0.035);
    CHECK(parse_number("+1") == 1.0);
    CHECK(parse_number(" \t7\r\n") == 7.0);
    CHECK(parse_number(".5") == 0.5);
    CHECK(parse_number("5.") == 5.0);
    CHECK(parse_number("1E3") == 1000.0);
    CHECK(std::signbit(parse_number("-0.0").value()));
    CHECK(parse_number("0.30000000000000004") == 0.1 + 0.2);
    CHECK(parse_number("123456789012345678901234567890") == 123456789012345678901234567890.0);
    CHECK(parse_number("0." + std::string(1000, '0') + "1e1000") == 0.1);
}

TEST_CASE("what is not wholly a finite number is none")
{
    for (const char* text :
         {"",          " ",     "abc",    "1x",   "1 2",   "x1",    "nan",  "NaN",  "inf", "Infinity",
          "-Infinity", "1e999", "-1e999", "0x10", "1_000", "1,5",   "--1",  "+-1",  "-+1", "++1",
          "+",         "-",     ".",      "e5",   "1e",    "1.2.3", "None", "null", "True"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_number(text));
    }
    CHECK_FALSE(parse_number(std::string_view("1\0", 2)));
    CHECK_FALSE(parse_number(std::string_view()));
}
