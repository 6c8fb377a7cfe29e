// Bodies of ohlcv_cache.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/keys/storable.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/ohlcv_cache.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::bar;

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct ohlcv_cache::calls {
    static asio::awaitable<void> update_ohlcv_bars(ohlcv_cache self, std::string symbol,
                                                   std::string timeframe, std::vector<bar> bars)
    {
        detail::require_symbol(symbol);
        detail::require_timeframe(timeframe);
        for (const auto& one : bars)
            detail::require_storable_members(one);
        if (bars.empty())
            co_return;
        detail::operation op(self, "update_ohlcv_bars", {{"symbol", symbol}, {"timeframe", timeframe}});
        const auto key = bars_list(fullon_orm::without_slash(symbol), timeframe);
        command push("RPUSH", key);
        for (const auto& one : bars)
            push.push(to_json(one));
        pipeline writes;
        writes.add(std::move(push)).add("LTRIM", key, -op.settings().max_bars, -1);
        co_await op.execute_atomically(std::move(writes));
    }
};

asio::awaitable<void> ohlcv_cache::update_ohlcv_bars(std::string symbol, std::string timeframe,
                                                     std::vector<bar> bars) const
{
    return calls::update_ohlcv_bars(*this, std::move(symbol), std::move(timeframe), std::move(bars));
}

} // namespace fullon_cache
