// Bodies of the queries on how processes and the cache do.
#pragma once

#include <fullon_cache_api/detail/answers/health_rules.hpp>
#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/catalogue/processes_overview.hpp>

#include <fullon_cache/overview_reader.hpp>
#include <fullon_cache/process_health.hpp>

#include <map>
#include <utility>

namespace fullon_cache_api::operations {

namespace asio = boost::asio;

namespace {

struct heartbeat_sum {
    protocol::time_span ages;
    double total_age = 0;
    double count = 0;
};

process_performance measure(const fullon_cache::listing<fullon_orm::process_info>& stored, double now)
{
    process_performance found;
    protocol::time_span times;
    std::map<std::string, heartbeat_sum> heartbeats;
    std::int64_t bad = 0;
    for (const auto& one : stored.entries) {
        auto& type = found.by_type[one.process_type];
        const bool stale = fullon_cache::is_stale(one, now);
        const bool failed = one.status == "error";
        ++type.processes;
        type.stale += stale ? 1 : 0;
        type.failed += failed ? 1 : 0;
        bad += stale || failed ? 1 : 0;
        found.stale += stale ? 1 : 0;
        found.failed += failed ? 1 : 0;
        times.add(one.heartbeat);
        const auto age = protocol::age_of(one.heartbeat, now);
        if (!age)
            continue;
        auto& sum = heartbeats[one.process_type];
        sum.ages.add(age);
        sum.total_age += *age;
        ++sum.count;
    }
    for (const auto& [name, sum] : heartbeats) {
        auto& type = found.by_type[name];
        type.youngest_heartbeat_age = sum.ages.oldest; // the least
        type.oldest_heartbeat_age = sum.ages.newest;
        type.mean_heartbeat_age = sum.total_age / sum.count;
    }
    found.processes = static_cast<std::int64_t>(stored.entries.size());
    found.unreadable = stored.unreadable;
    found.oldest = times.oldest;
    found.newest = times.newest;
    found.status = protocol::health_text(protocol::worse_of(
        protocol::state_by_share(bad, found.processes), protocol::state_by_unreadable(stored.unreadable)));
    return found;
}

asio::awaitable<cache_overview> read_cache_overview(std::shared_ptr<fullon_cache::redis_link> link)
{
    const fullon_cache::overview_reader reader(std::move(link));
    cache_overview found;
    found.keys = co_await reader.count_keys();
    auto facts = co_await reader.get_server_facts();
    for (const auto& [kind, count] : found.keys)
        found.total_keys += count.keys;
    found.redis_version = std::move(facts.redis_version);
    found.uptime_seconds = facts.uptime_seconds;
    found.connected_clients = facts.connected_clients;
    found.used_memory = facts.used_memory;
    found.max_memory = facts.max_memory;
    found.hit_rate = facts.hit_rate;
    co_return found;
}

} // namespace

asio::awaitable<answer<process_performance>> get_processes_performance::run(operation_context& context,
                                                                            params)
{
    auto reading = within_time_of(context, context.processes.list_counted_processes());
    const auto stored = co_await std::move(reading);
    auto found = measure(stored, epoch_now());
    const bool any = found.processes != 0;
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<cache_overview>> get_processes_cache_overview::run(operation_context& context, params)
{
    auto reading = within_time_of(context, read_cache_overview(context.link));
    auto found = co_await std::move(reading);
    const auto own = context.metrics->scrape();
    found.server.uptime_seconds = own.uptime_seconds;
    found.server.connections = own.connections;
    found.server.cache = own.cache;
    found.server.redis = own.redis;
    const bool any = found.total_keys != 0;
    co_return found_in_redis(std::move(found), any);
}

} // namespace fullon_cache_api::operations
