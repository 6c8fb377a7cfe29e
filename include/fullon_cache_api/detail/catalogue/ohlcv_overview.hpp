// Operations on all lists of bars.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/ohlcv_overview.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

namespace operations {

struct get_ohlcv_timeframes {
    static constexpr std::string_view name = "get_ohlcv_timeframes";
    static constexpr std::string_view doc = "The timeframes for which a symbol has bars, shortest first.";
    static constexpr std::string_view rest = "/ohlcv/{symbol}/timeframes";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {
        std::string symbol;
    };
    using result = symbol_timeframes;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_ohlcv_timeframes::params, (), (symbol))

struct get_ohlcv_cache_status {
    static constexpr std::string_view name = "get_ohlcv_cache_status";
    static constexpr std::string_view doc =
        "Every list of bars with its newest bar, and whether that bar is up to date.";
    static constexpr std::string_view rest = "/ohlcv/cache/status";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {};
    using result = bar_cache_status;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_ohlcv_cache_status::params, (), ())

struct get_ohlcv_performance_metrics {
    static constexpr std::string_view name = "get_ohlcv_performance_metrics";
    static constexpr std::string_view doc =
        "Number of bars per list, size of the newest bars, and how long it took to read them.";
    static constexpr std::string_view rest = "/ohlcv/performance/metrics";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {};
    using result = bar_metrics;
    static void strip_times(result& found)
    {
        found.mean_latency_ms.reset();
        found.slowest_latency_ms.reset();
    }
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_ohlcv_performance_metrics::params, (), ())

using ohlcv_overview_operations =
    boost::mp11::mp_list<get_ohlcv_timeframes, get_ohlcv_cache_status, get_ohlcv_performance_metrics>;

} // namespace operations
} // namespace fullon_cache_api
