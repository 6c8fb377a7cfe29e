// Results of the queries on bars.
#pragma once

#include <fullon_cache_api/types/bar.hpp>

#include <fullon_orm/bar.hpp>

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace fullon_cache_api {

/// Result of the operation `get_latest_ohlcv_bars`. Redis: lists `ohlcv:{symbol}:{timeframe}`.
/// cache_calls::get_latest_ohlcv_bars() returns the member `bars`.
struct symbol_bars {
    std::string symbol; ///< as it was asked for
    std::string timeframe; ///< as it was asked for
    /// Oldest first, one for each begin time. On the wire each is `[timestamp, open, high, low, close,
    /// volume]`.
    std::vector<fullon_orm::bar> bars;
};
BOOST_DESCRIBE_STRUCT(symbol_bars, (), (symbol, timeframe, bars))

} // namespace fullon_cache_api
