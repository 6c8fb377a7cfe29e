// Operations on all lists of trades.
#pragma once

#include <fullon_cache_api/operations/operation.hpp>
#include <fullon_cache_api/protocol/queue.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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

namespace operations {

struct get_trades_queue_size {
    static constexpr std::string_view name = "get_trades_queue_size";
    static constexpr std::string_view doc = "How many trades wait in each list of every exchange, or of one.";
    static constexpr std::string_view rest = "/trades/queue/size";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr std::string_view narrowed_by = "exchange";
    struct params {
        std::optional<std::string> exchange;
    };
    using result = trade_queue_sizes;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_trades_queue_size::params, (), (exchange))

struct get_trades_queue_status {
    static constexpr std::string_view name = "get_trades_queue_status";
    static constexpr std::string_view doc =
        "The lists of trades, with the time of the last write to any list of their exchange.";
    static constexpr std::string_view rest = "/trades/queue/status";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr std::string_view narrowed_by = "exchange";
    struct params {
        std::optional<std::string> exchange;
    };
    using result = trade_queue_states;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_trades_queue_status::params, (), (exchange))

struct get_trades_performance_metrics {
    static constexpr std::string_view name = "get_trades_performance_metrics";
    static constexpr std::string_view doc =
        "Lengths of the lists of trades, trades per minute as this server sees them, the longest wait.";
    static constexpr std::string_view rest = "/trades/performance/metrics";
    static constexpr operation_kind kind = operation_kind::query;
    struct params {};
    using result = trade_metrics;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_trades_performance_metrics::params, (), ())

} // namespace operations
} // namespace fullon_cache_api
