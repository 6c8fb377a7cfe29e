// Results of the queries and items of the stream on orders.
#pragma once

#include <fullon_cache_api/types/order.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>

namespace fullon_cache_api {

/// The number of readable orders of an exchange. Item of cache_calls::stream_order_queue() (topic
/// `queue:{exchange}`); cache_calls::get_queue_length() returns the member `queue_length`. Redis: hash
/// `order_status:{exchange}`.
///
/// \code
/// auto updates = co_await cache.stream_order_queue("binance");
/// while (auto update = co_await updates.next())
///     show(update->exchange, update->queue_length);
/// \endcode
struct queue_length {
    std::string exchange; ///< name of the exchange
    std::int64_t queue_length = 0; ///< readable orders, whatever their status
    double timestamp = 0; ///< of the answer; in a stream of the reading. Epoch seconds

    bool operator==(const struct queue_length&) const = default; // a member has the same name
};
BOOST_DESCRIBE_STRUCT(queue_length, (), (exchange, queue_length, timestamp))

} // namespace fullon_cache_api
