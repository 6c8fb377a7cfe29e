// The streams of a connection, and the operations of a server: results of queries about the service.
#pragma once

#include <fullon_cache_api/service_limits.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// The server's acknowledgement of a stream, on the wire only: the result of every stream operation.
struct stream_ack {
    std::string stream_key; ///< names the stream on its connection, such as "s1"
    std::vector<std::string> topics; ///< what its updates are numbered by, such as "tickers:binance:BTC/USDT"
    std::string epoch; ///< another text for each life of the server: ids of different epochs are unrelated
    /// "exact" where every update that is not sent can be counted; "best_effort" for trades: one that another
    /// service takes before the server has read it is not known.
    std::string delivery;
};
BOOST_DESCRIBE_STRUCT(stream_ack, (), (stream_key, topics, epoch, delivery))

/// Result of the operation `unsubscribe`, on the wire only. It is the last message of the stream.
struct unsubscribe_result {
    std::string stream_key; ///< as it was given
    std::uint64_t delivered = 0; ///< updates that were sent, snapshot included; 0 for an unknown stream
};
BOOST_DESCRIBE_STRUCT(unsubscribe_result, (), (stream_key, delivered))

/// One open stream in stream_list. Counters are of this stream since it began.
struct stream_info {
    std::string stream_key; ///< names the stream on its connection, such as "s1"
    std::string operation; ///< such as "stream_tickers"
    boost::json::value params; ///< as they were given
    std::vector<std::string> topics; ///< that it follows now
    std::uint64_t delivered = 0; ///< updates handed out, snapshot included
    std::uint64_t conflated = 0; ///< states that were replaced by a newer one while they waited
    std::uint64_t dropped = 0; ///< events that were lost because too many waited
};
BOOST_DESCRIBE_STRUCT(stream_info, (), (stream_key, operation, params, topics, delivered, conflated, dropped))

/// Result of cache_calls::list_streams().
///
/// \code
/// const auto open = co_await cache.list_streams();
/// for (const auto& one : open.streams)
///     show(one.operation, one.delivered, one.conflated);
/// \endcode
struct stream_list {
    std::vector<stream_info> streams; ///< open now
};
BOOST_DESCRIBE_STRUCT(stream_list, (), (streams))

/// One operation in operation_list.
struct operation_info {
    std::string name; ///< such as "get_ticker"
    std::string kind; ///< "query" or "stream"
    std::string doc; ///< one line for people
    boost::json::value params; ///< JSON Schema of the parameters
    boost::json::value result; ///< JSON Schema of the result; for a stream of its messages
    std::string rest; ///< its HTTP routes below the gateway's prefix, separated by blanks; empty without one
};
BOOST_DESCRIBE_STRUCT(operation_info, (), (name, kind, doc, params, result, rest))

/// Result of cache_calls::list_operations(): the whole catalogue, and what the server takes from one
/// connection.
struct operation_list {
    std::vector<operation_info> operations; ///< in the order of the catalogue
    std::optional<service_limits> limits; ///< empty for a gateway that stands alone, which has no WebSockets
};
BOOST_DESCRIBE_STRUCT(operation_list, (), (operations, limits))

} // namespace fullon_cache_api
