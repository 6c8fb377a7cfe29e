// Ticks: what the Python services recorded, what they might have written, and what nobody should have.
#include <fullon_orm/codec.hpp>
#include <fullon_orm/fullon_orm.hpp>

#include <catch2/catch_test_macros.hpp>

#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace {

using fullon_orm::read_error;
using fullon_orm::read_fault;
using fullon_orm::tick;
using fullon_orm::tick_from_json;
using fullon_orm::to_json;

// Recorded from the Python library.
constexpr std::string_view recorded_full =
    R"({"symbol": "BTC/USDT", "exchange": "binance", "price": 50000.0, "volume": 1234.56, "time": 1762500000.123456, "bid": 49999.0, "ask": 50001.0, "last": 50000.5})";
constexpr std::string_view recorded_nulls =
    R"({"symbol": "ETH/USDT", "exchange": "kraken", "price": 3000.0, "volume": null, "time": 1762500000.123456, "bid": null, "ask": null, "last": null})";
constexpr std::string_view recorded_integers =
    R"({"symbol": "\u20bfTC/USDT", "exchange": "binance", "price": 3000, "volume": 1e-07, "time": 1762500000, "bid": 1e+22, "ask": 0.30000000000000004, "last": -0.0})";

tick read(std::string_view json, std::string exchange = "binance", std::string symbol = "BTC/USDT")
{
    return tick_from_json(json, std::move(exchange), std::move(symbol)).value();
}

read_error error_of(std::string_view json)
{
    const auto result = tick_from_json(json, "binance", "BTC/USDT");
    REQUIRE_FALSE(result.has_value());
    return result.error();
}

} // namespace

TEST_CASE("a recorded tick is read and written back byte for byte")
{
    const auto full = read(recorded_full);
    CHECK(full == tick{.symbol = "BTC/USDT",
                       .exchange = "binance",
                       .price = 50000,
                       .volume = 1234.56,
                       .time = 1762500000.123456,
                       .bid = 49999,
                       .ask = 50001,
                       .last = 50000.5});
    CHECK(to_json(full) == recorded_full);
    CHECK(to_json(read(recorded_nulls, "kraken", "ETH/USDT")) == recorded_nulls);
}

// Where Python had integers the model has doubles: the same values, written as such.
TEST_CASE("a recorded tick with integers keeps their values")
{
    const auto value = read(recorded_integers, "binance", "₿TC/USDT");
    CHECK(value.price == 3000);
    CHECK(value.time == 1762500000.0);
    CHECK(value.ask == 0.1 + 0.2);
    CHECK(std::signbit(value.last.value()));
    CHECK(
        to_json(value) ==
        R"({"symbol": "\u20bfTC/USDT", "exchange": "binance", "price": 3000.0, "volume": 1e-07, "time": 1762500000.0, "bid": 1e+22, "ask": 0.30000000000000004, "last": -0.0})");
}

TEST_CASE("the identity of a tick comes from its key and field")
{
    const auto value =
        read(R"({"symbol": "X", "exchange": ["y"], "price": 1, "change_24h": 1.5, "foo": {"a": [1]}})",
             "kraken", "EXTRA");
    CHECK(value.exchange == "kraken");
    CHECK(value.symbol == "EXTRA");
}

TEST_CASE("members in any order, as text, absent or not finite are taken for what they are")
{
    CHECK(read(R"({"last": 2, "price": "50000.5"})").price == 50000.5);
    const auto value = read(
        R"({"price": 1, "volume": Infinity, "time": NaN, "bid": "abc", "ask": " 2.5 ", "last": -Infinity})");
    CHECK_FALSE(value.volume);
    CHECK_FALSE(value.time);
    CHECK_FALSE(value.bid);
    CHECK(value.ask == 2.5);
    CHECK_FALSE(value.last);
    CHECK(read(R"({"price": 1, "time": "2025-11-07T07:20:00.123456+00:00"})").time == 1762500000.123456);
    CHECK(read(R"({"price": 1, "time": "2025-11-07 07:20:00"})").time == 1762500000.0);
}

TEST_CASE("a tick without a finite price is unreadable")
{
    CHECK(error_of("{}") == read_error{read_fault::missing, "price"});
    CHECK(error_of(R"({"price": null, "last": 1})") == read_error{read_fault::missing, "price"});
    CHECK(error_of(R"({"price": NaN, "volume": Infinity, "time": 1, "bid": 1, "ask": 1})") ==
          read_error{read_fault::not_a_number, "price"});
    CHECK(error_of(R"({"price": "abc"})") == read_error{read_fault::not_a_number, "price"});
    CHECK(error_of("{x") == read_error{read_fault::not_json, ""});
    CHECK(error_of("") == read_error{read_fault::not_json, ""});
    CHECK(error_of("[1]") == read_error{read_fault::not_an_object, ""});
    CHECK(error_of("5") == read_error{read_fault::not_an_object, ""});
}

TEST_CASE("every prefix and every damaged byte of a tick is read or refused, never more")
{
    for (const auto whole : {recorded_full, recorded_nulls, recorded_integers}) {
        for (std::size_t size = 0; size < whole.size(); ++size)
            CHECK(error_of(std::string(whole.substr(0, size))).fault == read_fault::not_json);
        for (std::size_t place = 0; place < whole.size(); ++place)
            for (int byte = 0; byte < 256; ++byte) {
                std::string damaged(whole);
                damaged[place] = static_cast<char>(byte);
                if (const auto result = tick_from_json(damaged, "e", "s"))
                    REQUIRE(std::isfinite(result->price));
            }
    }
}

TEST_CASE("random rubbish is refused")
{
    std::mt19937_64 random(3);
    const std::string_view pieces[] = {"{", "}",   "[",  "]",   ":",    ",", "\"price\"",
                                       "1", "NaN", "\"", "\\u", "null", "e", "-"};
    for (int i = 0; i < 50'000; ++i) {
        std::string text = "{\"price\":";
        for (std::size_t count = random() % 12; count != 0; --count)
            text.append(pieces[random() % std::size(pieces)]);
        if (const auto result = tick_from_json(text, "e", "s"))
            REQUIRE(std::isfinite(result->price));
    }
}

TEST_CASE("random ticks survive being written and read, in both styles")
{
    std::mt19937_64 random(99);
    const auto any_number = [&random] {
        while (true)
            if (const auto value = std::bit_cast<double>(random()); std::isfinite(value))
                return value;
    };
    const auto maybe = [&]() -> std::optional<double> {
        return random() % 3 ? std::optional(any_number()) : std::nullopt;
    };
    for (int i = 0; i < 20'000; ++i) {
        const tick value{.symbol = "₿" + std::to_string(random()),
                         .exchange = "e\"\\\n" + std::to_string(random() % 7),
                         .price = any_number(),
                         .volume = maybe(),
                         .time = maybe(),
                         .bid = maybe(),
                         .ask = maybe(),
                         .last = maybe()};
        REQUIRE(read(to_json(value), value.exchange, value.symbol) == value);
        std::string wire;
        fullon_orm::write_json(wire, value, fullon_orm::json_style::wire);
        REQUIRE(fullon_orm::read_json<tick>(wire).value() == value);
    }
}

TEST_CASE("numbers that are not finite are written as null")
{
    const tick value{
        .symbol = "s", .exchange = "e", .price = 1, .bid = std::numeric_limits<double>::quiet_NaN()};
    CHECK(
        to_json(value) ==
        R"({"symbol": "s", "exchange": "e", "price": 1.0, "volume": null, "time": null, "bid": null, "ask": null, "last": null})");
}

TEST_CASE("the time of a tick is also a time point")
{
    using namespace std::chrono;
    CHECK(read(recorded_full).time_point() == sys_time<microseconds>(microseconds(1762500000123456)));
    CHECK_FALSE(read(R"({"price": 1})").time_point());
}
