// How the trading system is, as its processes report; sans-io.
#pragma once

#include <fullon_cache/system_health.hpp>

#include <fullon_orm/process_info.hpp>

#include <chrono>
#include <vector>

namespace fullon_cache {

/// A process whose last sign of life is older than this is stale.
inline constexpr std::chrono::seconds stale_after{300};

/// A process counts as active for this long after its last update, where nothing else is asked for.
inline constexpr std::chrono::minutes active_for{5};

/// The same for the health of the system.
inline constexpr std::chrono::minutes counted_for{60};

/// Whether the heartbeat is older than `stale_after` at `now` (epoch seconds), or missing.
bool is_stale(const fullon_orm::process_info& process, double now);

/// Whether the last update is at most `within` before `now`.
bool is_active(const fullon_orm::process_info& process, double now, std::chrono::seconds within = active_for);

/// Counts those that are active within `counted_for`.
system_health health_of(const std::vector<fullon_orm::process_info>& processes, double now);

} // namespace fullon_cache
