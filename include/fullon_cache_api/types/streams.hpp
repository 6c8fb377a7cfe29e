// The streams of a connection, and the operations of a server.
#pragma once

#include <fullon_cache_api/service_limits.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// What acknowledges a stream. `delivery` is "exact" or "best_effort".
struct stream_ack {
    std::string stream_key;
    std::vector<std::string> topics;
    std::string epoch;
    std::string delivery;
};
BOOST_DESCRIBE_STRUCT(stream_ack, (), (stream_key, topics, epoch, delivery))

struct unsubscribe_result {
    std::string stream_key;
    std::uint64_t delivered = 0; ///< messages of the stream, this reply is the last
};
BOOST_DESCRIBE_STRUCT(unsubscribe_result, (), (stream_key, delivered))

struct stream_info {
    std::string stream_key;
    std::string operation;
    boost::json::value params;
    std::vector<std::string> topics;
    std::uint64_t delivered = 0;
    std::uint64_t conflated = 0; ///< taken out of this connection's queue for a newer value
    std::uint64_t dropped = 0;   ///< lost to the bound of this connection's queue
};
BOOST_DESCRIBE_STRUCT(stream_info, (), (stream_key, operation, params, topics, delivered, conflated, dropped))

struct stream_list {
    std::vector<stream_info> streams;
};
BOOST_DESCRIBE_STRUCT(stream_list, (), (streams))

struct operation_info {
    std::string name;
    std::string kind; ///< "query" or "stream"
    std::string doc;
    boost::json::value params; ///< JSON Schema
    boost::json::value result; ///< JSON Schema; of a stream: of its messages
    std::string rest;          ///< route under the gateway's prefix, or empty
};
BOOST_DESCRIBE_STRUCT(operation_info, (), (name, kind, doc, params, result, rest))

struct operation_list {
    std::vector<operation_info> operations;
    std::optional<service_limits> limits; ///< of a WebSocket's requests; none without a server
};
BOOST_DESCRIBE_STRUCT(operation_list, (), (operations, limits))

} // namespace fullon_cache_api
