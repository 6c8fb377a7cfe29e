// The limits of a server, as it tells them to its clients.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>

namespace fullon_cache_api {

/// The limits of a server that concern one connection; part of cache_calls::list_operations(). They are those
/// of `server_config`. Sizes are bytes.
struct service_limits {
    std::uint64_t max_message_size = 0; ///< of one request; a larger one fails with LIMIT_EXCEEDED
    std::uint64_t max_reply_size = 0; ///< of one result; a larger one is LIMIT_EXCEEDED instead
    std::uint64_t max_streams = 0; ///< open streams of a connection
    std::uint64_t max_topics = 0; ///< named by the streams of a connection; a stream of all counts as one
    std::uint64_t max_in_flight = 0; ///< requests of a connection that are being answered
};
BOOST_DESCRIBE_STRUCT(service_limits, (),
                      (max_message_size, max_reply_size, max_streams, max_topics, max_in_flight))

} // namespace fullon_cache_api
