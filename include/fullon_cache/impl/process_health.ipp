// Bodies of process_health.hpp.
#pragma once

#include <fullon_cache/process_health.hpp>

namespace fullon_cache {

bool is_stale(const fullon_orm::process_info& process, double now)
{
    return !process.heartbeat || now - *process.heartbeat > static_cast<double>(stale_after.count());
}

bool is_active(const fullon_orm::process_info& process, double now, std::chrono::seconds within)
{
    return process.updated_at && now - *process.updated_at <= static_cast<double>(within.count());
}

system_health health_of(const std::vector<fullon_orm::process_info>& processes, double now)
{
    system_health health;
    for (const auto& one : processes) {
        if (!is_active(one, now, counted_for))
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
