// Orders: what the Python services recorded, leniently read, and merged without losing what others wrote.
#include "stored_object.hpp"

#include <fullon_orm/codec.hpp>
#include <fullon_orm/fullon_orm.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace {

using fullon_orm::order;
using fullon_orm::order_from_json;
using fullon_orm::read_error;
using fullon_orm::read_fault;
using fullon_orm::stored_id;

// Recorded from the Python library.
constexpr std::string_view recorded_new =
    R"({"order_id": "EX_12345", "ex_order_id": "EX_12345", "bot_id": 1, "uid": 1, "ex_id": 1, "cat_ex_id": 1, "exchange": "binance", "symbol": "BTC/USDT", "order_type": "limit", "side": "buy", "volume": 0.1, "final_volume": null, "price": 50000.0, "plimit": null, "tick": null, "futures": false, "leverage": 1.0, "status": "open", "command": null, "reason": null, "timestamp": "2026-11-20T15:36:48.094569+00:00"})";
constexpr std::string_view recorded_merge =
    R"({"order_id": "EX_12345", "ex_order_id": "EX_12345", "bot_id": 1, "uid": 1, "ex_id": 1, "cat_ex_id": 1, "exchange": "binance", "symbol": "BTC/USDT", "order_type": "limit", "side": "buy", "volume": 0.1, "final_volume": 0.05, "price": 50000.0, "plimit": null, "tick": null, "futures": false, "leverage": 1.0, "status": "partially_filled", "command": null, "reason": null, "timestamp": "2026-11-20T15:36:48.095722+00:00"})";
constexpr std::string_view recorded_canceled =
    R"({"order_id": "EX_12345", "ex_order_id": "EX_12345", "bot_id": 1, "uid": 1, "ex_id": 1, "cat_ex_id": 1, "exchange": "binance", "symbol": "BTC/USDT", "order_type": "limit", "side": "buy", "volume": 0.1, "final_volume": 0.05, "price": 50000.0, "plimit": null, "tick": null, "futures": false, "leverage": 1.0, "status": "canceled", "command": null, "reason": null, "timestamp": "2026-11-20T15:36:48.096588+00:00"})";
constexpr std::string_view recorded_market =
    R"({"order_id": "EX_777", "ex_order_id": "EX_777", "bot_id": null, "uid": null, "ex_id": null, "cat_ex_id": null, "exchange": null, "symbol": "BTC/USDT", "order_type": "market", "side": "sell", "volume": 1.0, "final_volume": null, "price": null, "plimit": null, "tick": null, "futures": null, "leverage": null, "status": "open", "command": null, "reason": null, "timestamp": "2026-11-20T15:36:48.098661+00:00"})";
constexpr std::string_view recorded_no_ids =
    R"({"order_id": "None", "ex_order_id": null, "bot_id": null, "uid": null, "ex_id": null, "cat_ex_id": null, "exchange": null, "symbol": null, "order_type": null, "side": null, "volume": null, "final_volume": null, "price": null, "plimit": null, "tick": null, "futures": null, "leverage": null, "status": null, "command": null, "reason": null, "timestamp": "2026-11-20T15:36:48.099010+00:00"})";

order full_order()
{
    return {.order_id = "EX_12345",
            .ex_order_id = "EX_12345",
            .bot_id = 1,
            .uid = 1,
            .ex_id = 1,
            .cat_ex_id = 1,
            .exchange = "binance",
            .symbol = "BTC/USDT",
            .order_type = "limit",
            .side = "buy",
            .volume = 0.1,
            .price = 50000,
            .futures = false,
            .leverage = 1,
            .status = "open",
            .timestamp = 1795189008.094569};
}

order read(std::string_view json, std::string exchange = "binance", std::string order_id = "EX_12345")
{
    return order_from_json(json, std::move(exchange), std::move(order_id)).value();
}

read_error error_of(std::string_view json)
{
    const auto result = order_from_json(json, "binance", "EX_12345");
    REQUIRE_FALSE(result.has_value());
    return result.error();
}

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

std::string merge_order(std::string_view stored, const order& update)
{
    return fullon_orm::merge_order(object_in(stored), update);
}

} // namespace

TEST_CASE("an order is written as recorded, with its time as ISO text")
{
    CHECK(to_json(full_order()) == recorded_new);
    CHECK(to_json(order{.order_id = "EX_777",
                        .ex_order_id = "EX_777",
                        .symbol = "BTC/USDT",
                        .order_type = "market",
                        .side = "sell",
                        .volume = 1,
                        .status = "open",
                        .timestamp = 1795189008.098661}) == recorded_market);
    CHECK(to_json(order{.order_id = "None", .timestamp = 1795189008.09901}) == recorded_no_ids);
}

TEST_CASE("the time of an order has a fraction only where it is not whole")
{
    const auto time_of = [](std::optional<double> timestamp) {
        const auto json = to_json(order{.timestamp = timestamp});
        return json.substr(json.rfind(": ") + 2);
    };
    CHECK(time_of(1762500000.0) == R"("2025-11-07T07:20:00+00:00"})");
    CHECK(time_of(1762500000.5) == R"("2025-11-07T07:20:00.500000+00:00"})");
    CHECK(time_of(std::nullopt) == "null}");
    CHECK(time_of(std::numeric_limits<double>::quiet_NaN()) == "null}");
    CHECK(time_of(1e300) == "null}");
}

// ISO text is how Redis has it; on the wire times are numbers.
TEST_CASE("the time of an order is a number on the wire")
{
    std::string wire;
    fullon_orm::write_json(wire, order{.timestamp = 1762500000.123456}, fullon_orm::json_style::wire);
    CHECK(wire.ends_with(R"("timestamp":1762500000.123456})"));
}

TEST_CASE("recorded orders are read and written back byte for byte")
{
    CHECK(read(recorded_new) == full_order());
    for (const auto json : {recorded_new, recorded_merge, recorded_canceled})
        CHECK(to_json(read(json)) == json);
    const auto market = read(recorded_market, "kraken", "EX_777");
    CHECK(market.exchange == "kraken");
    CHECK_FALSE(market.price);
    CHECK_FALSE(market.futures);
    CHECK_FALSE(market.bot_id);
    CHECK(read(recorded_no_ids, "kraken", "None") ==
          order{.order_id = "None", .exchange = "kraken", .timestamp = 1795189008.09901});
}

TEST_CASE("the identity of an order comes from its key and field")
{
    const auto value = read(R"({"order_id": "other", "exchange": ["x"], "ex_order_id": "EX_1"})", "5", "777");
    CHECK(value.order_id == "777");
    CHECK(value.exchange == "5");
    CHECK(value.ex_order_id == stored_id("EX_1"));
    CHECK(read("{}", "kraken", "₿:1") == order{.order_id = "₿:1", .exchange = "kraken"});
}

TEST_CASE("the ids of an order keep their kinds")
{
    const auto value = read(
        R"({"ex_order_id": 9223372036854775807, "bot_id": "7", "uid": 7, "ex_id": "", "cat_ex_id": true})");
    CHECK(value.ex_order_id == stored_id(std::numeric_limits<std::int64_t>::max()));
    CHECK(value.bot_id == stored_id("7"));
    CHECK(value.uid == stored_id(7));
    CHECK(value.ex_id == stored_id(""));
    CHECK_FALSE(value.cat_ex_id);
    const auto json = to_json(value);
    CHECK(contains(json, R"("ex_order_id": 9223372036854775807, "bot_id": "7", "uid": 7, "ex_id": "")"));
}

TEST_CASE("an order is taken for what is there")
{
    const auto value = read(
        R"({"timestamp": "bad", "reason": ["x"], "status": 7, "futures": "True", "volume": "0.1", "price": NaN, "plimit": -Infinity, "tick": "abc", "leverage": 3, "final_volume": " 1e-07 ", "symbol": null, "new": {"a": [1]}})");
    CHECK(value == order{.order_id = "EX_12345",
                         .exchange = "binance",
                         .volume = 0.1,
                         .final_volume = 1e-07,
                         .futures = true,
                         .leverage = 3,
                         .status = "7"});
}

TEST_CASE("the time of an order is read in all its forms")
{
    const auto time_of = [](std::string_view json) {
        return read(R"({"timestamp": )" + std::string(json) + "}").timestamp;
    };
    CHECK(time_of(R"("2025-11-07T07:20:00.123456+00:00")") == 1762500000.123456);
    CHECK(time_of(R"("2025-11-07T07:20:00.123456")") == 1762500000.123456);
    CHECK(time_of(R"("2025-11-07T07:20:00+00:00")") == 1762500000.0);
    CHECK(time_of(R"("2025-11-07T09:20:00.5+02:00")") == 1762500000.5);
    CHECK(time_of(R"("2025-11-07T07:20:00Z")") == 1762500000.0);
    CHECK(time_of("1762500000.123456") == 1762500000.123456);
    CHECK(time_of("1762500000") == 1762500000.0);
    CHECK(time_of(R"("1762500000.25")") == 1762500000.25);
    for (const auto* json :
         {"null", "NaN", "true", "[]", R"("")", R"("bad")", R"("None")", R"("2025-13-01")"})
        CHECK_FALSE(time_of(json));
    CHECK(read(recorded_new).time_point() ==
          std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(1795189008094569)));
    CHECK_FALSE(order{}.time_point());
}

TEST_CASE("only what is no object is no order")
{
    CHECK(error_of("{x") == read_error{read_fault::not_json, ""});
    CHECK(error_of("") == read_error{read_fault::not_json, ""});
    CHECK(error_of("{} {}") == read_error{read_fault::not_json, ""});
    CHECK(error_of("[1]") == read_error{read_fault::not_an_object, ""});
    CHECK(error_of("null") == read_error{read_fault::not_an_object, ""});
    CHECK(read(R"({"price":1})", "binance", "MIN").price == 1);
}

TEST_CASE("an order is merged as recorded")
{
    const order filled{.final_volume = 0.05, .status = "partially_filled", .timestamp = 1795189008.095722};
    CHECK(merge_order(recorded_new, filled) == recorded_merge);
    const order canceled{.status = "canceled", .timestamp = 1795189008.096588};
    CHECK(merge_order(recorded_merge, canceled) == recorded_canceled);
    CHECK(merge_order(recorded_new, full_order()) == recorded_new);
}

TEST_CASE("an order that is merged into an empty one is written alone")
{
    CHECK(merge_order("{}", full_order()) == recorded_new);
}

// What this library has no member for, or would have read otherwise, is not its to change.
TEST_CASE("a merge of orders keeps what it does not know as it was written")
{
    const auto merged = merge_order(
        R"({"strategy": {"n": 1, "x": 50000.0, "list": [1e-07, null, true, "\u20bf"]}, "volume": 3, "price": "50000", "uid": "7", "futures": 1, "timestamp": 1762500000.123456, "symbol": "BTC/USDT:USDT", "big": 18446744073709551615, "\u20bf:k\"": -0.0})",
        order{.status = "open"});
    CHECK(
        merged ==
        R"({"order_id": "", "ex_order_id": null, "bot_id": null, "uid": "7", "ex_id": null, "cat_ex_id": null, "exchange": null, "symbol": "BTC/USDT:USDT", "order_type": null, "side": null, "volume": 3, "final_volume": null, "price": "50000", "plimit": null, "tick": null, "futures": 1, "leverage": null, "status": "open", "command": null, "reason": null, "timestamp": 1762500000.123456, "strategy": {"n": 1, "x": 50000.0, "list": [1e-07, null, true, "\u20bf"]}, "big": 18446744073709551615, "\u20bf:k\"": -0.0})");
    CHECK(merge_order(merged, order{}) == merged);
}

TEST_CASE("a merge of orders replaces exactly what the update has")
{
    const order update{.order_id = "new",
                       .ex_order_id = "",
                       .bot_id = 0,
                       .side = "",
                       .volume = 0,
                       .futures = true,
                       .timestamp = 1762500000};
    const auto merged = read(merge_order(recorded_new, update), "binance", "new");
    auto expected = full_order();
    expected.order_id = "new";
    expected.ex_order_id = "";
    expected.bot_id = 0;
    expected.side = "";
    expected.volume = 0;
    expected.futures = true;
    expected.timestamp = 1762500000;
    CHECK(merged == expected);
}

TEST_CASE("only exactly canceled is canceled")
{
    CHECK(is_canceled(read(recorded_canceled)));
    CHECK_FALSE(is_canceled(read(recorded_merge)));
    CHECK_FALSE(is_canceled(order{}));
    for (const auto* status : {"cancelled", "Canceled", "canceled ", ""})
        CHECK_FALSE(is_canceled(order{.status = status}));
}

TEST_CASE("ids of 21 digits survive an update of an order, as numbers and as text")
{
    const std::string_view stored =
        R"({"order_id": "x", "ex_order_id": 123456789012345678901, "uid": "123456789012345678902", "ex_id": 9223372036854775808, "client_id": 998877665544332211009})";
    const auto read = order_from_json(stored, "okx", "x").value();
    CHECK(read.ex_order_id == stored_id("123456789012345678901"));
    CHECK(read.ex_order_id->number);
    CHECK_FALSE(read.uid->number);
    const auto merged = merge_order(stored, order{.status = "filled"});
    CHECK(merged.find(R"("ex_order_id": 123456789012345678901,)") != std::string::npos);
    CHECK(merged.find(R"("uid": "123456789012345678902",)") != std::string::npos);
    CHECK(merged.find(R"("ex_id": 9223372036854775808,)") != std::string::npos);
    CHECK(merged.find(R"("client_id": 998877665544332211009)") != std::string::npos);
    CHECK(to_json(read).find(R"("ex_order_id": 123456789012345678901,)") != std::string::npos);
}
