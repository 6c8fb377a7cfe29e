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

/// A list of bars, and what the elements at its end look like.
struct bar_list {
    std::string key{};
    std::string symbol{}; ///< as the key spells it
    std::string timeframe{}; ///< such as `1m`
    std::int64_t length = 0;
    std::int64_t read = 0;       ///< how many elements were read, from the end
    std::int64_t bytes = 0;      ///< size of the elements that were read
    std::int64_t unreadable = 0; ///< how many of them are unreadable
    std::optional<double> newest{}; ///< begin of the newest readable bar among them, epoch seconds
};

/// Every list of bars, and how long Redis took to answer.
struct bar_lists {
    std::vector<bar_list> lists{}; ///< sorted by key
    std::int64_t misnamed = 0; ///< keys that name no symbol and timeframe (`ohlcv:odd`), or hold no list
    std::int64_t reads = 0; ///< round trips, each for up to 100 lists
    std::optional<double> mean_ms{}; ///< of a round trip, milliseconds; empty if there was none
    std::optional<double> slowest_ms{}; ///< the slowest round trip
};

/// Reads bars (candles).
///
/// Redis: lists `ohlcv:{symbol}:{timeframe}`, elements = JSON of a `fullon_orm::bar`, the newest at the end.
/// Each write of the open bar appends an element, so a list may have several for one time.
///
/// Services have written the symbol with and without '/'. If a symbol is asked for with a '/', both lists are
/// read and merged by time; of several bars of one time the last one of the list without '/' counts.
///
/// \code
/// const fullon_cache::ohlcv_reader bars(redis); // redis: a started fullon_cache::connection
/// const auto hour = co_await bars.get_latest_ohlcv_bars("BTC/USDT", "1m", 60);
/// if (!hour.empty())
///     use(hour.back().timestamp, hour.back().close); // the newest one
/// \endcode
///
/// \par Errors as in cache_base. Methods throw `errc::invalid_argument` when the symbol is empty or has no
///             character but '/', or when the timeframe is empty or contains a ':'.
class ohlcv_reader : public cache_base {
public:
    explicit ohlcv_reader(const connection& redis) : ohlcv_reader(redis.shared_link()) {}
    explicit ohlcv_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.ohlcv")
    {}

    /// Reads the newest `count` bars, or as many as there are, oldest first, one for each time.
    ///
    /// Reads the newest `count` elements of each list. If several elements of one time leave fewer bars than
    /// that, reads twice as many, a round trip each time. An unreadable bar is left out and logged;
    /// where all of them are, that is `errc::serialization`.
    /// \throws cache_error `errc::invalid_argument` also if `count` is below 1.
    boost::asio::awaitable<std::vector<fullon_orm::bar>>
    get_latest_ohlcv_bars(std::string symbol, std::string timeframe, std::int64_t count = 10) const;

    /// The timeframes that the symbol has bars of, in both spellings, each once, sorted as text. Walks the
    /// key space (SCAN).
    boost::asio::awaitable<std::vector<std::string>> get_timeframes(std::string symbol) const;

    /// Describes every list of bars by its length and its newest elements, for supervision.
    ///
    /// Costs a walk of the key space (SCAN) and two commands for each list; the result is not a snapshot of
    /// one instant.
    /// \param elements how many of each list are read, from its end.
    /// \throws cache_error `errc::invalid_argument` if `elements` is below 1.
    boost::asio::awaitable<bar_lists> get_bar_lists(std::int64_t elements = 1) const;

private:
    struct calls;
};

} // namespace fullon_cache
