// Balances of an account: both spellings, as the Python services recorded them, leniently read.
#include "stored_object.hpp"

#include <fullon_orm/fullon_orm.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using fullon_orm::account_balances;
using fullon_orm::account_balances_from_json;
using fullon_orm::balance;
using fullon_orm::read_error;
using fullon_orm::read_fault;
using fullon_orm::to_json;

// Recorded from the Python library: written, then only the date.
constexpr std::string_view recorded =
    R"({"USDT": {"balance": 10000.0, "available": 8500.0, "reserved": 1500.0}, "BTC": {"total": 1.5, "free": 1.2, "used": 0.3}, "date": "2026-11-20T15:36:47.017835+00:00"})";
constexpr std::string_view recorded_touched =
    R"({"USDT": {"balance": 10000.0, "available": 8500.0, "reserved": 1500.0}, "BTC": {"total": 1.5, "free": 1.2, "used": 0.3}, "date": "2024-01-15 10:30:00"})";
// All that a running system was found to hold.
constexpr std::string_view deployed =
    R"({"USDT": {"balance": 10000.0, "available": 8500.0, "reserved": 1500.0}, "BTC": {"total": 1.5, "free": 1.2, "used": 0.3}, "ZERO": {"balance": 0, "total": 5, "available": 2}, "STR": {"balance": "12.5", "available": "2.5"}, "NULLA": {"balance": 1, "available": null}, "NEG": {"balance": 1.0, "available": 2.0}, "NUM": 5, "date": "2025-11-07T07:20:00.123456+00:00"})";

account_balances read(std::string_view json, std::string ex_id = "1")
{
    return account_balances_from_json(json, std::move(ex_id)).value();
}

balance read_one(std::string_view json)
{
    const auto value = read(R"({"X": )" + std::string(json) + "}");
    REQUIRE(value.balances.size() == 1);
    return value.balances[0];
}

read_error error_of(std::string_view json)
{
    const auto result = account_balances_from_json(json, "1");
    REQUIRE_FALSE(result.has_value());
    return result.error();
}

std::string touch_balances(std::string_view stored, std::string_view date)
{
    return changed(stored, [&](auto& account) { fullon_orm::touch_balances(account, date); });
}

} // namespace

TEST_CASE("balances are written as recorded, in the first spelling")
{
    CHECK(
        to_json({{.currency = "USDT", .total = 10000, .available = 8500, .reserved = 1500}},
                "2026-11-20T15:36:47.017835+00:00") ==
        R"({"USDT": {"balance": 10000.0, "available": 8500.0, "reserved": 1500.0}, "date": "2026-11-20T15:36:47.017835+00:00"})");
    CHECK(
        to_json({{.currency = "₿:\"x\"", .total = 1e-07}, {.currency = "B", .available = 1762500000.123456}},
                "any\ntext") ==
        R"({"\u20bf:\"x\"": {"balance": 1e-07, "available": null, "reserved": null}, "B": {"balance": null, "available": 1762500000.123456, "reserved": null}, "date": "any\ntext"})");
    CHECK(to_json({}, "2024-01-15 10:30:00") == R"({"date": "2024-01-15 10:30:00"})");
}

TEST_CASE("recorded balances are read in both spellings")
{
    const account_balances expected{
        .ex_id = "1",
        .balances = {{.currency = "USDT", .total = 10000, .available = 8500, .reserved = 1500},
                     {.currency = "BTC", .total = 1.5, .available = 1.2, .reserved = 0.3}},
        .date = 1795189007.017835};
    CHECK(read(recorded) == expected);
    auto touched = expected;
    touched.date = 1705314600;
    CHECK(read(recorded_touched) == touched);
}

TEST_CASE("balances of a running system are read, one bad entry spoils no other")
{
    CHECK(read(deployed) ==
          account_balances{
              .ex_id = "1",
              .balances = {{.currency = "USDT", .total = 10000, .available = 8500, .reserved = 1500},
                           {.currency = "BTC", .total = 1.5, .available = 1.2, .reserved = 0.3},
                           {.currency = "ZERO", .total = 5, .available = 2, .reserved = 3},
                           {.currency = "STR", .total = 12.5, .available = 2.5, .reserved = 10},
                           {.currency = "NULLA", .total = 1, .available = 1, .reserved = 0},
                           {.currency = "NEG", .total = 1, .available = 2, .reserved = 0}},
              .date = 1762500000.123456,
              .unreadable = {"NUM"}});
    const auto value = read(R"({"A": null, "B": [1], "C": "x", "D": {"total": 1}})", "a:1");
    CHECK(value.balances ==
          std::vector<balance>{{.currency = "D", .total = 1, .available = 1, .reserved = 0}});
    CHECK(value.unreadable == std::vector<std::string>{"A", "B", "C"});
    CHECK(value.ex_id == "a:1");
}

TEST_CASE("of the two spellings of a balance the one that says something counts")
{
    CHECK(read_one(R"({"balance": 2, "total": 5})").total == 2);
    CHECK(read_one(R"({"balance": null, "total": 5})").total == 5);
    CHECK(read_one(R"({"balance": NaN, "total": "5"})").total == 5);
    CHECK(read_one(R"({"balance": "abc", "total": 5})").total == 5);
    CHECK(read_one(R"({"balance": 0.0, "total": 5})").total == 5);
    CHECK(read_one(R"({"balance": 0, "total": null})").total == 0);
    CHECK(read_one(R"({"balance": 0})").total == 0);
    CHECK(read_one(R"({"available": "0", "free": 1})").available == 1);
    CHECK(read_one(R"({"reserved": 0, "used": 2})").reserved == 2);
    CHECK(read_one(R"({"reserved": -1, "used": 2})").reserved == -1);
    CHECK_FALSE(read_one(R"({"balance": [], "total": {}})").total);
}

TEST_CASE("what is available is worked out only where it is not stored")
{
    CHECK(read_one(R"({"balance": 5, "available": null})").available == 5);
    CHECK(read_one(R"({"balance": 5})").available == 5);
    CHECK(read_one(R"({"total": "5", "free": NaN})").available == 5);
    CHECK(read_one(R"({"balance": 5, "available": null, "reserved": 2})").available == 3);
    CHECK(read_one(R"({"total": 5, "free": null, "used": 7})").available == 0);
    CHECK(read_one(R"({"balance": 5, "available": 0})").available == 0);
    CHECK_FALSE(read_one(R"({"reserved": 2})").available);
    CHECK_FALSE(read_one(R"({"total": 1.7e308, "used": -1.7e308})").available);
}

TEST_CASE("what an exchange says beside its currencies is none")
{
    const auto value = read(
        R"({"info": {"code": 0}, "timestamp": 1762500000123, "datetime": "2025-11-07T07:20:00.123Z", "BTC": {"free": 1, "used": 0.5, "total": 1.5}, "free": {"BTC": 1}, "used": {"BTC": 0.5}, "total": {"BTC": 1.5}})");
    CHECK(value.balances ==
          std::vector<balance>{{.currency = "BTC", .total = 1.5, .available = 1, .reserved = 0.5}});
    CHECK(value.unreadable.empty());
    CHECK(read(R"({"info": null, "free": 5})").unreadable.empty());
}

TEST_CASE("what is reserved is worked out only where it is not stored")
{
    CHECK(read_one(R"({"total": 5, "available": 2})").reserved == 3);
    CHECK(read_one(R"({"balance": 5, "free": 2, "used": null})").reserved == 3);
    CHECK(read_one(R"({"balance": 5, "free": 2, "reserved": NaN})").reserved == 3);
    CHECK(read_one(R"({"balance": 5, "free": 2, "used": 0})").reserved == 0);
    CHECK(read_one(R"({"total": 2, "free": 5})").reserved == 0);
    CHECK(read_one(R"({"total": 5})").reserved == 0);
    CHECK_FALSE(read_one(R"({"free": 5})").reserved);
    CHECK(read_one("{}") == balance{.currency = "X"});
}

// No infinity may come out of a reader.
TEST_CASE("what is reserved stays empty where the difference is beyond a double")
{
    const auto value = read_one(R"({"total": 1.7e308, "free": -1.7e308})");
    CHECK(value.total == 1.7e308);
    CHECK(value.available == -1.7e308);
    CHECK_FALSE(value.reserved);
}

TEST_CASE("the date of balances is read in all its forms")
{
    const auto date_of = [](std::string_view json) {
        return read(R"({"date": )" + std::string(json) + "}").date;
    };
    CHECK(date_of(R"("2025-11-07T07:20:00.123456+00:00")") == 1762500000.123456);
    CHECK(date_of(R"("2025-11-07T07:20:00.123456")") == 1762500000.123456);
    CHECK(date_of(R"("2025-11-07T07:20:00Z")") == 1762500000.0);
    CHECK(date_of(R"("2024-01-15 10:30:00")") == 1705314600.0);
    CHECK(date_of("1762500000.123456") == 1762500000.123456);
    CHECK(date_of(R"("1762500000")") == 1762500000.0);
    for (const auto* json : {"null", "NaN", "true", "[]", "{}", R"("")", R"("some day")"})
        CHECK_FALSE(date_of(json));
    CHECK_FALSE(read("{}").date);
}

TEST_CASE("only what is no object are no balances")
{
    CHECK(error_of("{x") == read_error{read_fault::not_json, ""});
    CHECK(error_of("") == read_error{read_fault::not_json, ""});
    CHECK(error_of("[]") == read_error{read_fault::not_an_object, ""});
    CHECK(error_of("null") == read_error{read_fault::not_an_object, ""});
}

TEST_CASE("touching balances changes their date alone")
{
    CHECK(touch_balances(recorded, "2024-01-15 10:30:00") == recorded_touched);
    CHECK(touch_balances("{}", "x") == R"({"date": "x"})");
    CHECK(
        touch_balances(
            R"({"date": 5, "BTC:X": {"total": 1, "free": 50000.0, "used": 1e-07, "new": [1762500000.123456, null]}, "\u20bf": "7", "n": -0.0})",
            "€") ==
        R"({"BTC:X": {"total": 1, "free": 50000.0, "used": 1e-07, "new": [1762500000.123456, null]}, "\u20bf": "7", "n": -0.0, "date": "\u20ac"})");
}
