// Results of the overviews of bars.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Result of cache_calls::get_ohlcv_timeframes(). Redis: lists `ohlcv:{symbol}:*`, with and without "/" in
/// the symbol.
struct symbol_timeframes {
    std::string symbol; ///< as it was asked for
    std::vector<std::string> timeframes; ///< such as `1m`, `1h`; the shortest first

    bool operator==(const symbol_timeframes&) const = default;
};
BOOST_DESCRIBE_STRUCT(symbol_timeframes, (), (symbol, timeframes))

/// One list of bars in bar_cache_status. Redis: list `ohlcv:{symbol}:{timeframe}`. A symbol that services
/// spell with and without "/" has two lists.
struct bar_series_status {
    std::string symbol; ///< as the key spells it
    std::string timeframe; ///< as the key spells it
    std::int64_t bars = 0; ///< elements of the list
    std::optional<double> newest; ///< when the newest bar begins, epoch seconds; empty where it is unreadable
    /// Whether the list is kept up to date: the bar after its newest is not over for more than a minute, and
    /// the newest does not begin more than 60 s ahead of now. Empty where the timeframe is not a length (such
    /// as `1m`, `4h`, `1d`).
    std::optional<bool> fresh;

    bool operator==(const bar_series_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar_series_status, (), (symbol, timeframe, bars, newest, fresh))

/// Result of cache_calls::get_ohlcv_cache_status(): every list of bars. Redis: lists `ohlcv:*`.
///
/// The status is "unhealthy" when no list is fresh, also when there is none; "degraded" when there is a
/// timeframe of which no list is fresh, or something is unreadable; else "healthy". Lists of symbols that are
/// no longer traded stay in Redis; one stale list among fresh ones of its timeframe does not degrade the
/// status.
struct bar_cache_status {
    std::string status; ///< "healthy", "degraded" or "unhealthy"
    std::int64_t symbols = 0; ///< symbols with bars; both spellings of one count once
    std::vector<std::string> timeframes; ///< that any list has, the shortest first
    std::int64_t series_count = 0; ///< size of `series`
    std::int64_t fresh = 0; ///< lists that are fresh
    std::int64_t unreadable = 0; ///< newest bars, and lists whose key names no symbol and timeframe
    std::optional<double> oldest; ///< begin of the oldest of the newest bars, epoch seconds
    std::optional<double> newest; ///< begin of the newest of the newest bars, epoch seconds
    std::vector<bar_series_status> series; ///< sorted by key

    bool operator==(const bar_cache_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar_cache_status, (),
                      (status, symbols, timeframes, series_count, fresh, unreadable, oldest, newest, series))

/// One list of bars in bar_metrics, measured by its newest elements.
struct bar_series_metrics {
    std::string key; ///< the Redis key
    std::int64_t bars = 0; ///< elements of the list
    std::int64_t bars_read = 0; ///< newest elements that were read, at most 10
    std::int64_t bytes_read = 0; ///< size of these elements as they are stored

    bool operator==(const bar_series_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar_series_metrics, (), (key, bars, bars_read, bytes_read))

/// Result of cache_calls::get_ohlcv_performance_metrics(): the size of every list of bars, and how long Redis
/// took to deliver their newest elements. Redis: lists `ohlcv:*`.
struct bar_metrics {
    std::int64_t bars = 0; ///< elements of all lists
    std::int64_t bars_read = 0; ///< elements that were read
    std::int64_t bytes_read = 0; ///< size of these
    /// Bars that were read and are broken, and lists whose key names no symbol and timeframe.
    std::int64_t unreadable = 0;
    std::int64_t reads = 0; ///< round trips to Redis, each for up to 100 lists
    std::optional<double> mean_latency_ms; ///< of one round trip, milliseconds; empty without any
    std::optional<double> slowest_latency_ms; ///< of the slowest, milliseconds; empty without any
    std::vector<bar_series_metrics> series; ///< sorted by key

    bool operator==(const bar_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar_metrics, (),
                      (bars, bars_read, bytes_read, unreadable, reads, mean_latency_ms, slowest_latency_ms,
                       series))

} // namespace fullon_cache_api
