// Operations on all lists of trades.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/queue.hpp>
#include <fullon_cache_api/types/trades_overview.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

namespace operations {

struct get_trades_queue_size {
    static constexpr std::string_view name = "get_trades_queue_size";
    static constexpr std::string_view doc =
        "Number of trades waiting in each list, for every exchange or for one.";
    static constexpr std::string_view rest = "/trades/queue/size";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    static constexpr std::string_view size_parameter = "exchange";
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
    static constexpr bool unbounded = true;
    static constexpr std::string_view size_parameter = "exchange";
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
        "Length of each list of trades, trades per minute as seen by this server, and the longest wait.";
    static constexpr std::string_view rest = "/trades/performance/metrics";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {};
    using result = trade_metrics;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_trades_performance_metrics::params, (), ())

using trades_overview_operations =
    boost::mp11::mp_list<get_trades_queue_size, get_trades_queue_status, get_trades_performance_metrics>;

} // namespace operations
} // namespace fullon_cache_api
