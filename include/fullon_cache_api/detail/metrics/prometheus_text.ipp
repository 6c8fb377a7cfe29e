// Bodies of prometheus_text.hpp.
#pragma once

#include <fullon_cache_api/detail/metrics/prometheus_text.hpp>

#include <fullon_orm/number_text.hpp>

#include <array>
#include <cmath>

namespace fullon_cache_api::detail {
namespace {

void append_escaped(std::string& out, std::string_view text, bool quotes_too)
{
    for (const char c : text) {
        if (c == '\n') {
            out.append("\\n");
            continue;
        }
        if (c == '\\' || (c == '"' && quotes_too))
            out.push_back('\\');
        out.push_back(c);
    }
}

void append_value(std::string& out, std::uint64_t value)
{
    fullon_orm::append_number(out, value);
}

void append_value(std::string& out, double value)
{
    if (std::isfinite(value))
        fullon_orm::append_number(out, value);
    else if (std::isnan(value))
        out.append("NaN");
    else
        out.append(value > 0 ? "+Inf" : "-Inf");
}

using metric = prometheus_text::kind;
using text_label = prometheus_text::label;

/// A family of one sample without labels.
template <class Number>
void add_one(prometheus_text& to, std::string_view name, metric type, std::string_view help, Number value)
{
    to.begin_family(name, type, help);
    to.add({}, value);
}

void add_requests(prometheus_text& to, const metrics_snapshot& now)
{
    to.begin_family("fullon_cache_requests_total", metric::counter,
                    "Requests by operation and outcome: success, an error code of the wire, or abandoned.");
    for (const auto& one : now.requests)
        for (const auto& [outcome, count] : one.outcomes) {
            const std::array labels{text_label{"operation", one.operation}, text_label{"outcome", outcome}};
            to.add(labels, count);
        }
    to.begin_family("fullon_cache_request_duration_seconds", metric::histogram,
                    "Duration of the requests that were run; refused requests are not included.");
    for (const auto& one : now.requests)
        if (one.latency.count != 0) {
            const std::array labels{text_label{"operation", one.operation}};
            to.add(labels, one.latency, now.latency_bounds);
        }
    add_one(to, "fullon_cache_requests_in_flight", metric::gauge, "Requests in progress.",
            now.requests_in_flight);
    add_one(to, "fullon_cache_hits_total", metric::counter, "Queries that found a result.", now.cache.hits);
    add_one(to, "fullon_cache_misses_total", metric::counter,
            "Queries without a result, or with an empty one.", now.cache.misses);
    add_one(to, "fullon_cache_local_hits_total", metric::counter,
            "Queries that were answered from the local cache.", now.local_cache.hits);
    add_one(to, "fullon_cache_local_answers", metric::gauge, "Answers in the local cache.",
            now.local_cache.answers);
    add_one(to, "fullon_cache_local_bytes", metric::gauge, "Size of the answers in the local cache.",
            now.local_cache.bytes);
}

void add_connections(prometheus_text& to, const metrics_snapshot& now)
{
    const auto& from = now.connections;
    add_one(to, "fullon_cache_open_connections", metric::gauge, "WebSocket connections.", from.open);
    add_one(to, "fullon_cache_http_connections", metric::gauge,
            "HTTP connections, including those that may become WebSockets.", from.http);
    add_one(to, "fullon_cache_connections_total", metric::counter, "WebSocket connections accepted.",
            from.total);
    add_one(to, "fullon_cache_connections_refused_total", metric::counter,
            "WebSocket connections refused: wrong path or origin, too many, malformed.", from.refused);
    add_one(to, "fullon_cache_slow_consumers_cut_total", metric::counter,
            "Connections cut because the client received nothing for too long.", from.slow_consumers_cut);
}

void add_streams(prometheus_text& to, const metrics_snapshot& now)
{
    to.begin_family("fullon_cache_open_streams", metric::gauge, "Open streams by operation.");
    for (const auto& [operation, count] : now.open_streams) {
        const std::array labels{text_label{"operation", operation}};
        to.add(labels, count);
    }
    const auto& topics = now.topics;
    add_one(to, "fullon_cache_topics", metric::gauge, "Followed topics.", topics.followed);
    add_one(to, "fullon_cache_subscriptions", metric::gauge, "Pairs of a connection and a topic.",
            topics.subscriptions);
    add_one(to, "fullon_cache_updates_total", metric::counter, "Numbered updates.", topics.updates);
    add_one(to, "fullon_cache_suppressed_updates_total", metric::counter,
            "Updates replaced by a newer value before they were sent.", topics.suppressed);
    add_one(to, "fullon_cache_deliveries_total", metric::counter, "Updates passed to connections.",
            topics.deliveries);
    const auto& queues = now.delivery;
    add_one(to, "fullon_cache_sent_messages_total", metric::counter, "Messages written to connections.",
            queues.sent_messages);
    add_one(to, "fullon_cache_sent_bytes_total", metric::counter,
            "Bytes of messages written to connections, without frame headers.", queues.sent_bytes);
    add_one(to, "fullon_cache_conflated_messages_total", metric::counter,
            "Messages replaced by a newer value in the queue of a connection.", queues.conflated_messages);
    add_one(to, "fullon_cache_dropped_messages_total", metric::counter,
            "Events evicted from the full queue of a connection.", queues.dropped_messages);
    add_one(to, "fullon_cache_outbox_messages", metric::gauge, "Messages waiting in all queues.",
            queues.waiting_messages);
    add_one(to, "fullon_cache_outbox_bytes", metric::gauge, "Bytes waiting in all queues.",
            queues.waiting_bytes);
}

void add_redis(prometheus_text& to, const metrics_snapshot& now)
{
    const auto& from = now.redis;
    add_one(to, "fullon_cache_redis_up", metric::gauge, "Whether Redis answers.", std::uint64_t{from.up});
    add_one(to, "fullon_cache_redis_reconnects_total", metric::counter, "Reconnections to Redis.",
            from.reconnects);
    add_one(to, "fullon_cache_redis_losses_total", metric::counter, "Losses of an established link to Redis.",
            from.losses);
    add_one(to, "fullon_cache_redis_invalidations_total", metric::counter,
            "Keys that Redis reported as changed.", from.invalidations);
    add_one(to, "fullon_cache_redis_publications_total", metric::counter, "Messages of Redis channels.",
            from.publications);
    add_one(to, "fullon_cache_redis_readings_total", metric::counter,
            "Reads for streams, at their start and after changes.", from.readings);
}

void add_http(prometheus_text& to, const metrics_snapshot& now)
{
    to.begin_family("fullon_cache_http_requests_total", metric::counter,
                    "HTTP requests by route and status.");
    for (const auto& one : now.http)
        for (const auto& [status, count] : one.statuses) {
            const std::array labels{text_label{"route", one.route}, text_label{"code", status}};
            to.add(labels, count);
        }
    to.begin_family("fullon_cache_http_request_duration_seconds", metric::histogram,
                    "Duration of HTTP requests.");
    for (const auto& one : now.http) {
        const std::array labels{text_label{"route", one.route}};
        to.add(labels, one.latency, now.latency_bounds);
    }
}

} // namespace

void prometheus_text::begin_family(std::string_view name, kind type, std::string_view help)
{
    name_ = name;
    text_.append("# HELP ").append(name).push_back(' ');
    append_escaped(text_, help, false);
    text_.append("\n# TYPE ").append(name).push_back(' ');
    text_.append(type == kind::counter ? "counter" : type == kind::gauge ? "gauge" : "histogram");
    text_.push_back('\n');
}

void prometheus_text::add(std::span<const label> labels, std::uint64_t value)
{
    sample({}, labels, value);
}

void prometheus_text::add(std::span<const label> labels, double value)
{
    sample({}, labels, value);
}

void prometheus_text::add(std::span<const label> labels, const latency_metrics& value,
                          std::span<const double> bounds)
{
    std::vector<label> more(labels.begin(), labels.end());
    more.emplace_back();
    std::string bound;
    for (std::size_t i = 0; i < bounds.size() && i < value.within.size(); ++i) {
        bound.clear();
        append_value(bound, bounds[i]);
        more.back() = {"le", bound};
        sample("_bucket", more, value.within[i]);
    }
    more.back() = {"le", "+Inf"};
    sample("_bucket", more, value.count);
    sample("_sum", labels, value.sum_seconds);
    sample("_count", labels, value.count);
}

template <class Number>
void prometheus_text::sample(std::string_view suffix, std::span<const label> labels, Number value)
{
    text_.append(name_).append(suffix);
    char before = '{';
    for (const auto& [name, content] : labels) {
        text_.push_back(std::exchange(before, ','));
        text_.append(name).append("=\"");
        append_escaped(text_, content, true);
        text_.push_back('"');
    }
    if (!labels.empty())
        text_.push_back('}');
    text_.push_back(' ');
    append_value(text_, value);
    text_.push_back('\n');
}

std::string to_prometheus(const metrics_snapshot& now)
{
    prometheus_text text;
    add_one(text, "fullon_cache_start_time_seconds", metric::gauge,
            "Creation time of the server, in seconds since 1970.", now.started_at);
    add_connections(text, now);
    add_requests(text, now);
    add_streams(text, now);
    add_redis(text, now);
    add_http(text, now);
    return std::move(text).text();
}

} // namespace fullon_cache_api::detail
