// Bars: lists of numbers as the Python services recorded them, leniently read.
#include <fullon_orm/fullon_orm.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <string_view>

namespace {

using fullon_orm::bar;
using fullon_orm::bar_from_json;
using fullon_orm::json_style;
using fullon_orm::read_error;
using fullon_orm::read_fault;

bar read(std::string_view json)
{
    return bar_from_json(json).value();
}

read_error error_of(std::string_view json)
{
    const auto result = bar_from_json(json);
    REQUIRE_FALSE(result.has_value());
    return result.error();
}

} // namespace

TEST_CASE("recorded bars are read")
{
    CHECK(read("[1234567890, 50000, 50100, 49900, 50050, 1234.56]") == bar{.timestamp = 1234567890,
                                                                           .open = 50000,
                                                                           .high = 50100,
                                                                           .low = 49900,
                                                                           .close = 50050,
                                                                           .volume = 1234.56});
    CHECK(read("[1234567950, 50050.5, 50150.25, 50000.0, 50100.0, 2345.67]") == bar{.timestamp = 1234567950,
                                                                                    .open = 50050.5,
                                                                                    .high = 50150.25,
                                                                                    .low = 50000,
                                                                                    .close = 50100,
                                                                                    .volume = 2345.67});
}

// Where Python had integers the model has doubles: the same values, written as such.
TEST_CASE("a bar is written as a list of doubles")
{
    const auto value = read("[1762500000, 50000, 50100, 49900, 50050.5, 1234.56]");
    CHECK(to_json(value) == "[1762500000.0, 50000.0, 50100.0, 49900.0, 50050.5, 1234.56]");
    std::string wire = "x";
    append_json(wire, value, json_style::wire);
    CHECK(wire == "x[1762500000.0,50000.0,50100.0,49900.0,50050.5,1234.56]");
    CHECK(to_json(bar{.timestamp = 1762500000.123456,
                      .open = 1e-07,
                      .high = 1e22,
                      .low = -0.0,
                      .close = std::numeric_limits<double>::infinity(),
                      .volume = std::numeric_limits<double>::quiet_NaN()}) ==
          "[1762500000.123456, 1e-07, 1e+22, -0.0, null, null]");
}

TEST_CASE("further columns of a bar are ignored")
{
    CHECK(read(R"([1, 2, 3, 4, 5, 6, "x"])") == bar{1, 2, 3, 4, 5, 6});
    CHECK(read(R"([1, 2, 3, 4, 5, 6, null, {"a": [NaN]}])") == bar{1, 2, 3, 4, 5, 6});
}

TEST_CASE("the numbers of a bar may be text")
{
    CHECK(read(R"(["1762500000", "2", " 3.5 ", "+4", "5e0", "6"])") == bar{1762500000, 2, 3.5, 4, 5, 6});
}

TEST_CASE("the time of a bar may be ISO text, its prices may not")
{
    CHECK(read(R"(["2025-11-07T07:20:00.123456+00:00", 2, 3, 4, 5, 6])").timestamp == 1762500000.123456);
    CHECK(read(R"(["2025-11-07T07:20:00", 2, 3, 4, 5, 6])").timestamp == 1762500000.0);
    CHECK(read(R"(["2025-11-07 07:20:00Z", 2, 3, 4, 5, 6])").timestamp == 1762500000.0);
    CHECK(error_of(R"(["bad", 2, 3, 4, 5, 6])") == read_error{read_fault::not_a_number, "timestamp"});
    CHECK(error_of(R"([1, "2025-11-07T07:20:00", 3, 4, 5, 6])") ==
          read_error{read_fault::not_a_number, "open"});
    CHECK(read("[1762500000.123456, 2, 3, 4, 5, 6]").time_point() ==
          std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(1762500000123456)));
}

TEST_CASE("a bar without six finite numbers is unreadable, and says which")
{
    CHECK(error_of("[1,2,3]") == read_error{read_fault::missing, "low"});
    CHECK(error_of("[]") == read_error{read_fault::missing, "timestamp"});
    CHECK(error_of(R"(["a",null,3,4,5,6])") == read_error{read_fault::not_a_number, "timestamp"});
    CHECK(error_of("[null, 2, 3, 4, 5, 6]") == read_error{read_fault::missing, "timestamp"});
    CHECK(error_of("[1, NaN, 3, 4, 5, 6]") == read_error{read_fault::not_a_number, "open"});
    CHECK(error_of("[1, 2, -Infinity, 4, 5, 6]") == read_error{read_fault::not_a_number, "high"});
    CHECK(error_of("[1, 2, 3, true, 5, 6]") == read_error{read_fault::not_a_number, "low"});
    CHECK(error_of("[1, 2, 3, 4, 1e400, 6]") == read_error{read_fault::not_a_number, "close"});
    CHECK(error_of("[1, 2, 3, 4, 5, [6]]") == read_error{read_fault::not_a_number, "volume"});
    CHECK(error_of("[1, 2, 3, 4, 5]") == read_error{read_fault::missing, "volume"});
}

TEST_CASE("only a list is a bar")
{
    CHECK(error_of("{x") == read_error{read_fault::not_json, ""});
    CHECK(error_of("") == read_error{read_fault::not_json, ""});
    CHECK(error_of("[1, 2, 3, 4, 5, 6") == read_error{read_fault::not_json, ""});
    CHECK(error_of(R"({"timestamp": 1})") == read_error{read_fault::not_a_list, ""});
    CHECK(error_of("5") == read_error{read_fault::not_a_list, ""});
}
