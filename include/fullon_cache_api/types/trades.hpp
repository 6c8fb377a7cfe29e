// What the queries on trades give.
#pragma once

#include <fullon_cache_api/types/trade.hpp>

#include <boost/describe/class.hpp>

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Trades that wait in the cache, oldest first.
struct symbol_trades {
    std::string exchange;
    std::string symbol;
    std::vector<trade> trades;
};
BOOST_DESCRIBE_STRUCT(symbol_trades, (), (exchange, symbol, trades))

/// When trades of a key were last written: epoch seconds, and ISO 8601 (null where there is no such text).
struct trade_status {
    std::string trade_key;
    double timestamp = 0;
    std::optional<std::string> updated_at;
};
BOOST_DESCRIBE_STRUCT(trade_status, (), (trade_key, timestamp, updated_at))

} // namespace fullon_cache_api
