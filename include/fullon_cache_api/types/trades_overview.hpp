// Overviews of lists of trades.
#pragma once

#include <fullon_cache_api/types/queue.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// The lists that have trades, by their keys.
struct trade_queue_sizes {
    std::vector<trade_queue> queues;
    std::int64_t total = 0; ///< of their sizes

    bool operator==(const trade_queue_sizes&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade_queue_sizes, (), (queues, total))

/// The same with when they were written. `status` is the worst of all; healthy when there is none.
struct trade_queue_states {
    std::string status;
    std::vector<trade_queue_status> queues;
    std::int64_t total = 0;
    std::int64_t unreadable = 0; ///< ends of lists, and lists whose key names no exchange and symbol
    std::optional<double> oldest; ///< times of trades, epoch seconds
    std::optional<double> newest;

    bool operator==(const trade_queue_states&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade_queue_states, (), (status, queues, total, unreadable, oldest, newest))

/// How the taking of trades goes.
struct trade_metrics {
    std::string status; ///< as of trade_queue_states
    std::map<std::string, std::int64_t> queue_lengths; ///< by Redis key
    std::int64_t total = 0;
    std::int64_t followed = 0; ///< of these lists, by streams of this server
    /// That came in the last minute, as this server saw, to every list that its streams have followed for that long, those
    /// that are empty now included; null without any.
    std::optional<double> trades_per_minute;
    std::optional<double> oldest; ///< time of the trade that has waited longest, epoch seconds
    std::optional<double> newest;
    std::int64_t unreadable = 0; ///< as of trade_queue_states

    bool operator==(const trade_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade_metrics, (),
                      (status, queue_lengths, total, followed, trades_per_minute, oldest, newest, unreadable))

} // namespace fullon_cache_api
