// Queues: how much waits under one Redis key. Elements of the overviews of orders and trades.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace fullon_cache_api {

/// What every queue has: how many entries stand under one Redis key, and how old they are.
///
/// \code
/// const auto sizes = co_await cache.get_trades_queue_size("binance");
/// for (const auto& queue : sizes.queues)
///     if (queue.health_status != "healthy")
///         alert(queue.queue_name, queue.size);
/// \endcode
struct queue_info {
    std::string queue_name; ///< the Redis key
    std::string exchange; ///< from the key
    std::int64_t size = 0; ///< entries
    /// Entries that arrived in the last 60 s, as this server saw them. Empty where streams of the server have
    /// not followed the key for 60 s without an outage of Redis, and where arrivals cannot be counted
    /// (orders).
    std::optional<double> processing_rate;
    std::optional<double> oldest; ///< time of the oldest entry, epoch seconds; empty where unknown
    std::optional<double> newest; ///< time of the newest entry, epoch seconds; empty where unknown
    std::int64_t unreadable = 0; ///< entries that were read and are broken
    std::string health_status; ///< "healthy", "degraded" or "unhealthy", by the rule of the derived type

    bool operator==(const queue_info&) const = default;
};
BOOST_DESCRIBE_STRUCT(queue_info, (),
                      (queue_name, exchange, size, processing_rate, oldest, newest, unreadable,
                       health_status))

/// The orders of an exchange. Redis: hash `order_status:{exchange}`.
///
/// `size` counts the readable orders. `processing_rate` is always empty: writes to a field replace each other
/// and cannot be counted. The health is "degraded" when entries are unreadable and "unhealthy" when all are;
/// age does not count, as an order may be open for weeks.
struct order_queue : queue_info {
    std::map<std::string, std::int64_t> by_status; ///< orders by status; those without one as "unknown"

    bool operator==(const order_queue&) const = default;
};
BOOST_DESCRIBE_STRUCT(order_queue, (queue_info), (by_status))

/// The trades of a symbol that wait to be taken. Redis: list `trades:{exchange}:{symbol without "/"}`.
///
/// `size` is the length of the list; only its two ends are read. The health goes by the age of the oldest
/// trade, or of the newest where the oldest has no time: "degraded" after 5 minutes, "unhealthy" after an
/// hour or for a time more than 60 s ahead of now. It is "degraded" too when neither has a time, or an end is
/// unreadable.
struct trade_queue : queue_info {
    std::string symbol; ///< as the newest trade spells it, else as the key does: without "/"

    bool operator==(const trade_queue&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade_queue, (queue_info), (symbol))

/// The same with the time of the last write. Redis: also string `TRADE:STATUS:{exchange}`.
struct trade_queue_status : trade_queue {
    std::optional<double> last_written; ///< to any list of the exchange, epoch seconds; empty where unknown

    bool operator==(const trade_queue_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade_queue_status, (trade_queue), (last_written))

} // namespace fullon_cache_api
