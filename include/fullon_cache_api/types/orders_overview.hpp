// Results of the overviews of orders.
#pragma once

#include <fullon_cache_api/types/order.hpp>
#include <fullon_cache_api/types/queue.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Result of cache_calls::get_orders_queue_size(): the exchanges that have orders. Redis: hashes
/// `order_status:*`.
struct order_queue_sizes {
    std::vector<queue_info> queues; ///< one for each exchange; see order_queue for what holds for them
    std::int64_t total = 0; ///< sum of their sizes: readable orders

    bool operator==(const order_queue_sizes&) const = default;
};
BOOST_DESCRIBE_STRUCT(order_queue_sizes, (), (queues, total))

/// Result of cache_calls::get_orders_queue_status(): the same with the orders counted by status. Redis:
/// hashes `order_status:*`.
struct order_queue_states {
    std::string status; ///< the worst `health_status` of the queues; "healthy" when there is none
    std::vector<order_queue> queues; ///< one for each exchange that has orders
    std::int64_t total = 0; ///< sum of their sizes: readable orders
    std::int64_t unreadable = 0; ///< unreadable orders of all exchanges
    std::optional<double> oldest; ///< `timestamp` of the order written longest ago, epoch seconds
    std::optional<double> newest; ///< `timestamp` of the order written most recently, epoch seconds

    bool operator==(const order_queue_states&) const = default;
};
BOOST_DESCRIBE_STRUCT(order_queue_states, (), (status, queues, total, unreadable, oldest, newest))

/// Result of cache_calls::get_user_orders(): the cached orders whose `uid` is this user. Redis: hashes
/// `order_status:*`.
struct user_orders {
    std::string user_id; ///< as it was asked for
    std::vector<order> orders; ///< most recently written first
    std::int64_t count = 0; ///< of these
    std::int64_t unreadable = 0; ///< unreadable orders of the exchanges that were searched, of whatever user

    bool operator==(const user_orders&) const = default;
};
BOOST_DESCRIBE_STRUCT(user_orders, (), (user_id, orders, count, unreadable))

} // namespace fullon_cache_api
