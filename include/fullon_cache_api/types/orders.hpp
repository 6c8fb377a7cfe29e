// What the queries on orders give.
#pragma once

#include <fullon_cache_api/types/order.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>

namespace fullon_cache_api {

/// How many readable orders an exchange has. `timestamp` is that of the answer, epoch seconds.
struct queue_length {
    std::string exchange;
    std::int64_t queue_length = 0;
    double timestamp = 0;

    bool operator==(const struct queue_length&) const = default; // a member has the same name
};
BOOST_DESCRIBE_STRUCT(queue_length, (), (exchange, queue_length, timestamp))

} // namespace fullon_cache_api
