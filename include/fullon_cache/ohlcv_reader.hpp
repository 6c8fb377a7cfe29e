// Bars (candles) of prices.
#pragma once

#include <fullon_cache/cache_base.hpp>

#include <fullon_orm/bar.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {

/// A list of bars, by its end.
struct bar_list {
    std::string key{};
    std::string symbol{}; ///< as the key spells it
    std::string timeframe{};
    std::int64_t length = 0;
    std::int64_t read = 0;       ///< elements, from its end
    std::int64_t bytes = 0;      ///< of these
    std::int64_t unreadable = 0; ///< of these
    std::optional<double> newest{}; ///< time of the newest readable one of these, epoch seconds
};

/// Every list of bars, and how long Redis took to answer.
struct bar_lists {
    std::vector<bar_list> lists{};
    std::int64_t misnamed = 0; ///< lists whose key names no symbol and timeframe (`ohlcv:odd`)
    std::int64_t reads = 0; ///< round trips, each for many lists
    std::optional<double> mean_ms{}; ///< of one; empty without any
    std::optional<double> slowest_ms{};
};

/// Reads bars. Redis: lists `ohlcv:{symbol}:{timeframe}`, newest at the end. Services have written the symbol with and
/// without "/": both lists of a symbol that is asked for with one are read, and merged by time. Of bars of one time the
/// last in the list without "/" counts. Errors and cancellation: see cache_base.
class ohlcv_reader : public cache_base {
public:
    explicit ohlcv_reader(const connection& redis) : ohlcv_reader(redis.shared_link()) {}
    explicit ohlcv_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.ohlcv")
    {}

    /// The newest `count` bars (or as many as there are), oldest first, one for each time. An unreadable one is skipped
    /// and logged. \throws cache_error invalid_argument when count is below 1.
    boost::asio::awaitable<std::vector<fullon_orm::bar>>
    get_latest_ohlcv_bars(std::string symbol, std::string timeframe, std::int64_t count = 10) const;

    /// The timeframes that the symbol has bars of, each once, sorted as text.
    boost::asio::awaitable<std::vector<std::string>> get_timeframes(std::string symbol) const;

    /// Every list of bars by its key, with the newest `elements` of it read. Lists are read one after the other: no
    /// instantaneous picture. \throws cache_error invalid_argument when `elements` is below 1.
    boost::asio::awaitable<bar_lists> get_bar_lists(std::int64_t elements = 1) const;

private:
    struct calls;
};

} // namespace fullon_cache
