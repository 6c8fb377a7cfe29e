// Bars (candles) of prices.
#pragma once

#include <fullon_cache/cache_base.hpp>

#include <fullon_orm/bar.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {

/// Reads bars. Redis: lists `ohlcv:{symbol}:{timeframe}`, newest at the end. Services have written the symbol with and
/// without "/": both lists of a symbol that is asked for with one are read, and merged by time. Of bars of one time the
/// last in the list without "/" counts. Errors and cancellation: see cache_base.
class ohlcv_reader : public cache_base {
public:
    explicit ohlcv_reader(const connection& redis) : ohlcv_reader(redis.shared_link()) {}
    explicit ohlcv_reader(std::shared_ptr<detail::link> link)
        : cache_base(std::move(link), "fullon.cache.ohlcv")
    {}

    /// The newest `count` bars (or as many as there are), oldest first, one for each time. An unreadable one is skipped
    /// and logged. \throws cache_error invalid_argument when count is below 1.
    boost::asio::awaitable<std::vector<fullon_orm::bar>>
    get_latest_ohlcv_bars(std::string symbol, std::string timeframe, std::int64_t count = 10) const;
};

} // namespace fullon_cache
