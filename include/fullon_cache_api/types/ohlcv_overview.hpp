// Overviews of bars.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// The timeframes of which a symbol has bars, the shortest first.
struct symbol_timeframes {
    std::string symbol;
    std::vector<std::string> timeframes;

    bool operator==(const symbol_timeframes&) const = default;
};
BOOST_DESCRIBE_STRUCT(symbol_timeframes, (), (symbol, timeframes))

/// A list of bars (Redis: `ohlcv:{symbol}:{timeframe}`). A symbol that services spell with and without "/" has two.
struct bar_series_status {
    std::string symbol; ///< as the key spells it
    std::string timeframe;
    std::int64_t bars = 0; ///< elements of the list
    /// When the newest bar begins, epoch seconds; null where that is unreadable.
    std::optional<double> newest;
    /// The bar after it is not over yet, give or take a minute, and it does not begin over 60 s ahead of now; null for a timeframe that is no length.
    std::optional<bool> fresh;

    bool operator==(const bar_series_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar_series_status, (), (symbol, timeframe, bars, newest, fresh))

/// All of them. Unhealthy when no list is fresh (also when there is none), degraded when of some timeframe none is, or a
/// newest bar is unreadable. (Lists of symbols that are traded no more stay: they degrade nothing.)
struct bar_cache_status {
    std::string status; ///< "healthy", "degraded", "unhealthy"
    std::int64_t symbols = 0; ///< without counting both spellings
    std::vector<std::string> timeframes; ///< the shortest first
    std::int64_t series_count = 0;
    std::int64_t fresh = 0; ///< lists
    std::int64_t unreadable = 0; ///< newest bars, and lists whose key names no symbol and timeframe
    std::optional<double> oldest; ///< of the newest bars, epoch seconds
    std::optional<double> newest;
    std::vector<bar_series_status> series; ///< by their keys

    bool operator==(const bar_cache_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar_cache_status, (),
                      (status, symbols, timeframes, series_count, fresh, unreadable, oldest, newest, series))

/// A list of bars, measured by its newest elements.
struct bar_series_metrics {
    std::string key;
    std::int64_t bars = 0; ///< elements of the list
    std::int64_t bars_read = 0; ///< of its end, at most 10
    std::int64_t bytes_read = 0; ///< of these values

    bool operator==(const bar_series_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar_series_metrics, (), (key, bars, bars_read, bytes_read))

/// All of them, and how long Redis took.
struct bar_metrics {
    std::int64_t bars = 0; ///< sums
    std::int64_t bars_read = 0;
    std::int64_t bytes_read = 0;
    std::int64_t unreadable =
        0; ///< of the bars that were read, and lists whose key names no symbol and timeframe
    std::int64_t reads = 0; ///< round trips for them, each for up to 100 lists
    std::optional<double> mean_latency_ms; ///< of these; null without any
    std::optional<double> slowest_latency_ms;
    std::vector<bar_series_metrics> series; ///< by key

    bool operator==(const bar_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar_metrics, (),
                      (bars, bars_read, bytes_read, unreadable, reads, mean_latency_ms, slowest_latency_ms,
                       series))

} // namespace fullon_cache_api
