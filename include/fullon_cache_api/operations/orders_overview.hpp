// Operations on all orders.
#pragma once

#include <fullon_cache_api/operations/operation.hpp>
#include <fullon_cache_api/protocol/order.hpp>
#include <fullon_cache_api/protocol/queue.hpp>

#include <fullon_orm/id.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

/// The exchanges that have orders, by name.
struct order_queue_sizes {
    std::vector<queue_info> queues; ///< as order_queue
    std::int64_t total = 0;         ///< of their sizes

    bool operator==(const order_queue_sizes&) const = default;
};
BOOST_DESCRIBE_STRUCT(order_queue_sizes, (), (queues, total))

/// The same with what they hold. `status` is the worst of all; healthy when there is none.
struct order_queue_states {
    std::string status;
    std::vector<order_queue> queues;
    std::int64_t total = 0;
    std::int64_t unreadable = 0;
    std::optional<double> oldest; ///< times of orders, epoch seconds
    std::optional<double> newest;

    bool operator==(const order_queue_states&) const = default;
};
BOOST_DESCRIBE_STRUCT(order_queue_states, (), (status, queues, total, unreadable, oldest, newest))

/// Orders of one user, the last written first.
struct user_orders {
    std::string user_id;
    std::vector<order> orders;
    std::int64_t count = 0;
    std::int64_t unreadable = 0; ///< orders of the exchanges that were searched: whose they are nobody knows

    bool operator==(const user_orders&) const = default;
};
BOOST_DESCRIBE_STRUCT(user_orders, (), (user_id, orders, count, unreadable))

namespace operations {

struct get_orders_queue_size {
    static constexpr std::string_view name = "get_orders_queue_size";
    static constexpr std::string_view doc =
        "How many orders each exchange (or the one that is named) has in the cache.";
    static constexpr std::string_view rest = "/orders/queue/size";
    static constexpr operation_kind kind = operation_kind::query;
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
        "The orders of each exchange (or the one that is named) by status, the oldest and the newest.";
    static constexpr std::string_view rest = "/orders/queue/status";
    static constexpr operation_kind kind = operation_kind::query;
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
        "The cached orders of one user (their uid), of every exchange or of one, the last written first.";
    static constexpr std::string_view rest = "/orders/{user_id}/orders";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr std::string_view narrowed_by = "exchange";
    struct params {
        fullon_orm::stored_id user_id;
        std::optional<std::string> exchange;
    };
    using result = user_orders;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_orders_orders::params, (), (user_id, exchange))

} // namespace operations
} // namespace fullon_cache_api
