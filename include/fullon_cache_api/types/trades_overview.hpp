// Results of the overviews of lists of trades.
#pragma once

#include <fullon_cache_api/types/queue.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Result of cache_calls::get_trades_queue_size(): the lists in which trades wait. Redis: lists `trades:*`.
struct trade_queue_sizes {
    std::vector<trade_queue> queues; ///< sorted by key
    std::int64_t total = 0; ///< sum of their sizes

    bool operator==(const trade_queue_sizes&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade_queue_sizes, (), (queues, total))

/// Result of cache_calls::get_trades_queue_status(): the same with the times of the last writes. Redis: lists
/// `trades:*`, strings `TRADE:STATUS:*`.
struct trade_queue_states {
    /// The worst `health_status` of the queues, "degraded" at least where something is unreadable; "healthy"
    /// when there is no queue.
    std::string status;
    std::vector<trade_queue_status> queues; ///< sorted by key
    std::int64_t total = 0; ///< sum of their sizes
    std::int64_t unreadable = 0; ///< ends of lists, and lists whose key names no exchange and symbol
    std::optional<double> oldest; ///< time of the oldest trade, epoch seconds; empty where unknown
    std::optional<double> newest; ///< time of the newest trade, epoch seconds; empty where unknown

    bool operator==(const trade_queue_states&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade_queue_states, (), (status, queues, total, unreadable, oldest, newest))

/// Result of cache_calls::get_trades_performance_metrics(): how fast trades arrive and are taken. Redis:
/// lists `trades:*`.
struct trade_metrics {
    std::string status; ///< as trade_queue_states::status
    std::map<std::string, std::int64_t> queue_lengths; ///< by Redis key
    std::int64_t total = 0; ///< sum of the lengths
    std::int64_t followed = 0; ///< how many of these lists streams of this server follow
    /// Trades that arrived in the last 60 s, over all lists that streams of this server have followed for
    /// that long, those that are empty now included. Empty where there is no such list.
    std::optional<double> trades_per_minute;
    std::optional<double> oldest; ///< time of the trade that has waited longest, epoch seconds
    std::optional<double> newest; ///< time of the newest trade, epoch seconds
    std::int64_t unreadable = 0; ///< as trade_queue_states::unreadable

    bool operator==(const trade_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade_metrics, (),
                      (status, queue_lengths, total, followed, trades_per_minute, oldest, newest, unreadable))

} // namespace fullon_cache_api
