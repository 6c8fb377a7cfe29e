// Results of the overviews of tickers.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Result of cache_calls::get_tickers_active(): the symbols of an exchange that have a recent ticker. Redis:
/// hash `tickers:{exchange}`. A ticker is recent when it is at most `max_age_seconds` old and at most 60 s
/// ahead of now.
///
/// \code
/// const auto recent = co_await cache.get_tickers_active("binance", std::chrono::seconds(60));
/// if (recent.count < recent.total)
///     alert(recent.total - recent.count);
/// \endcode
struct active_tickers {
    std::string exchange; ///< as it was asked for
    std::int64_t max_age_seconds = 0; ///< as it was asked for
    std::vector<std::string> symbols; ///< with a recent ticker, sorted
    std::int64_t count = 0; ///< of these
    std::int64_t total = 0; ///< readable tickers of the exchange, however old
    std::int64_t unreadable = 0; ///< broken entries
    std::optional<double> newest; ///< time of the newest ticker, epoch seconds; empty where none has one

    bool operator==(const active_tickers&) const = default;
};
BOOST_DESCRIBE_STRUCT(active_tickers, (),
                      (exchange, max_age_seconds, symbols, count, total, unreadable, newest))

/// The tickers of one exchange in tickers_health. The status is "unhealthy" when no ticker is recent (at most
/// 300 s old), "degraded" when entries are unreadable, else "healthy".
struct exchange_health {
    std::string exchange; ///< from the key
    std::string status; ///< "healthy", "degraded" or "unhealthy"
    std::int64_t symbols = 0; ///< readable tickers
    std::int64_t active = 0; ///< recent ones
    std::int64_t unreadable = 0; ///< broken entries
    std::optional<double> oldest; ///< time of the oldest ticker, epoch seconds
    std::optional<double> newest; ///< time of the newest ticker, epoch seconds

    bool operator==(const exchange_health&) const = default;
};
BOOST_DESCRIBE_STRUCT(exchange_health, (), (exchange, status, symbols, active, unreadable, oldest, newest))

/// Result of cache_calls::get_tickers_health(): the tickers of all exchanges. Redis: hashes `tickers:*`. The
/// status is "unhealthy" when no exchange has a recent ticker, also when there is no exchange; "degraded"
/// when one is not healthy.
struct tickers_health {
    std::string status; ///< "healthy", "degraded" or "unhealthy"
    std::int64_t max_age_seconds = 0; ///< 300: up to this age a ticker is recent
    std::int64_t symbols = 0; ///< readable tickers of all exchanges
    std::int64_t active = 0; ///< recent ones
    std::int64_t unreadable = 0; ///< broken entries
    std::optional<double> oldest; ///< time of the oldest ticker, epoch seconds
    std::optional<double> newest; ///< time of the newest ticker, epoch seconds
    std::vector<exchange_health> exchanges; ///< sorted by name

    bool operator==(const tickers_health&) const = default;
};
BOOST_DESCRIBE_STRUCT(tickers_health, (),
                      (status, max_age_seconds, symbols, active, unreadable, oldest, newest, exchanges))

/// One ticker in ticker_subscriptions.
struct ticker_subscription {
    std::string topic; ///< `tickers:{exchange}:{symbol}`
    std::string exchange; ///< name of the exchange
    std::string symbol; ///< such as `BTC/USDT`
    std::int64_t subscribers = 0; ///< connections that follow it; in process, streams
    std::int64_t update_id = 0; ///< of the last update; 0 = none yet
    std::optional<double>
        last_update; ///< time of the last known ticker, epoch seconds; empty where there is none
    bool stale = false; ///< it cannot be read at present: what is known is from before

    bool operator==(const ticker_subscription&) const = default;
};
BOOST_DESCRIBE_STRUCT(ticker_subscription, (),
                      (topic, exchange, symbol, subscribers, update_id, last_update, stale))

/// Result of cache_calls::get_tickers_subscriptions(): the tickers that streams of the server follow now.
/// Comes from the server's memory; Redis is not asked.
struct ticker_subscriptions {
    std::vector<ticker_subscription> subscriptions; ///< sorted by exchange and symbol
    std::int64_t count = 0; ///< of these

    bool operator==(const ticker_subscriptions&) const = default;
};
BOOST_DESCRIBE_STRUCT(ticker_subscriptions, (), (subscriptions, count))

} // namespace fullon_cache_api
