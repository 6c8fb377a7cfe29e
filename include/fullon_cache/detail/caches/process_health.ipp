// Bodies of process_health.hpp.
#pragma once

#include <fullon_cache/process_health.hpp>

namespace fullon_cache {

namespace {

double seconds_of(std::chrono::seconds time)
{
    return static_cast<double>(time.count());
}

bool is_ahead(double time, double now)
{
    return time - now > seconds_of(most_ahead);
}

} // namespace

bool is_stale(const fullon_orm::process_info& process, double now)
{
    return !process.heartbeat || now - *process.heartbeat > seconds_of(stale_after) ||
           is_ahead(*process.heartbeat, now) || (process.updated_at && is_ahead(*process.updated_at, now));
}

bool is_active(const fullon_orm::process_info& process, double now, std::chrono::seconds within)
{
    return process.updated_at && now - *process.updated_at <= seconds_of(within) &&
           !is_ahead(*process.updated_at, now);
}

bool is_counted(const fullon_orm::process_info& process, double now)
{
    return process.updated_at && now - *process.updated_at <= seconds_of(counted_for);
}

system_health health_of(const std::vector<fullon_orm::process_info>& processes, double now)
{
    system_health health;
    for (const auto& one : processes) {
        if (!is_counted(one, now))
            continue;
        ++health.total_processes;
        ++health.by_type[one.process_type];
        ++health.by_status[one.status];
        if (is_stale(one, now))
            ++health.stale_processes;
        if (one.status == "error")
            ++health.error_processes;
    }
    health.healthy = health.stale_processes == 0 && health.error_processes == 0;
    return health;
}

} // namespace fullon_cache
