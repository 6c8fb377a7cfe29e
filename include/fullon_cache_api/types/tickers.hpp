// Results of the queries on tickers.
#pragma once

#include <fullon_cache_api/types/ticker.hpp>

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Result of the operation `get_all_tickers`. Redis: hash `tickers:{exchange}`.
/// cache_calls::get_all_tickers() returns the member `tickers`.
struct exchange_tickers {
    std::string exchange; ///< as it was asked for
    std::vector<ticker> tickers; ///< readable ones, in no particular order
};
BOOST_DESCRIBE_STRUCT(exchange_tickers, (), (exchange, tickers))

/// A ticker as REST answers it (`/tickers/{exchange}/{symbol}`): with its age.
struct cached_ticker : ticker {
    /// `timestamp` as ISO 8601; empty where there is no such text, as for a time in milliseconds.
    std::optional<std::string> cached_at;
    /// Seconds from `timestamp` to the answer, not below 0; empty where it is unknown or more than 60 s
    /// ahead.
    std::optional<double> age_seconds;
    bool cache_hit = true; ///< always true here
};
BOOST_DESCRIBE_STRUCT(cached_ticker, (ticker), (cached_at, age_seconds, cache_hit))

/// The tickers of an exchange as REST answers them (`/tickers/{exchange}`).
struct cached_tickers {
    std::string exchange; ///< as it was asked for
    std::vector<cached_ticker> tickers; ///< readable ones, in no particular order
    std::optional<std::string> cached_at; ///< the newest of the tickers'; empty where none has one
    bool cache_hit = false; ///< whether there is any ticker
};
BOOST_DESCRIBE_STRUCT(cached_tickers, (), (exchange, tickers, cached_at, cache_hit))

} // namespace fullon_cache_api
