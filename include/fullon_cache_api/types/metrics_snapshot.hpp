// The counters of a server at one moment: metrics(), stream_metrics() and `/metrics`.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fullon_cache_api {

// Members without a unit in their name are counts since the server was made, unless their comment says "now".

/// Connections of clients.
struct connection_figures {
    std::uint64_t open = 0; ///< open WebSockets, now
    std::uint64_t total = 0; ///< WebSockets that were opened
    std::uint64_t http = 0; ///< HTTP connections now, those that may still become WebSockets included
    std::uint64_t refused = 0; ///< upgrades to a WebSocket that were answered with an HTTP error
    std::uint64_t slow_consumers_cut = 0; ///< cut because they took nothing for `slow_consumer_timeout`

    bool operator==(const connection_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(connection_figures, (), (open, total, http, refused, slow_consumers_cut))

/// A histogram of durations, with the bounds of metrics_snapshot::latency_bounds.
struct latency_metrics {
    std::uint64_t count = 0; ///< measured durations
    double sum_seconds = 0; ///< their sum
    std::vector<std::uint64_t> within; ///< for each bound, how many took at most that long (cumulative)

    bool operator==(const latency_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(latency_metrics, (), (count, sum_seconds, within))

/// Requests of one operation.
struct operation_figures {
    std::string operation; ///< such as "get_ticker"; "unknown" for all names that are not in the catalogue
    /// By "success", error code of the wire such as "CACHE_MISS", or "abandoned": the caller went away first.
    std::map<std::string, std::uint64_t> outcomes;
    latency_metrics latency; ///< of the requests that were run

    bool operator==(const operation_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(operation_figures, (), (operation, outcomes, latency))

/// Messages to WebSocket clients.
struct delivery_figures {
    std::uint64_t sent_messages = 0; ///< messages sent
    std::uint64_t sent_bytes = 0; ///< size of these, without frame headers
    std::uint64_t conflated_messages = 0; ///< replaced in a client's queue by a newer value
    std::uint64_t dropped_messages = 0; ///< events that were lost to the bound of a client's queue
    std::uint64_t waiting_messages = 0; ///< in all queues, now
    std::uint64_t waiting_bytes = 0; ///< in all queues, now

    bool operator==(const delivery_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(delivery_figures, (),
                      (sent_messages, sent_bytes, conflated_messages, dropped_messages, waiting_messages,
                       waiting_bytes))

/// What queries of the cache came to; queries about the service itself do not count.
struct cache_figures {
    std::uint64_t hits = 0; ///< queries that found what they asked for
    std::uint64_t misses = 0; ///< queries that found nothing, an empty list or "not blocked"

    bool operator==(const cache_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(cache_figures, (), (hits, misses))

/// Answers that are kept in memory until Redis reports a change of their key.
struct local_cache_figures {
    std::uint64_t hits = 0; ///< queries that were answered from it; they count among all hits, too
    std::uint64_t answers = 0; ///< answers that are kept, now
    std::uint64_t bytes = 0; ///< what these take, about

    bool operator==(const local_cache_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(local_cache_figures, (), (hits, answers, bytes))

/// The server's connection to Redis.
struct redis_metrics {
    bool up = false; ///< whether it is up now
    std::uint64_t reconnects = 0; ///< how often it was made again
    std::uint64_t losses = 0; ///< how often an established connection was lost
    std::uint64_t invalidations = 0; ///< changes of keys that Redis reported (CLIENT TRACKING)
    std::uint64_t publications = 0; ///< messages of channels
    std::uint64_t readings = 0; ///< readings of followed keys for streams

    bool operator==(const redis_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(redis_metrics, (), (up, reconnects, losses, invalidations, publications, readings))

/// Topics of streams.
struct topic_figures {
    std::uint64_t followed = 0; ///< topics that any stream follows, now
    std::uint64_t subscriptions = 0; ///< pairs of a connection (in process: a stream) and a topic, now
    std::uint64_t updates = 0; ///< update ids that were given out
    std::uint64_t suppressed = 0; ///< of these, overtaken by a newer value before they were sent
    std::uint64_t deliveries = 0; ///< updates handed to connections and to streams in process

    bool operator==(const topic_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(topic_figures, (), (followed, subscriptions, updates, suppressed, deliveries))

/// Requests of one HTTP route.
struct route_metrics {
    std::string route; ///< its pattern, such as "/tickers/{exchange}/{symbol}"; "other" for what is no route
    std::map<std::string, std::uint64_t>
        statuses; ///< answers by HTTP status, such as "200"; "other" for rare ones
    latency_metrics latency; ///< of all answers

    bool operator==(const route_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(route_metrics, (), (route, statuses, latency))

/// The counters of one server, or of a gateway that stands alone. Result of
/// cache_websocket_server::metrics(), item of cache_calls::stream_metrics() (topic `metrics:{interval}`).
/// They come from the server's memory, not from Redis.
///
/// Requests, streams and hits include those in process; messages and bytes are those of connections.
/// Operations and routes that nobody has used are left out.
///
/// \code
/// const auto now = server.metrics();
/// show(now.connections.open, now.cache.hits, now.redis.up);
/// \endcode
struct metrics_snapshot {
    double timestamp = 0; ///< when it was taken, epoch seconds
    double started_at = 0; ///< when the server was made, epoch seconds
    double uptime_seconds = 0; ///< since then, by a steady clock
    double interval = 0; ///< seconds between two updates of the stream; 0 outside a stream
    connection_figures connections; ///< connections of clients
    std::map<std::string, std::uint64_t> open_streams; ///< by operation, now
    std::uint64_t requests_in_flight = 0; ///< requests that are being answered, now
    std::vector<operation_figures> requests; ///< requests by operation
    delivery_figures delivery; ///< messages to WebSocket clients
    cache_figures cache; ///< hits and misses of queries
    local_cache_figures local_cache; ///< answers that are kept in memory
    redis_metrics redis; ///< the connection to Redis
    topic_figures topics; ///< topics of streams
    std::vector<route_metrics> http; ///< requests over HTTP by route
    std::vector<double> latency_bounds; ///< upper bounds of every latency_metrics::within, seconds, ascending

    bool operator==(const metrics_snapshot&) const = default;
};
BOOST_DESCRIBE_STRUCT(metrics_snapshot, (),
                      (timestamp, started_at, uptime_seconds, interval, connections, open_streams,
                       requests_in_flight, requests, delivery, cache, local_cache, redis, topics, http,
                       latency_bounds))

} // namespace fullon_cache_api
