// Routes: variables, symbols of two segments, and which of several fits best.
#include <fullon_cache_api/detail/http/route_table.hpp>

#include <catch2/catch_test_macros.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace fullon_cache_api::protocol;

namespace {

struct routes {
    std::size_t add(std::string pattern)
    {
        names.push_back(pattern);
        return table.add(pattern);
    }
    // "pattern name=value ..."
    std::string find(std::vector<std::string> segments) const
    {
        const auto hit = table.find(segments);
        if (!hit)
            return "";
        std::string text = names.at(hit->route);
        for (const auto& [name, value] : hit->variables)
            text.append(" ").append(name).append("=").append(value);
        return text;
    }

    route_table table;
    std::vector<std::string> names;
};

routes usual_ones()
{
    routes all;
    for (const char* pattern :
         {"/tickers/{exchange}", "/tickers/{exchange}/{symbol}", "/tickers/{exchange}/{symbol}/ticker",
          "/tickers/{exchange}/active", "/tickers/health", "/orders/{order_id}/status",
          "/orders/queue/status", "/orders/{user_id}/orders", "/bots", "/bots/{exchange}/{symbol}/blocked",
          "/bots/coordination/status", "/bots/{bot_id}/status", "/trades/{exchange}/{symbol}",
          "/trades/{trade_key}/status", "/ohlcv/{symbol}/{timeframe}", "/ohlcv/{symbol}/timeframes"})
        all.add(pattern);
    return all;
}

} // namespace

TEST_CASE("a path leads to the route whose segments it has", "[route_table]")
{
    const auto all = usual_ones();
    CHECK(all.find({"bots"}) == "/bots");
    CHECK(all.find({"tickers", "binance"}) == "/tickers/{exchange} exchange=binance");
    CHECK(all.find({}) == "");
    CHECK(all.find({"nothing"}) == "");
    CHECK(all.find({"bots", "x"}) == "");
    CHECK(all.find({"tickers", ""}) == "");
    CHECK(all.find({"Bots"}) == "");
}

TEST_CASE("a symbol takes one segment or two", "[route_table]")
{
    const auto all = usual_ones();
    CHECK(all.find({"tickers", "binance", "BTC-USDT"}) ==
          "/tickers/{exchange}/{symbol} exchange=binance symbol=BTC-USDT");
    CHECK(all.find({"tickers", "binance", "BTC/USDT"}) ==
          "/tickers/{exchange}/{symbol} exchange=binance symbol=BTC/USDT");
    CHECK(all.find({"tickers", "binance", "BTC", "USDT"}) ==
          "/tickers/{exchange}/{symbol} exchange=binance symbol=BTC/USDT");
    CHECK(all.find({"tickers", "binance", "BTC", "USDT", "ticker"}) ==
          "/tickers/{exchange}/{symbol}/ticker exchange=binance symbol=BTC/USDT");
    CHECK(all.find({"tickers", "binance", "A", "B", "C"}) == "");
    CHECK(all.find({"bots", "binance", "BTC", "USDT", "blocked"}) ==
          "/bots/{exchange}/{symbol}/blocked exchange=binance symbol=BTC/USDT");
    CHECK(all.find({"ohlcv", "BTC", "USDT", "1m"}) ==
          "/ohlcv/{symbol}/{timeframe} symbol=BTC/USDT timeframe=1m");
    CHECK(all.find({"ohlcv", "BTCUSDT", "1m"}) == "/ohlcv/{symbol}/{timeframe} symbol=BTCUSDT timeframe=1m");
    CHECK(all.find({"ohlcv", "BTC", "USDT", "timeframes"}) == "/ohlcv/{symbol}/timeframes symbol=BTC/USDT");
}

TEST_CASE("of several routes that with the most fixed segments counts, then the leftmost", "[route_table]")
{
    const auto all = usual_ones();
    CHECK(all.find({"tickers", "health"}) == "/tickers/health");
    CHECK(all.find({"tickers", "binance", "active"}) == "/tickers/{exchange}/active exchange=binance");
    CHECK(all.find({"orders", "queue", "status"}) == "/orders/queue/status");
    CHECK(all.find({"orders", "7", "status"}) == "/orders/{order_id}/status order_id=7");
    CHECK(all.find({"orders", "7", "orders"}) == "/orders/{user_id}/orders user_id=7");
    CHECK(all.find({"bots", "coordination", "status"}) == "/bots/coordination/status");
    CHECK(all.find({"trades", "binance", "status"}) == "/trades/{trade_key}/status trade_key=binance");
    CHECK(all.find({"tickers", "binance", "BTC", "ticker"}) ==
          "/tickers/{exchange}/{symbol}/ticker exchange=binance symbol=BTC");

    routes equal;
    equal.add("/{a}/x");
    equal.add("/y/{b}");
    CHECK(equal.find({"y", "x"}) == "/y/{b} b=x");
}

TEST_CASE("a symbol may be meant with its first dash as a slash", "[route_table]")
{
    using list = std::vector<std::string>;
    CHECK(symbol_spellings("BTC/USDT") == list{"BTC/USDT"});
    CHECK(symbol_spellings("BTC-USDT") == list{"BTC-USDT", "BTC/USDT"});
    CHECK(symbol_spellings("A-B-C") == list{"A-B-C", "A/B-C"});
}

TEST_CASE("the other spelling of a symbol leads back, where the first of the two signs stands",
          "[route_table]")
{
    CHECK(other_spelling("BTC/USDT") == "BTC-USDT");
    CHECK(other_spelling("BTC-USDT") == "BTC/USDT");
    CHECK(other_spelling("A/B-C") == "A-B-C");
    CHECK(other_spelling("A-B-C") == "A/B-C");
    CHECK(other_spelling("BTC/USDT:USDT") == "BTC-USDT:USDT");
    CHECK(other_spelling("BTCUSDT") == std::nullopt);
    CHECK(other_spelling("") == std::nullopt);
}
