// Items of the stream of bars.
#pragma once

#include <fullon_orm/bar.hpp>

#include <boost/describe/class.hpp>

#include <string>

namespace fullon_cache_api {

/// Item of cache_calls::stream_ohlcv(): a bar that is new or has changed. Topic `ohlcv:{symbol without
/// "/"}:{timeframe}`. Redis: lists `ohlcv:{symbol}:{timeframe}`, with and without "/" in the symbol.
///
/// While the newest bar changes it comes with `closed` false. When a newer one begins, its final value comes
/// once with `closed` true, and again if it is corrected afterwards. Only closed bars are events of which
/// none is conflated.
///
/// \code
/// auto updates = co_await cache.stream_ohlcv("BTC/USDT", "1h");
/// while (auto update = co_await updates.next())
///     if (update->closed)
///         store(update->bar);   // the final value
///     else
///         show(update->bar.close);
/// \endcode
struct bar_update {
    std::string symbol; ///< without "/"
    std::string timeframe; ///< such as `1m`, `1h`, `1d`
    fullon_orm::bar
        bar; ///< `bar.timestamp` is when it begins, epoch seconds. On the wire a list of six numbers
    bool closed = false; ///< a newer bar has begun, this is the final value; else it is the newest bar

    bool operator==(const bar_update&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar_update, (), (symbol, timeframe, bar, closed))

} // namespace fullon_cache_api
