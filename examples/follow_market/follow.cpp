// The client half of this example: also what README.md shows.
#include "follow.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/merge.hpp>

#include <fmt/core.h>

#include <utility>
#include <variant>

namespace asio = boost::asio;
using fullon_cache_api::client;

asio::awaitable<market_seen> follow(std::string url)
{
    market_seen seen;
    auto cache = co_await client::connect(url);
    auto prices = co_await cache.stream_tickers("binance", "BTC/USDT");
    auto trades = co_await cache.stream_trade_updates("binance", "BTC/USDT");
    auto bars = co_await cache.stream_ohlcv("BTC/USDT", "1m");
    auto all = fullon_cache_api::merge(std::move(prices), std::move(trades), std::move(bars));
    while (auto item = co_await all.next()) {
        if (const auto* price = std::get_if<0>(&*item)) {
            seen.prices += price->snapshot ? 0 : 1;
        } else if (const auto* trade = std::get_if<1>(&*item)) { // each comes once
            seen.trades += 1;
            seen.traded += trade->volume;
        } else if (const auto& update = std::get<2>(*item); update.closed) { // its final value
            seen.bar_close = update.bar.close;
            break;
        }
    }
    fmt::print("{} prices and {} trades of {} in all, until the bar closed at {}\n", seen.prices, seen.trades,
               seen.traded, seen.bar_close);
    co_await cache.close();
    co_return seen;
}
