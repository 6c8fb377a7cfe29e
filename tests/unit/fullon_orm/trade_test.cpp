// Trades: what the Python services recorded, with both forms of time, leniently read.
#include <fullon_orm/fullon_orm.hpp>

#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <string_view>

namespace {

using fullon_orm::read_error;
using fullon_orm::read_fault;
using fullon_orm::stored_id;
using fullon_orm::trade;
using fullon_orm::trade_from_json;

// Recorded from the Python library.
constexpr std::string_view recorded =
    R"({"trade_id": 12345, "ex_trade_id": "EX_TRD_001", "ex_order_id": "EX_ORD_001", "uid": 1, "ex_id": 1, "symbol": "BTC/USDT", "order_type": "limit", "side": "buy", "volume": 0.1, "price": 50000.0, "cost": 5000.0, "fee": 5.0, "cur_volume": null, "cur_avg_price": null, "cur_avg_cost": null, "cur_fee": null, "roi": null, "roi_pct": null, "total_fee": null, "leverage": null, "time": 1762500000.123456})";
constexpr std::string_view recorded_iso =
    R"({"trade_id": 12345, "ex_trade_id": "EX_TRD_001", "ex_order_id": "EX_ORD_001", "uid": 1, "ex_id": 1, "symbol": "BTC/USDT", "order_type": "limit", "side": "buy", "volume": 0.1, "price": 50000.0, "cost": 5000.0, "fee": 5.0, "cur_volume": null, "cur_avg_price": null, "cur_avg_cost": null, "cur_fee": null, "roi": null, "roi_pct": null, "total_fee": null, "leverage": null, "time": "2025-11-07T07:20:00.123456+00:00"})";
// As another producer left it: without the members that nobody filled.
constexpr std::string_view recorded_short =
    R"({"trade_id": 12345, "ex_trade_id": "EX_TRD_001", "ex_order_id": "EX_ORD_001", "uid": 1, "ex_id": 1, "symbol": "BTC/USDT", "order_type": "limit", "side": "buy", "volume": 0.1, "price": 50000.0, "cost": 5000.0, "fee": 5.0, "time": 1762500000.123456})";

trade recorded_trade()
{
    return {.trade_id = 12345,
            .ex_trade_id = "EX_TRD_001",
            .ex_order_id = "EX_ORD_001",
            .uid = 1,
            .ex_id = 1,
            .symbol = "BTC/USDT",
            .order_type = "limit",
            .side = "buy",
            .volume = 0.1,
            .price = 50000,
            .cost = 5000,
            .fee = 5,
            .time = 1762500000.123456};
}

trade read(std::string_view json, std::string_view symbol = "BTCUSDT")
{
    return trade_from_json(json, symbol).value();
}

read_error error_of(std::string_view json)
{
    const auto result = trade_from_json(json, "BTCUSDT");
    REQUIRE_FALSE(result.has_value());
    return result.error();
}

} // namespace

TEST_CASE("a trade is written as recorded")
{
    CHECK(to_json(recorded_trade()) == recorded);
    CHECK(to_json(read(recorded)) == recorded);
}

// Python wrote some times as text; we write numbers and read both.
TEST_CASE("recorded trades are read whichever form their time has")
{
    for (const auto json : {recorded, recorded_iso, recorded_short})
        CHECK(read(json) == recorded_trade());
    CHECK(to_json(read(recorded_iso)) == recorded);
}

TEST_CASE("the time of a trade is read in all its forms")
{
    const auto time_of = [](std::string_view json) {
        return read(R"({"volume": 1, "price": 1, "time": )" + std::string(json) + "}").time;
    };
    CHECK(time_of("1762500000") == 1762500000.0);
    CHECK(time_of(R"("1762500000.5")") == 1762500000.5);
    CHECK(time_of(R"("2025-11-07T07:20:00+00:00")") == 1762500000.0);
    CHECK(time_of(R"("2025-11-07T07:20:00.123456")") == 1762500000.123456);
    CHECK(time_of(R"("2025-11-07 07:20:00Z")") == 1762500000.0);
    for (const auto* json : {"null", "NaN", "Infinity", "false", "{}", R"("")", R"("yesterday")"})
        CHECK_FALSE(time_of(json));
    CHECK(recorded_trade().time_point() ==
          std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(1762500000123456)));
    CHECK_FALSE(trade{}.time_point());
}

TEST_CASE("the stored symbol of a trade counts where it is that of the key apart from the slash")
{
    const auto symbol_of = [](std::string_view stored, std::string_view key) {
        return read(R"({"volume": 1, "price": 1, "symbol": )" + std::string(stored) + "}", key).symbol;
    };
    CHECK(symbol_of(R"("BTC/USDT")", "BTCUSDT") == "BTC/USDT");
    CHECK(symbol_of(R"("BTC/USDT")", "BTC/USDT") == "BTC/USDT");
    CHECK(symbol_of(R"("BTCUSDT")", "BTC/USDT") == "BTCUSDT");
    CHECK(symbol_of(R"("BTC/USDT:USDT")", "BTCUSDT:USDT") == "BTC/USDT:USDT");
    CHECK(symbol_of(R"("\u20bfTC/USDT")", "₿TCUSDT") == "₿TC/USDT");
    CHECK(symbol_of(R"("ETH/USDT")", "BTCUSDT") == "BTCUSDT");
    CHECK(symbol_of(R"("btc/usdt")", "BTCUSDT") == "BTCUSDT");
    CHECK(symbol_of("null", "BTCUSDT") == "BTCUSDT");
    CHECK(symbol_of("[]", "BTCUSDT") == "BTCUSDT");
    // The key of a user's trades names no symbol.
    CHECK(symbol_of(R"("ETH/USDT")", "") == "ETH/USDT");
    CHECK(symbol_of("null", "").empty());
}

TEST_CASE("a symbol loses every slash and nothing else")
{
    CHECK(fullon_orm::without_slash("BTC/USDT") == "BTCUSDT");
    CHECK(fullon_orm::without_slash("/A//B/:C/") == "AB:C");
    CHECK(fullon_orm::without_slash("₿TC/USDT") == "₿TCUSDT");
    CHECK(fullon_orm::without_slash("").empty());
}

TEST_CASE("the ids of a trade keep their kinds")
{
    const auto value = read(
        R"({"volume": 1, "price": 1, "trade_id": "12345", "ex_trade_id": 77, "ex_order_id": 1.5, "uid": "u1", "ex_id": []})");
    CHECK(value.trade_id == stored_id("12345"));
    CHECK(value.ex_trade_id == stored_id(77));
    CHECK(value.ex_order_id == stored_id("1.5"));
    CHECK(value.uid == stored_id("u1"));
    CHECK_FALSE(value.ex_id);
    CHECK(to_json(value).starts_with(
        R"({"trade_id": "12345", "ex_trade_id": 77, "ex_order_id": "1.5", "uid": "u1", "ex_id": null, )"));
}

TEST_CASE("a trade is taken for what is there")
{
    CHECK(
        read(
            R"({"foo": {"bar": [1]}, "time": null, "leverage": "3", "roi": NaN, "roi_pct": Infinity, "cost": "abc", "fee": null, "total_fee": " -1e-07 ", "cur_fee": 2, "side": 5, "price": "50000.5", "volume": 3})") ==
        trade{.symbol = "BTCUSDT",
              .side = "5",
              .volume = 3,
              .price = 50000.5,
              .cur_fee = 2,
              .total_fee = -1e-07,
              .leverage = 3});
}

TEST_CASE("a trade without a finite price and volume is unreadable")
{
    CHECK(error_of(R"({"foo":1})") == read_error{read_fault::missing, "volume"});
    CHECK(error_of(R"({"volume": 1, "price": null})") == read_error{read_fault::missing, "price"});
    CHECK(error_of(R"({"volume": 1, "price": NaN})") == read_error{read_fault::not_a_number, "price"});
    CHECK(error_of(R"({"volume": 1e999, "price": 1})") == read_error{read_fault::not_a_number, "volume"});
    CHECK(error_of(R"({"volume": "many", "price": 1})") == read_error{read_fault::not_a_number, "volume"});
    CHECK(error_of("{x") == read_error{read_fault::not_json, ""});
    CHECK(error_of("") == read_error{read_fault::not_json, ""});
    CHECK(error_of("[1]") == read_error{read_fault::not_an_object, ""});
}

TEST_CASE("what is not finite in a trade is written as null")
{
    auto value = recorded_trade();
    value.leverage = std::numeric_limits<double>::quiet_NaN();
    value.time = std::numeric_limits<double>::infinity();
    CHECK(to_json(value).ends_with(R"("leverage": null, "time": null})"));
}

TEST_CASE("trade ids of 21 digits keep their digits")
{
    const auto value =
        trade_from_json(
            R"({"trade_id": 123456789012345678901, "ex_trade_id": "123456789012345678902", "volume": "0.5", "price": 1e5})")
            .value();
    CHECK(value.trade_id == stored_id("123456789012345678901"));
    const auto json = to_json(value);
    CHECK(json.find(R"("trade_id": 123456789012345678901, "ex_trade_id": "123456789012345678902")") !=
          std::string::npos);
}
