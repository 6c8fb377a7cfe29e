// Operations on tickers.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/ticker.hpp>
#include <fullon_cache_api/types/tickers.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

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

struct get_ticker {
    static constexpr std::string_view name = "get_ticker";
    static constexpr std::string_view doc = "The latest ticker of a symbol on an exchange.";
    static constexpr std::string_view rest =
        "/tickers/{exchange}/{symbol} /tickers/{exchange}/{symbol}/ticker";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = false;
    struct params {
        std::string exchange;
        std::string symbol;
    };
    using result = ticker;
    using rest_result = cached_ticker;
    static rest_result for_rest(result found, double now);
    static std::optional<key_place> place_of(const params& asked);
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_ticker::params, (), (exchange, symbol))

struct get_all_tickers {
    static constexpr std::string_view name = "get_all_tickers";
    static constexpr std::string_view doc = "All tickers of an exchange; an empty list if there are none.";
    static constexpr std::string_view rest = "/tickers/{exchange} /tickers/{exchange}/tickers";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    static constexpr std::string_view size_parameter = "exchange";
    struct params {
        std::string exchange;
    };
    using result = exchange_tickers;
    using rest_result = cached_tickers;
    static rest_result for_rest(result found, double now);
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_all_tickers::params, (), (exchange))

struct stream_tickers {
    static constexpr std::string_view name = "stream_tickers";
    static constexpr std::string_view doc =
        "Live tickers of an exchange: the given symbols, or all symbols including future ones.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::stream;
    static constexpr std::string_view message_type = "ticker_update";
    struct params {
        std::string exchange;
        std::optional<std::vector<std::string>> symbols; ///< none: all
    };
    using item = ticker;
    static boost::asio::awaitable<std::unique_ptr<detail::stream_source>>
    open(operation_context& context, params arguments, detail::feed_listener& stream);
};
BOOST_DESCRIBE_STRUCT(stream_tickers::params, (), (exchange, symbols))

using ticker_operations = boost::mp11::mp_list<get_ticker, get_all_tickers, stream_tickers>;

} // namespace operations
} // namespace fullon_cache_api
