// Overviews of orders.
#pragma once

#include <fullon_cache_api/types/order.hpp>
#include <fullon_cache_api/types/queue.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
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

} // namespace fullon_cache_api
