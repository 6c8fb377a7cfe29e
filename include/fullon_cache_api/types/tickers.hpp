// What the queries on tickers give.
#pragma once

#include <fullon_cache_api/types/ticker.hpp>

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Answer of `get_all_tickers`.
struct exchange_tickers {
    std::string exchange;
    std::vector<ticker> tickers;
};
BOOST_DESCRIBE_STRUCT(exchange_tickers, (), (exchange, tickers))

/// A ticker as REST answers it: what monitoring looks at first, beside. `cached_at` is its `timestamp` as ISO 8601, null
/// where there is no such text (a time in milliseconds); `age_seconds` is null where that is over 60 s ahead of now.
struct cached_ticker : ticker {
    std::optional<std::string> cached_at;
    std::optional<double> age_seconds;
    bool cache_hit = true;
};
BOOST_DESCRIBE_STRUCT(cached_ticker, (ticker), (cached_at, age_seconds, cache_hit))

/// Answer of `get_all_tickers` over REST. `cached_at` is the newest of theirs; `cache_hit`: there is any.
struct cached_tickers {
    std::string exchange;
    std::vector<cached_ticker> tickers;
    std::optional<std::string> cached_at;
    bool cache_hit = false;
};
BOOST_DESCRIBE_STRUCT(cached_tickers, (), (exchange, tickers, cached_at, cache_hit))

} // namespace fullon_cache_api
