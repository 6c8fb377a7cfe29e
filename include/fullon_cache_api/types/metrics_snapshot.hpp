// The figures of a server at one moment: what `/metrics` and `stream_metrics` tell.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fullon_cache_api {

// What has no unit in its name is a count since the server was made, but for what is said to be "now".

struct connection_figures {
    std::uint64_t open = 0; ///< WebSockets, now
    std::uint64_t total = 0; ///< WebSockets
    std::uint64_t http = 0; ///< now, those that may become WebSockets included
    std::uint64_t refused = 0;            ///< upgrades that were answered with an HTTP error
    std::uint64_t slow_consumers_cut = 0; ///< took nothing for `slow_consumer_timeout`

    bool operator==(const connection_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(connection_figures, (), (open, total, http, refused, slow_consumers_cut))

struct latency_metrics {
    std::uint64_t count = 0;
    double sum_seconds = 0;
    std::vector<std::uint64_t> within; ///< of each of `latency_bounds`: how many took at most that long

    bool operator==(const latency_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(latency_metrics, (), (count, sum_seconds, within))

struct operation_figures {
    std::string operation;                         ///< "unknown": whatever is not in the catalogue
    std::map<std::string, std::uint64_t>
        outcomes; ///< "success", codes of the wire, "abandoned" (the asker went away)
    latency_metrics latency;                       ///< of the requests that were run

    bool operator==(const operation_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(operation_figures, (), (operation, outcomes, latency))

struct delivery_figures {
    std::uint64_t sent_messages = 0;
    std::uint64_t sent_bytes = 0;         ///< of messages, without frame headers
    std::uint64_t conflated_messages = 0; ///< taken out of a client's queue for a newer value
    std::uint64_t dropped_messages = 0;   ///< events lost to the bound of a client's queue
    std::uint64_t waiting_messages = 0;   ///< now, in all queues
    std::uint64_t waiting_bytes = 0;      ///< now, in all queues

    bool operator==(const delivery_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(delivery_figures, (),
                      (sent_messages, sent_bytes, conflated_messages, dropped_messages, waiting_messages,
                       waiting_bytes))

struct cache_figures {
    std::uint64_t hits = 0;   ///< queries that found in the cache what they asked for
    std::uint64_t misses = 0; ///< that did not, or found that there is nothing

    bool operator==(const cache_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(cache_figures, (), (hits, misses))

struct redis_metrics {
    bool up = false; ///< now
    std::uint64_t reconnects = 0;
    std::uint64_t losses = 0;        ///< of an established link
    std::uint64_t invalidations = 0; ///< keys that Redis reported changed
    std::uint64_t publications = 0;  ///< messages of channels
    std::uint64_t readings = 0;      ///< for streams, after changes

    bool operator==(const redis_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(redis_metrics, (), (up, reconnects, losses, invalidations, publications, readings))

struct topic_figures {
    std::uint64_t followed = 0;      ///< now
    std::uint64_t subscriptions = 0; ///< now: pairs of a connection (in process: a stream) and a topic
    std::uint64_t updates = 0;       ///< ids given out
    std::uint64_t suppressed = 0;    ///< of these, overtaken by a newer value before they were sent
    std::uint64_t deliveries = 0;    ///< updates handed to connections

    bool operator==(const topic_figures&) const = default;
};
BOOST_DESCRIBE_STRUCT(topic_figures, (), (followed, subscriptions, updates, suppressed, deliveries))

struct route_metrics {
    std::string route;                             ///< as a pattern
    std::map<std::string, std::uint64_t> statuses; ///< by HTTP status
    latency_metrics latency;

    bool operator==(const route_metrics&) const = default;
};
BOOST_DESCRIBE_STRUCT(route_metrics, (), (route, statuses, latency))

/// Of one server, or of a gateway that stands alone. Requests, streams and hits count in process too, messages and bytes are
/// those of connections. Operations, streams and routes that nobody used are left out.
struct metrics_snapshot {
    double timestamp = 0; ///< epoch seconds
    double started_at = 0; ///< epoch seconds
    double uptime_seconds = 0;
    double interval = 0; ///< seconds between two updates of the stream
    connection_figures connections;
    std::map<std::string, std::uint64_t> open_streams; ///< now, by operation
    std::uint64_t requests_in_flight = 0; ///< now
    std::vector<operation_figures> requests;
    delivery_figures delivery;
    cache_figures cache;
    redis_metrics redis;
    topic_figures topics;
    std::vector<route_metrics> http;
    std::vector<double> latency_bounds; ///< seconds, growing

    bool operator==(const metrics_snapshot&) const = default;
};
BOOST_DESCRIBE_STRUCT(metrics_snapshot, (),
                      (timestamp, started_at, uptime_seconds, interval, connections, open_streams,
                       requests_in_flight, requests, delivery, cache, redis, topics, http, latency_bounds))

} // namespace fullon_cache_api
