// What a server takes from one connection, as it tells its clients.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>

namespace fullon_cache_api {

/// Sizes are bytes; the rest is per connection.
struct service_limits {
    std::uint64_t max_message_size = 0; ///< of a request
    std::uint64_t max_reply_size = 0;
    std::uint64_t max_streams = 0;
    std::uint64_t max_topics = 0; ///< that streams name; a stream of everything counts as one
    std::uint64_t max_in_flight = 0;
};
BOOST_DESCRIBE_STRUCT(service_limits, (),
                      (max_message_size, max_reply_size, max_streams, max_topics, max_in_flight))

} // namespace fullon_cache_api
