// The bar as streams carry it.
#pragma once

#include <fullon_orm/bar.hpp>

#include <boost/describe/class.hpp>

#include <string>

namespace fullon_cache_api {

/// A bar that has changed (Redis: lists `ohlcv:{symbol}:{timeframe}`). On the wire it is a list of six numbers.
struct bar_update {
    std::string symbol; ///< without "/"
    std::string timeframe;
    fullon_orm::bar bar;
    /// A newer bar has begun, this is its final value; told once more when it is corrected. Else it is the newest one.
    bool closed = false;

    bool operator==(const bar_update&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar_update, (), (symbol, timeframe, bar, closed))

} // namespace fullon_cache_api
