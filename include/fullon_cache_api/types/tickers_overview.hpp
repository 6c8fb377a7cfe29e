// Overviews of tickers.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// The symbols of an exchange whose ticker is of lately: at most so old, and at most 60 s ahead of now.
struct active_tickers {
    std::string exchange;
    std::int64_t max_age_seconds = 0; ///< what "lately" was
    std::vector<std::string> symbols; ///< sorted
    std::int64_t count = 0;           ///< of these
    std::int64_t total = 0;           ///< readable tickers of the exchange, however old
    std::int64_t unreadable = 0;      ///< broken entries
    std::optional<double> newest;     ///< time of the newest ticker, epoch seconds; null where none has one

    bool operator==(const active_tickers&) const = default;
};
BOOST_DESCRIBE_STRUCT(active_tickers, (),
                      (exchange, max_age_seconds, symbols, count, total, unreadable, newest))

/// The tickers of one exchange, counted. Unhealthy when none is of lately, degraded when entries are unreadable.
struct exchange_health {
    std::string exchange;
    std::string status;
    std::int64_t symbols = 0; ///< readable tickers
    std::int64_t active = 0; ///< of lately
    std::int64_t unreadable = 0;
    std::optional<double> oldest; ///< times of tickers, epoch seconds
    std::optional<double> newest;

    bool operator==(const exchange_health&) const = default;
};
BOOST_DESCRIBE_STRUCT(exchange_health, (), (exchange, status, symbols, active, unreadable, oldest, newest))

/// All of them. Unhealthy when every exchange is (also when there is none), degraded when one is not healthy.
struct tickers_health {
    std::string status; ///< "healthy", "degraded", "unhealthy"
    std::int64_t max_age_seconds = 0;
    std::int64_t symbols = 0; ///< sums
    std::int64_t active = 0;
    std::int64_t unreadable = 0;
    std::optional<double> oldest;
    std::optional<double> newest;
    std::vector<exchange_health> exchanges; ///< by name

    bool operator==(const tickers_health&) const = default;
};
BOOST_DESCRIBE_STRUCT(tickers_health, (),
                      (status, max_age_seconds, symbols, active, unreadable, oldest, newest, exchanges))

/// A ticker that streams of this server follow.
struct ticker_subscription {
    std::string topic;
    std::string exchange;
    std::string symbol;
    std::int64_t subscribers = 0; ///< connections
    std::int64_t update_id = 0; ///< of the last update; 0 = none yet
    std::optional<double> last_update; ///< time of the last ticker, epoch seconds; null where there is none
    bool stale = false; ///< Redis is away: what is known is from before

    bool operator==(const ticker_subscription&) const = default;
};
BOOST_DESCRIBE_STRUCT(ticker_subscription, (),
                      (topic, exchange, symbol, subscribers, update_id, last_update, stale))

/// Sorted by exchange and symbol.
struct ticker_subscriptions {
    std::vector<ticker_subscription> subscriptions;
    std::int64_t count = 0;

    bool operator==(const ticker_subscriptions&) const = default;
};
BOOST_DESCRIBE_STRUCT(ticker_subscriptions, (), (subscriptions, count))

} // namespace fullon_cache_api
