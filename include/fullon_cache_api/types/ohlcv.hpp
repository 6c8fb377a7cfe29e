// What the queries on bars give.
#pragma once

#include <fullon_cache_api/types/bar.hpp>

#include <fullon_orm/bar.hpp>

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace fullon_cache_api {

/// Bars, oldest first, each as `[timestamp, open, high, low, close, volume]`.
struct symbol_bars {
    std::string symbol;
    std::string timeframe;
    std::vector<fullon_orm::bar> bars;
};
BOOST_DESCRIBE_STRUCT(symbol_bars, (), (symbol, timeframe, bars))

} // namespace fullon_cache_api
