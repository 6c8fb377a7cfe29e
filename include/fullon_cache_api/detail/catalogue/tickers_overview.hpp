// Operations on the ticker cache as a whole.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/tickers_overview.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

namespace operations {

struct get_tickers_active {
    static constexpr std::string_view name = "get_tickers_active";
    static constexpr std::string_view doc =
        "Symbols of an exchange whose ticker is at most max_age_seconds old (default 300).";
    static constexpr std::string_view rest = "/tickers/{exchange}/tickers/active /tickers/{exchange}/active";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {
        std::string exchange;
        std::optional<std::int64_t> max_age_seconds; ///< without one: 300
        static constexpr std::optional<whole_range> range_of(std::string_view member)
        {
            return member == "max_age_seconds" ? std::optional(whole_range{1, 604800}) : std::nullopt;
        }
    };
    using result = active_tickers;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_tickers_active::params, (), (exchange, max_age_seconds))

struct get_tickers_health {
    static constexpr std::string_view name = "get_tickers_health";
    static constexpr std::string_view doc =
        "Ticker counts per exchange. An exchange without a ticker from the last 5 minutes is unhealthy.";
    static constexpr std::string_view rest = "/tickers/health /tickers/tickers/health";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {};
    using result = tickers_health;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_tickers_health::params, (), ())

struct get_tickers_subscriptions {
    static constexpr std::string_view name = "get_tickers_subscriptions";
    static constexpr std::string_view doc =
        "The tickers that streams of this server currently follow; also answers while Redis is down.";
    static constexpr std::string_view rest = "/tickers/subscriptions";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    static constexpr bool about_service = true;
    struct params {};
    using result = ticker_subscriptions;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_tickers_subscriptions::params, (), ())

using tickers_overview_operations =
    boost::mp11::mp_list<get_tickers_active, get_tickers_health, get_tickers_subscriptions>;

} // namespace operations
} // namespace fullon_cache_api
