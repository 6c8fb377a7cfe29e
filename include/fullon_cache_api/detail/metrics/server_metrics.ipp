// Bodies of server_metrics.hpp.
#pragma once

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>

#include <fullon_orm/clock.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

constexpr std::size_t abandoned_outcome = operation_counters::outcome_count - 1;

std::string outcome_name(std::size_t place)
{
    if (place == 0)
        return "success";
    return place == abandoned_outcome ? "abandoned" : std::string(wire_name(static_cast<error>(place)));
}

// What never travels is a bug where it comes up.
std::size_t place_of(error failure) noexcept
{
    const auto place = static_cast<std::size_t>(failure);
    return place < abandoned_outcome ? place : static_cast<std::size_t>(error::internal_error);
}

} // namespace

latency_metrics latency_histogram::metrics() const
{
    latency_metrics result;
    result.within.reserve(bounds.size());
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        result.count += classes_[i].value();
        result.within.push_back(result.count);
    }
    result.count += classes_.back().value();
    result.sum_seconds = static_cast<double>(nanoseconds_.value()) * 1e-9;
    return result;
}

void route_counters::answered(unsigned status, std::chrono::nanoseconds spent) noexcept
{
    const auto found = std::find(known.begin(), known.end(), status);
    statuses_[static_cast<std::size_t>(found - known.begin())].add();
    latency_.add(spent);
}

route_metrics route_counters::metrics() const
{
    route_metrics result;
    result.route = route_;
    for (std::size_t i = 0; i < statuses_.size(); ++i)
        if (const auto count = statuses_[i].value())
            result.statuses[i < known.size() ? std::to_string(known[i]) : "other"] = count;
    result.latency = latency_.metrics();
    return result;
}

server_metrics::server_metrics()
    : operations_(catalogue().size() + 1), started_at_(fullon_orm::now_seconds()),
      started_(std::chrono::steady_clock::now())
{}

operation_counters& server_metrics::of(const operation_entry* which) noexcept
{
    return which ? operations_[static_cast<std::size_t>(which - catalogue().data())] : operations_.back();
}

void server_metrics::answered(const operation_entry& which, const outcome& done,
                              std::chrono::nanoseconds spent) noexcept
{
    auto& counted = of(&which);
    counted.outcomes[done.failure ? place_of(*done.failure) : 0].add();
    counted.latency.add(spent);
    if (!which.reads_cache || which.kind != operation_kind::query)
        return;
    if (done.failure == error::cache_miss || (!done.failure && !done.anything))
        cache_misses.add();
    else if (!done.failure)
        cache_hits.add();
}

void server_metrics::recalled(const operation_entry& which) noexcept
{
    auto& counted = of(&which);
    counted.outcomes[0].add();
    counted.latency.add(std::chrono::nanoseconds::zero());
    cache_hits.add();
}

void server_metrics::refused(const operation_entry* which, error why) noexcept
{
    of(which).outcomes[place_of(why)].add();
}

void server_metrics::abandoned(const operation_entry& which) noexcept
{
    of(&which).outcomes[abandoned_outcome].add();
}

gauge& server_metrics::open_streams(std::string_view operation) noexcept
{
    return of(find_operation(operation)).open_streams;
}

route_counters& server_metrics::route(std::string_view pattern)
{
    for (auto& one : routes_)
        if (one.route() == pattern)
            return one;
    return routes_.emplace_back(std::string(pattern));
}

double server_metrics::uptime_seconds() const
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

metrics_snapshot server_metrics::scrape() const
{
    metrics_snapshot now;
    now.timestamp = fullon_orm::now_seconds();
    now.started_at = started_at_;
    now.uptime_seconds = uptime_seconds();
    now.connections.total = connections.value();
    now.connections.refused = refused_connections.value();
    now.connections.slow_consumers_cut = slow_consumers_cut.value();
    for (std::size_t i = 0; i < operations_.size(); ++i) {
        const auto& from = operations_[i];
        const std::string name(i < catalogue().size() ? catalogue()[i].name : "unknown");
        if (const auto open = from.open_streams.value())
            now.open_streams[name] = open;
        operation_figures asked{name, {}, {}};
        for (std::size_t place = 0; place < from.outcomes.size(); ++place)
            if (const auto count = from.outcomes[place].value())
                asked.outcomes[outcome_name(place)] = count;
        if (asked.outcomes.empty())
            continue;
        asked.latency = from.latency.metrics();
        now.requests.push_back(std::move(asked));
    }
    now.delivery.sent_messages = sent_messages.value();
    now.delivery.sent_bytes = sent_bytes.value();
    now.delivery.conflated_messages = conflated_messages.value();
    now.delivery.dropped_messages = dropped_messages.value();
    now.cache.hits = cache_hits.value();
    now.cache.misses = cache_misses.value();
    now.topics.subscriptions = subscriptions.value();
    now.requests_in_flight = http_in_flight.value();
    for (const auto& one : routes_)
        if (auto used = one.metrics(); used.latency.count != 0)
            now.http.push_back(std::move(used));
    for (const auto bound : latency_histogram::bounds)
        now.latency_bounds.push_back(std::chrono::duration<double>(bound).count());
    if (gather)
        gather(now);
    return now;
}

} // namespace fullon_cache_api::detail
