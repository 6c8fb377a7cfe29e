// Symbols of the catalogue, leniently read.
#include <fullon_orm/symbol.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <string_view>

namespace {

using fullon_orm::read_fault;
using fullon_orm::stored_id;
using fullon_orm::symbol;
using fullon_orm::symbol_from_json;

} // namespace

TEST_CASE("a symbol is read and written back")
{
    const std::string_view json =
        R"({"symbol_id": 12, "symbol": "BTC/USDT", "cat_ex_id": "3", "updateframe": "1h", "backtest": 30, "decimals": 8, "base": "BTC", "quote": "USDT", "ex_base": "XBT", "only_ticker": false, "exchange_name": "binance", "ohlcv_view": null, "futures": true})";
    const auto value = symbol_from_json(json, "binance", "BTC/USDT").value();
    CHECK(value.symbol_id == stored_id(12));
    CHECK(value.cat_ex_id == stored_id("3"));
    CHECK(value.backtest == 30);
    CHECK(value.decimals == 8);
    CHECK(value.ex_base == "XBT");
    CHECK(value.only_ticker == false);
    CHECK_FALSE(value.ohlcv_view);
    CHECK(value.futures == true);
    CHECK(to_json(value) == json);
}

TEST_CASE("a symbol needs nothing but to be an object")
{
    const auto value = symbol_from_json("{}", "kraken", "ETH/USD").value();
    CHECK(value == symbol{.symbol = "ETH/USD", .exchange_name = "kraken"});
    CHECK(symbol_from_json("[]", "kraken", "ETH/USD").error().fault == read_fault::not_an_object);
    CHECK(symbol_from_json("{x", "kraken", "ETH/USD").error().fault == read_fault::not_json);
}

TEST_CASE("the identity of a symbol comes from its key and field")
{
    const auto value =
        symbol_from_json(R"({"symbol": "X", "exchange_name": 7, "decimals": "8", "backtest": "many",
                                            "futures": "True", "only_ticker": 1, "quote": null, "new": []})",
                         "kraken", "ETH/USD")
            .value();
    CHECK(value.symbol == "ETH/USD");
    CHECK(value.exchange_name == "kraken");
    CHECK(value.decimals == 8);
    CHECK_FALSE(value.backtest);
    CHECK(value.futures == true);
    CHECK(value.only_ticker == true);
    CHECK(value.quote.empty());
}
