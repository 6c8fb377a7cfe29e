// Writing bars.
#pragma once

#include <fullon_cache/ohlcv_reader.hpp>

namespace fullon_cache {

/// Writes bars, with the Redis formats of the Python library, always under the symbol without '/'.
///
/// \code
/// const fullon_cache::ohlcv_cache bars(redis); // redis: a started fullon_cache::connection
/// fullon_orm::bar bar;
/// bar.timestamp = 1762500000;
/// bar.open = bar.high = bar.low = bar.close = 50000;
/// bar.volume = 12.5;
/// std::vector<fullon_orm::bar> closed(1, bar);
/// co_await bars.update_ohlcv_bars("BTC/USDT", "1m", std::move(closed));
/// \endcode
class ohlcv_cache : public ohlcv_reader {
public:
    using ohlcv_reader::ohlcv_reader;

    /// Appends bars to the list, and cuts it to the newest `config::max_bars` elements, in one step.
    ///
    /// Redis: a transaction of RPUSH and LTRIM on `ohlcv:{symbol without "/"}:{timeframe}`. A bar that
    /// changes is simply appended again: readers take the last element of each time. Without bars nothing is
    /// sent.
    /// \param bars oldest first.
    /// \par Retry safe for readers that use this library; the elements are in the list twice.
    /// \throws cache_error `errc::invalid_argument` if the symbol is empty or has no character but '/', the
    ///         timeframe is empty or contains a ':', or a number is not finite; nothing is written then.
    boost::asio::awaitable<void> update_ohlcv_bars(std::string symbol, std::string timeframe,
                                                   std::vector<fullon_orm::bar> bars) const;

private:
    struct calls;
};

} // namespace fullon_cache
