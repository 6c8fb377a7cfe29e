// Operations on bars.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/bar.hpp>
#include <fullon_cache_api/types/ohlcv.hpp>

#include <fullon_orm/bar.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

namespace detail {
class feed_listener;
class stream_source;
} // namespace detail

namespace operations {

struct get_latest_ohlcv_bars {
    static constexpr std::string_view name = "get_latest_ohlcv_bars";
    static constexpr std::string_view doc = "The newest bars of a symbol, oldest first, one per timestamp.";
    static constexpr std::string_view rest = "/ohlcv/{symbol}/{timeframe}";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    static constexpr std::string_view size_parameter = "count";
    static constexpr std::array<rest_default, 1> rest_defaults{{{"count", 100}}};
    struct params {
        std::string symbol;
        std::string timeframe;
        std::optional<std::int64_t> count; ///< without one: 10, over HTTP 100
        static constexpr std::optional<whole_range> range_of(std::string_view member)
        {
            return member == "count" ? std::optional(whole_range{1, 10000}) : std::nullopt;
        }
    };
    using result = symbol_bars;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_latest_ohlcv_bars::params, (), (symbol, timeframe, count))

struct stream_ohlcv {
    static constexpr std::string_view name = "stream_ohlcv";
    static constexpr std::string_view doc =
        "The newest bar of a symbol as it changes, and the final value of each bar that closes.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::stream;
    static constexpr std::string_view message_type = "ohlcv_update";
    struct params {
        std::string symbol;
        std::string timeframe;
    };
    using item = bar_update;
    static boost::asio::awaitable<std::unique_ptr<detail::stream_source>>
    open(operation_context& context, params arguments, detail::feed_listener& stream);
};
BOOST_DESCRIBE_STRUCT(stream_ohlcv::params, (), (symbol, timeframe))

using bar_operations = boost::mp11::mp_list<get_latest_ohlcv_bars, stream_ohlcv>;

} // namespace operations
} // namespace fullon_cache_api
