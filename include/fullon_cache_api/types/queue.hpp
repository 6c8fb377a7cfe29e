// What waits under one key, as it travels on the wire and as the client hands it out.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace fullon_cache_api {

/// What every queue says. `health_status` is "healthy", "degraded" or "unhealthy", by the rule of its kind.
struct queue_info {
    std::string queue_name; ///< its Redis key
    std::string exchange;
    std::int64_t size = 0; ///< entries
    /// Entries that came in the last minute, as this server saw them; null where it has not followed the queue (without an
    /// outage of Redis) for a minute, or cannot count them.
    std::optional<double> processing_rate;
    std::optional<double> oldest; ///< time of its oldest entry, epoch seconds; null where unknown
    std::optional<double> newest;
    std::int64_t unreadable = 0; ///< entries that were read and are broken
    std::string health_status;

    bool operator==(const queue_info&) const = default;
};
BOOST_DESCRIBE_STRUCT(queue_info, (),
                      (queue_name, exchange, size, processing_rate, oldest, newest, unreadable,
                       health_status))

/// Orders of an exchange. Redis: hash `order_status:{exchange}`; `size` counts the readable ones. Writes to one hash
/// replace each other, so `processing_rate` is always null. Degraded when entries are unreadable, unhealthy when all are.
/// (An order may be open for weeks: its age says nothing.)
struct order_queue : queue_info {
    std::map<std::string, std::int64_t> by_status; ///< orders that have none: `unknown`

    bool operator==(const order_queue&) const = default;
};
BOOST_DESCRIBE_STRUCT(order_queue, (queue_info), (by_status))

/// Trades that wait to be taken. Redis: list `trades:{exchange}:{symbol without "/"}`; only its ends are read. Degraded
/// when the oldest (where that has no time: the newest) has waited for more than 5 minutes, neither has a time, or an end is
/// unreadable; unhealthy after an hour, or with a time over 60 s ahead of now.
struct trade_queue : queue_info {
    std::string symbol;

    bool operator==(const trade_queue&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade_queue, (queue_info), (symbol))

/// The same, with the time of the last write to any list of its exchange. Redis: string `TRADE:STATUS:{exchange}`.
struct trade_queue_status : trade_queue {
    std::optional<double> last_written; ///< epoch seconds; null where unknown

    bool operator==(const trade_queue_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade_queue_status, (trade_queue), (last_written))

} // namespace fullon_cache_api
