// Writing bars.
#pragma once

#include <fullon_cache/ohlcv_reader.hpp>

namespace fullon_cache {

/// Writes bars, in the commands of the Python library, under the symbol without "/".
class ohlcv_cache : public ohlcv_reader {
public:
    using ohlcv_reader::ohlcv_reader;

    /// Appends the bars and keeps the newest `config::max_bars`, in one step. None: does nothing.
    /// \par Retry safe for who reads by this library, which takes the last bar of each time; they are in the list twice.
    /// \throws cache_error invalid_argument when the symbol is empty or `/`, the timeframe is empty or has a ':', a number is
    ///         not finite; nothing is written then.
    boost::asio::awaitable<void> update_ohlcv_bars(std::string symbol, std::string timeframe,
                                                   std::vector<fullon_orm::bar> bars) const;

private:
    struct calls;
};

} // namespace fullon_cache
