// Results of the queries on trades.
#pragma once

#include <fullon_cache_api/types/trade.hpp>

#include <boost/describe/class.hpp>

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Result of the operation `get_trades`: trades that wait in the cache. Redis: list
/// `trades:{exchange}:{symbol without "/"}`. cache_calls::get_trades() returns the member `trades`.
struct symbol_trades {
    std::string exchange; ///< as it was asked for
    std::string symbol; ///< as it was asked for
    std::vector<trade> trades; ///< oldest first
};
BOOST_DESCRIBE_STRUCT(symbol_trades, (), (exchange, symbol, trades))

/// Result of cache_calls::get_trade_status(): when trades of a key were last written. Redis: string
/// `TRADE:STATUS:{trade_key}`.
///
/// \code
/// if (auto found = co_await cache.get_trade_status("binance"))
///     show(found->timestamp);
/// \endcode
struct trade_status {
    std::string trade_key; ///< as it was asked for: an exchange
    double timestamp = 0; ///< of the last write, epoch seconds
    std::optional<std::string> updated_at; ///< the same as ISO 8601; empty outside the years 1 to 9999
};
BOOST_DESCRIBE_STRUCT(trade_status, (), (trade_key, timestamp, updated_at))

} // namespace fullon_cache_api
