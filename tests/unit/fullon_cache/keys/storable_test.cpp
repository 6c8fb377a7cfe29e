// What could not be read back as it was is refused by the name of its place.
#include <fullon_cache/detail/keys/storable.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/fullon_orm.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

using namespace fullon_cache;
using namespace fullon_cache::detail;
namespace json = boost::json;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class... Arguments>
std::string refusal(const Arguments&... arguments)
{
    try {
        require_storable(arguments...);
    } catch (const cache_error& error) {
        CHECK(error.code() == errc::invalid_argument);
        return error.diagnostics();
    }
    return {};
}

template <class Model>
std::string refused_member(const Model& value)
{
    try {
        require_storable_members(value);
    } catch (const cache_error& error) {
        CHECK(error.code() == errc::invalid_argument);
        return error.diagnostics();
    }
    return {};
}

json::value nested(std::size_t levels)
{
    json::value value = 1;
    for (std::size_t i = 0; i < levels; ++i) {
        json::array around;
        around.push_back(std::move(value));
        value = std::move(around);
    }
    return value;
}

std::string text_of(const json::value& value)
{
    std::string text;
    fullon_orm::write_json(text, value, fullon_orm::json_style::redis);
    return text;
}

} // namespace

TEST_CASE("what is nested just so deep that it can be read is let through")
{
    for (std::size_t levels = 0; levels < 40; ++levels) {
        const auto value = nested(levels);
        INFO(levels);
        CHECK(refusal(value, "value").empty() == fullon_orm::parse_value(text_of(value)).has_value());
        json::object around;
        around["params"] = value;
        CHECK(refusal(value, "params", std::size_t(1)).empty() ==
              fullon_orm::parse_value(text_of(around)).has_value());
        json::object object;
        object["x"] = value;
        CHECK(refusal(object, "object").empty() == fullon_orm::parse_value(text_of(object)).has_value());
    }
    CHECK(refusal(nested(33), "status") == "status: must not be nested deeper than 32 levels in all");
}

TEST_CASE("numbers that JSON does not have are refused wherever they are")
{
    json::object params;
    params["n"] = 1.5;
    params["limits"] = json::array{1, 2.0, infinity};
    CHECK(refusal(params, "params") == "params.limits[2]: must be a finite number");
    params["limits"] = json::object{{"pnl", nan_value}};
    CHECK(refusal(params, "params") == "params.limits.pnl: must be a finite number");
    CHECK(refusal(json::value(-infinity), "value") == "value: must be a finite number");
    CHECK(refusal(json::value(std::numeric_limits<double>::max()), "value").empty());
}

TEST_CASE("text is UTF-8, integers of any length are no text")
{
    CHECK(refusal(json::value("\xE2\x82\xBF"), "value").empty());
    CHECK(refusal(json::value("caf\xE9"), "value") == "value: must be UTF-8");
    CHECK(refusal(json::value("\xED\xA0\x80"), "value") == "value: must be UTF-8"); // a lone surrogate
    json::object named;
    named["caf\xE9"] = 1;
    CHECK(refusal(named, "params") == "params: must be UTF-8");
    const auto big = fullon_orm::parse_value(R"({"cursor": 123456789012345678901})").value();
    CHECK(refusal(big, "params").empty());
}

TEST_CASE("of a model each number and each text is looked at")
{
    fullon_orm::order order;
    order.ex_order_id = fullon_orm::stored_id(std::int64_t(7));
    CHECK(refused_member(order).empty());
    order.final_volume = nan_value;
    CHECK(refused_member(order) == "final_volume: must be a finite number");
    order.final_volume = 1;
    order.reason = "caf\xE9";
    CHECK(refused_member(order) == "reason: must be UTF-8");
    order.reason.reset();
    order.uid = fullon_orm::stored_id(std::string("\xFF"));
    CHECK(refused_member(order) == "uid: must be UTF-8");

    fullon_orm::tick tick;
    for (const auto member : {&fullon_orm::tick::volume, &fullon_orm::tick::bid, &fullon_orm::tick::ask}) {
        tick.*member = infinity;
        CHECK_FALSE(refused_member(tick).empty());
        tick.*member = 1;
    }
    CHECK(refused_member(tick).empty());
    tick.price = -infinity;
    CHECK(refused_member(tick) == "price: must be a finite number");

    fullon_orm::trade trade;
    trade.cost = nan_value;
    CHECK(refused_member(trade) == "cost: must be a finite number");
    fullon_orm::balance balance;
    balance.reserved = infinity;
    CHECK(refused_member(balance) == "reserved: must be a finite number");
    fullon_orm::bar bar;
    bar.high = nan_value;
    CHECK(refused_member(bar) == "high: must be a finite number");
}
