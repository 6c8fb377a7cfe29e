// Positions of an account: what the Python services recorded, leniently read, and merged one at a time.
#include "stored_object.hpp"

#include <fullon_orm/fullon_orm.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using fullon_orm::account_positions;
using fullon_orm::account_positions_from_json;
using fullon_orm::position;
using fullon_orm::read_error;
using fullon_orm::read_fault;

// Recorded from the Python library: two positions written, one of them again, then only the time.
constexpr std::string_view recorded_both =
    R"({"BTC/USDT": {"cost": 25000.0, "volume": 0.5, "fee": 25.0, "count": 1.0, "price": 50000.0, "timestamp": 1762500000.123456}, "ETH/USDT": {"cost": 3000.0, "volume": -1.0, "fee": 3.0, "count": 2.0, "price": 3000.0, "timestamp": 1762500000.123456}, "timestamp": "2026-11-20T15:36:47.014714+00:00"})";
constexpr std::string_view recorded_one_again =
    R"({"BTC/USDT": {"cost": 25000.0, "volume": 0.5, "fee": 25.0, "count": 1.0, "price": 50000.0, "timestamp": 1762500000.123456}, "ETH/USDT": {"cost": 3000.0, "volume": -1.0, "fee": 3.0, "count": 2.0, "price": 3000.0, "timestamp": 1762500000.123456}, "timestamp": "2026-11-20T15:36:47.015288+00:00"})";
constexpr std::string_view recorded_touched =
    R"({"BTC/USDT": {"cost": 25000.0, "volume": 0.5, "fee": 25.0, "count": 1.0, "price": 50000.0, "timestamp": 1762500000.123456}, "ETH/USDT": {"cost": 3000.0, "volume": -1.0, "fee": 3.0, "count": 2.0, "price": 3000.0, "timestamp": 1762500000.123456}, "timestamp": "2026-11-20T15:36:47.015827+00:00"})";

position bitcoin()
{
    return {.symbol = "BTC/USDT",
            .ex_id = "1",
            .cost = 25000,
            .volume = 0.5,
            .fee = 25,
            .count = 1,
            .price = 50000,
            .timestamp = 1762500000.123456};
}

position ether()
{
    return {.symbol = "ETH/USDT",
            .ex_id = "1",
            .cost = 3000,
            .volume = -1,
            .fee = 3,
            .count = 2,
            .price = 3000,
            .timestamp = 1762500000.123456};
}

account_positions recorded_account()
{
    return {.ex_id = "1", .positions = {bitcoin(), ether()}, .timestamp = 1795189007.014714};
}

account_positions read(std::string_view json, std::string ex_id = "1")
{
    return account_positions_from_json(json, std::move(ex_id)).value();
}

read_error error_of(std::string_view json)
{
    const auto result = account_positions_from_json(json, "1");
    REQUIRE_FALSE(result.has_value());
    return result.error();
}

std::string merge_position(std::string_view stored, const position& value, double now)
{
    return changed(stored, [&](auto& account) { fullon_orm::merge_position(account, value, now); });
}

std::string touch_positions(std::string_view stored, double now)
{
    return changed(stored, [&](auto& account) { fullon_orm::touch_positions(account, now); });
}

} // namespace

TEST_CASE("the positions of an account are written as recorded")
{
    CHECK(to_json(recorded_account()) == recorded_both);
    CHECK(to_json(account_positions{.ex_id = "1", .timestamp = 1762500000}) ==
          R"({"timestamp": "2025-11-07T07:20:00+00:00"})");
    CHECK(to_json(account_positions{}) == R"({"timestamp": null})");
    CHECK(
        to_json(account_positions{.positions = {{.symbol = "₿TC/USDT:\"USDT\"", .volume = 1e-07}}}) ==
        R"({"\u20bfTC/USDT:\"USDT\"": {"cost": 0.0, "volume": 1e-07, "fee": 0.0, "count": 0.0, "price": 0.0, "timestamp": 0.0}, "timestamp": null})");
}

TEST_CASE("recorded positions are read and written back byte for byte")
{
    CHECK(read(recorded_both) == recorded_account());
    for (const auto json : {recorded_both, recorded_one_again, recorded_touched})
        CHECK(to_json(read(json)) == json);
}

TEST_CASE("positions belong to the account of their field and the symbol of their entry")
{
    const auto value = read(
        R"({"SOL/USDT": {"symbol": "X", "ex_id": 9, "volume": 3}, "timestamp": "2025-11-07T07:20:00.123456+00:00"})",
        "2");
    CHECK(value == account_positions{.ex_id = "2",
                                     .positions = {{.symbol = "SOL/USDT", .ex_id = "2", .volume = 3}},
                                     .timestamp = 1762500000.123456});
    CHECK(read(R"({"BTC/USDT:USDT": {}, "\u20bfTC/\u00e9": {}})", "a:1").positions ==
          std::vector<position>{{.symbol = "BTC/USDT:USDT", .ex_id = "a:1"},
                                {.symbol = "₿TC/é", .ex_id = "a:1"}});
}

TEST_CASE("positions are taken for what is there")
{
    const auto value = read(
        R"({"timestamp": null, "A": {"new": [1], "timestamp": "2025-11-07T07:20:00", "cost": "25000", "volume": -2, "fee": null, "count": NaN, "price": "abc"}})");
    CHECK(value.positions ==
          std::vector<position>{
              {.symbol = "A", .ex_id = "1", .cost = 25000, .volume = -2, .timestamp = 1762500000}});
    CHECK_FALSE(value.timestamp);
    CHECK(value.unreadable.empty());
    CHECK(read("{}") == account_positions{.ex_id = "1"});
}

TEST_CASE("the time of positions is read in all its forms")
{
    const auto time_of = [](std::string_view json) {
        const auto value = read(R"({"A": {"timestamp": )" + std::string(json) + R"(}, "timestamp": )" +
                                std::string(json) + "}");
        REQUIRE(value.positions.size() == 1);
        CHECK(value.positions[0].timestamp == value.timestamp);
        return value.timestamp;
    };
    CHECK(time_of("1762500000.123456") == 1762500000.123456);
    CHECK(time_of("1762500000") == 1762500000.0);
    CHECK(time_of(R"("1762500000.5")") == 1762500000.5);
    CHECK(time_of(R"("2025-11-07T07:20:00.123456+00:00")") == 1762500000.123456);
    CHECK(time_of(R"("2025-11-07T07:20:00")") == 1762500000.0);
    CHECK(time_of(R"("2025-11-07T02:20:00-05:00")") == 1762500000.0);
    for (const auto* json : {"null", "NaN", "-Infinity", "true", "[1]", "{}", R"("")", R"("bad")"})
        CHECK_FALSE(time_of(json));
    CHECK(bitcoin().time_point() ==
          std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(1762500000123456)));
    CHECK_FALSE(position{}.time_point());
}

TEST_CASE("an entry that is no object does not spoil the other positions")
{
    const auto value =
        read(R"({"A": 5, "B": {"volume": 1}, "C": null, "D": [], "E": "x", "F": {"volume": 2}})");
    CHECK(value.positions == std::vector<position>{{.symbol = "B", .ex_id = "1", .volume = 1},
                                                   {.symbol = "F", .ex_id = "1", .volume = 2}});
    CHECK(value.unreadable == std::vector<std::string>{"A", "C", "D", "E"});
}

TEST_CASE("only what is no object are no positions")
{
    CHECK(error_of("{x") == read_error{read_fault::not_json, ""});
    CHECK(error_of("") == read_error{read_fault::not_json, ""});
    CHECK(error_of("[]") == read_error{read_fault::not_an_object, ""});
    CHECK(error_of("5") == read_error{read_fault::not_an_object, ""});
}

TEST_CASE("a position is merged as recorded")
{
    CHECK(merge_position(recorded_both, bitcoin(), 1795189007.015288) == recorded_one_again);
    auto stored = recorded_account();
    stored.positions = {bitcoin()};
    CHECK(merge_position(to_json(stored), ether(), 1795189007.014714) == recorded_both);
}

TEST_CASE("a position without others stands alone")
{
    constexpr std::string_view alone =
        R"({"BTC/USDT": {"cost": 25000.0, "volume": 0.5, "fee": 25.0, "count": 1.0, "price": 50000.0, "timestamp": 1762500000.123456}, "timestamp": "2025-11-07T07:20:00+00:00"})";
    for (const auto* stored : {"{}", R"({"timestamp": "bad"})"})
        CHECK(merge_position(stored, bitcoin(), 1762500000) == alone);
}

// Another service may write more than this library knows, and in forms that it would not choose.
TEST_CASE("a merge keeps all other positions as they were written")
{
    constexpr std::string_view stored =
        R"({"A/B:C": {"volume": 3, "cost": "50000", "leverage": 2, "at": 1762500000.123456, "x": [50000.0, 1e-07, null]}, "BTC/USDT": 5, "\u20bf": {"volume": -0.0}, "note": "\u20ac", "timestamp": 1762500000.5, "n": 7})";
    CHECK(
        merge_position(stored, bitcoin(), 1762500000) ==
        R"({"A/B:C": {"volume": 3, "cost": "50000", "leverage": 2, "at": 1762500000.123456, "x": [50000.0, 1e-07, null]}, "BTC/USDT": {"cost": 25000.0, "volume": 0.5, "fee": 25.0, "count": 1.0, "price": 50000.0, "timestamp": 1762500000.123456}, "\u20bf": {"volume": -0.0}, "note": "\u20ac", "n": 7, "timestamp": "2025-11-07T07:20:00+00:00"})");
    // Names are compared decoded, not as they are spelled.
    CHECK(merge_position(R"({"\u20bf": {"volume": 1}})", {.symbol = "₿", .volume = 2}, 1762500000) ==
          merge_position("{}", {.symbol = "₿", .volume = 2}, 1762500000));
}

TEST_CASE("touching positions changes their time alone")
{
    CHECK(touch_positions(recorded_one_again, 1795189007.015827) == recorded_touched);
    CHECK(touch_positions("{}", 1762500000) == R"({"timestamp": "2025-11-07T07:20:00+00:00"})");
    CHECK(
        touch_positions(
            R"({"timestamp": null, "A": {"n": 1, "x": 1.0, "big": 18446744073709551615}, "\u20bf": 5})",
            0.5) ==
        R"({"A": {"n": 1, "x": 1.0, "big": 18446744073709551615}, "\u20bf": 5, "timestamp": "1970-01-01T00:00:00.500000+00:00"})");
    CHECK(touch_positions("{}", 1e300) == R"({"timestamp": null})");
}

TEST_CASE("a position is written without nulls, others keep what they have")
{
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const position odd{.symbol = "B", .cost = nan, .volume = -infinity, .fee = infinity, .timestamp = nan};
    CHECK(
        merge_position(R"({"A": {"volume": null, "id": 123456789012345678901}, "B": {"cost": 5}})", odd,
                       1762500000) ==
        R"({"A": {"volume": null, "id": 123456789012345678901}, "B": {"cost": 0.0, "volume": 0.0, "fee": 0.0, "count": 0.0, "price": 0.0, "timestamp": 0.0}, "timestamp": "2025-11-07T07:20:00+00:00"})");
}
