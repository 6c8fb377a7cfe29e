// Bodies of ohlcv_cache.hpp.
#pragma once

#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/detail/trade_keys.hpp>
#include <fullon_cache/ohlcv_cache.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::bar;

asio::awaitable<void> ohlcv_cache::update_ohlcv_bars(std::string symbol, std::string timeframe,
                                                     std::vector<bar> bars) const
{
    detail::require_text(symbol, "symbol");
    detail::require_text(timeframe, "timeframe");
    for (const auto& one : bars)
        for (const double number : {one.timestamp, one.open, one.high, one.low, one.close, one.volume})
            detail::require_finite(number, "bars");
    if (bars.empty())
        co_return;
    detail::operation op(*this, "update_ohlcv_bars", {{"symbol", symbol}, {"timeframe", timeframe}});
    const auto key = detail::bars_list(fullon_orm::without_slash(symbol), timeframe);
    command push("RPUSH", key);
    for (const auto& one : bars)
        push.push(to_json(one));
    pipeline writes;
    writes.add(std::move(push)).add("LTRIM", key, -op.settings().max_bars, -1);
    co_await op.execute_atomically(std::move(writes));
}

} // namespace fullon_cache
