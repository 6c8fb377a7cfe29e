// Writing bars.
#pragma once

#include <fullon_cache/ohlcv_reader.hpp>

namespace fullon_cache {

/// Writes bars, in the commands of the Python library, under the symbol without "/".
class ohlcv_cache : public ohlcv_reader {
public:
    using ohlcv_reader::ohlcv_reader;

    /// Appends the bars and keeps the newest `config::max_bars`, in one step. None: does nothing.
    /// \throws cache_error invalid_argument when a parameter is empty or a number not finite; nothing is written then.
    boost::asio::awaitable<void> update_ohlcv_bars(std::string symbol, std::string timeframe,
                                                   std::vector<fullon_orm::bar> bars) const;
};

} // namespace fullon_cache
