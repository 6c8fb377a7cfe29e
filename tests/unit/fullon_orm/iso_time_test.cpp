// Times as ISO 8601 text: every form that services write, and what is none.
#include <fullon_orm/iso_time.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace {

using fullon_orm::format_iso;
using fullon_orm::parse_time;
using fullon_orm::to_time_point;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

} // namespace

TEST_CASE("ISO texts are read as epoch seconds")
{
    const std::pair<const char*, double> cases[] = {
        {"2025-11-07T07:20:00.123456+00:00", 1762500000.123456},
        {"2025-11-07T07:20:00+00:00", 1762500000},
        {"2025-11-07 07:20:00", 1762500000},
        {"2025-11-07t07:20:00z", 1762500000},
        {"2025-11-07T07:20:00.5Z", 1762500000.5},
        {"2025-11-07T07:20:00,5", 1762500000.5},
        {"2025-11-07T07:20", 1762500000},
        {"2025-11-07T07:20+00", 1762500000},
        {"2025-11-07T09:20:00+02:00", 1762500000},
        {"2025-11-07T09:20:00+0200", 1762500000},
        {"2025-11-07T02:50:00-04:30", 1762500000},
        {"2025-11-07T07:20:00.1234567899999999999999999", 1762500000.123456},
        {"2025-11-07T07:20:00.000001Z", 1762500000.000001},
        {"  2025-11-07T07:20:00\n", 1762500000},
        {"2025-11-07", 1762473600},
        {"1970-01-01", 0},
        {"1969-12-31T23:59:59.5", -0.5},
        {"2024-02-29T00:00:00", 1709164800},
        {"0001-01-01T00:00:00", -62135596800},
        {"9999-12-31T23:59:59.999999", 253402300799.999999},
    };
    for (const auto& [text, epoch] : cases) {
        CAPTURE(text);
        CHECK(parse_time(text) == epoch);
    }
}

TEST_CASE("what is no ISO time is not read as one")
{
    for (const char* text : {"",
                             " ",
                             "bad",
                             "None",
                             "1762500000",
                             "1762500000.5",
                             "2025",
                             "2025-11",
                             "2025-11-7",
                             "25-11-07",
                             "2025-13-01",
                             "2025-00-01",
                             "2025-02-29",
                             "2025-11-31",
                             "2025-11-00",
                             "0000-01-01",
                             "2025/11/07",
                             "20251107",
                             "2025-11-07T",
                             "2025-11-07T07",
                             "2025-11-07T07:2",
                             "2025-11-07T24:00:00",
                             "2025-11-07T07:60:00",
                             "2025-11-07T07:20:60",
                             "2025-11-07T07:20:00.",
                             "2025-11-07T07:20:00.Z",
                             "2025-11-07T07:20:00Zx",
                             "2025-11-07T07:20:00Z+01:00",
                             "2025-11-07T07:20:00+",
                             "2025-11-07T07:20:00+1",
                             "2025-11-07T07:20:00+24:00",
                             "2025-11-07T07:20:00+01:60",
                             "2025-11-07T07:20:00+01:",
                             "2025-11-07T07:20:00+01:0",
                             "2025-11-07T07:20:00+01:00x",
                             "2025-11-07Z",
                             "2025-11-07x07:20:00",
                             "-2025-11-07",
                             "+2025-11-07",
                             "2025-11-07T-7:20:00",
                             "2025-11-07T07:20:00 +00:00"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_time(text));
    }
}

TEST_CASE("no prefix of a time is misread")
{
    const std::string_view text = "2025-11-07T09:20:00.123456+02:00";
    for (std::size_t size = 0; size < text.size(); ++size) {
        const auto read = parse_time(text.substr(0, size));
        CAPTURE(size);
        // Day, minutes, seconds, fraction and the hours of the zone are where a time may end.
        const bool complete =
            size == 10 || size == 16 || size == 19 || (size >= 21 && size <= 26) || size == 29;
        CHECK(read.has_value() == complete);
    }
}

TEST_CASE("times are written as Python's isoformat writes them")
{
    const std::pair<double, const char*> cases[] = {
        {1762500000.123456, "2025-11-07T07:20:00.123456+00:00"},
        {1762500000.0, "2025-11-07T07:20:00+00:00"},
        {1762500000.5, "2025-11-07T07:20:00.500000+00:00"},
        {1762500000.000001, "2025-11-07T07:20:00.000001+00:00"},
        {1762499999.9999999, "2025-11-07T07:20:00+00:00"},
        {0.0, "1970-01-01T00:00:00+00:00"},
        {-0.5, "1969-12-31T23:59:59.500000+00:00"},
        {-1e-9, "1970-01-01T00:00:00+00:00"},
        {0.0000005, "1970-01-01T00:00:00+00:00"}, // a tie goes to the even microsecond
        {0.0000015, "1970-01-01T00:00:00.000002+00:00"},
        {-62135596800.0, "0001-01-01T00:00:00+00:00"},
        {253402300799.0, "9999-12-31T23:59:59+00:00"},
    };
    for (const auto& [epoch, text] : cases)
        CHECK(format_iso(epoch) == text);
}

TEST_CASE("a time that has no ISO text gives an empty one")
{
    for (const double epoch : {253402300800.0, -62135596800.000001 - 1, 1e15, -1e15, 9.3e12, -9.3e12, 1e300,
                               -1e300, infinity, -infinity, not_a_number}) {
        CAPTURE(epoch);
        CHECK(format_iso(epoch).empty());
    }
}

TEST_CASE("time points are the nearest that there are")
{
    using namespace std::chrono;
    using time_point = sys_time<microseconds>;
    CHECK(to_time_point(1762500000.123456) == time_point(microseconds(1762500000123456)));
    CHECK(to_time_point(-0.25) == time_point(microseconds(-250000)));
    CHECK(to_time_point(0) == time_point());
    CHECK(to_time_point(not_a_number) == time_point());
    CHECK(to_time_point(infinity) == time_point::max());
    CHECK(to_time_point(-infinity) == time_point::min());
    CHECK(to_time_point(1e300) == time_point::max());
    CHECK(to_time_point(-9.3e12) == time_point::min());
    CHECK(to_time_point(9e12) == time_point(seconds(9'000'000'000'000)));
}

TEST_CASE("100 000 random times survive being written and read")
{
    std::mt19937_64 random(1762500000);
    std::uniform_real_distribution<double> any(-62135596800.0, 253402300799.0);
    std::uniform_int_distribution<std::int64_t> recent(0, 4'000'000'000'000'000);
    for (int i = 0; i < 100'000; ++i) {
        // Whole microseconds of the last and the next decades are doubles that come back exactly ...
        const double exact = static_cast<double>(recent(random)) / 1e6;
        if (parse_time(format_iso(exact)) != exact) {
            CAPTURE(exact, format_iso(exact));
            FAIL("another time came back");
        }
        // ... anything else comes back to the nearest microsecond.
        const double value = any(random);
        const auto back = parse_time(format_iso(value));
        if (!back || to_time_point(*back) != to_time_point(value) || std::abs(*back - value) > 1e-4) {
            CAPTURE(value, format_iso(value));
            FAIL("another time came back");
        }
    }
}

TEST_CASE("random bytes are never read as a time out of range")
{
    std::mt19937_64 random(7);
    const std::string_view alphabet = "0123456789-:T. +Z";
    for (int i = 0; i < 100'000; ++i) {
        std::string text = "2025-11-07T07:20:00.123456+00:00";
        for (int changes = 0; changes < 3; ++changes)
            text[random() % text.size()] = alphabet[random() % alphabet.size()];
        text.resize(random() % 40, '9');
        if (const auto read = parse_time(text))
            REQUIRE(std::abs(*read) < 3e11);
    }
}
