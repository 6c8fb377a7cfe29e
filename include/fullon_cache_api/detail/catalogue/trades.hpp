// Operations on trades.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/trade.hpp>
#include <fullon_cache_api/types/trades.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <limits>
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

struct get_trades {
    static constexpr std::string_view name = "get_trades";
    static constexpr std::string_view doc =
        "The newest trades of a symbol waiting in the cache, oldest first; nothing is removed.";
    static constexpr std::string_view rest = "/trades/{exchange}/{symbol}";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    static constexpr std::string_view size_parameter = "limit";
    struct params {
        std::string symbol;
        std::string exchange;
        std::optional<std::int64_t> limit; ///< without one: all
        static constexpr std::optional<whole_range> range_of(std::string_view member)
        {
            return member == "limit" ? std::optional(whole_range{1, std::numeric_limits<std::int32_t>::max()})
                                     : std::nullopt;
        }
    };
    using result = symbol_trades;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_trades::params, (), (symbol, exchange, limit))

struct get_trade_status {
    static constexpr std::string_view name = "get_trade_status";
    static constexpr std::string_view doc = "When trades of a key (an exchange) were last written.";
    static constexpr std::string_view rest = "/trades/{trade_key}/status";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = false;
    struct params {
        std::string trade_key;
    };
    using result = trade_status;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_trade_status::params, (), (trade_key))

struct stream_trade_updates {
    static constexpr std::string_view name = "stream_trade_updates";
    static constexpr std::string_view doc = "Live trades of one or all symbols of an exchange (including "
                                            "future ones), those already waiting in the cache first.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::stream;
    static constexpr std::string_view message_type = "trade_update";
    struct params {
        std::string exchange;
        std::optional<std::string> symbol;
    };
    using item = trade;
    static boost::asio::awaitable<std::unique_ptr<detail::stream_source>>
    open(operation_context& context, params arguments, detail::feed_listener& stream);
};
BOOST_DESCRIBE_STRUCT(stream_trade_updates::params, (), (exchange, symbol))

using trade_operations = boost::mp11::mp_list<get_trades, get_trade_status, stream_trade_updates>;

} // namespace operations
} // namespace fullon_cache_api
