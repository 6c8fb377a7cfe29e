// Operations on all orders.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/order.hpp>
#include <fullon_cache_api/types/orders_overview.hpp>
#include <fullon_cache_api/types/queue.hpp>

#include <fullon_orm/id.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

namespace operations {

struct get_orders_queue_size {
    static constexpr std::string_view name = "get_orders_queue_size";
    static constexpr std::string_view doc = "Number of cached orders per exchange, or of one exchange.";
    static constexpr std::string_view rest = "/orders/queue/size";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {
        std::optional<std::string> exchange; ///< without one: all that have orders
    };
    using result = order_queue_sizes;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_orders_queue_size::params, (), (exchange))

struct get_orders_queue_status {
    static constexpr std::string_view name = "get_orders_queue_status";
    static constexpr std::string_view doc =
        "Cached orders per exchange, or of one exchange: counts by status, oldest and newest order.";
    static constexpr std::string_view rest = "/orders/queue/status";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {
        std::optional<std::string> exchange;
    };
    using result = order_queue_states;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_orders_queue_status::params, (), (exchange))

struct get_orders_orders {
    static constexpr std::string_view name = "get_orders_orders";
    static constexpr std::string_view doc =
        "Cached orders of one user (their uid), from all exchanges or from one, most recently written first.";
    static constexpr std::string_view rest = "/orders/{user_id}/orders";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    static constexpr std::string_view size_parameter = "exchange";
    struct params {
        fullon_orm::stored_id user_id;
        std::optional<std::string> exchange;
    };
    using result = user_orders;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_orders_orders::params, (), (user_id, exchange))

using orders_overview_operations =
    boost::mp11::mp_list<get_orders_queue_size, get_orders_queue_status, get_orders_orders>;

} // namespace operations
} // namespace fullon_cache_api
