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

/// By which a time may be ahead of now: the clock of another machine. One that is further ahead (or in milliseconds) says
/// nothing of when it was written.
inline constexpr std::chrono::seconds most_ahead{60};

/// Whether there is no sign of life at `now` (epoch seconds): the heartbeat is older than `stale_after`, or missing, or it or
/// the last update is ahead by more than `most_ahead`.
bool is_stale(const fullon_orm::process_info& process, double now);

/// Whether the last update is at most `within` before `now`, and not ahead of it by more than `most_ahead`.
bool is_active(const fullon_orm::process_info& process, double now, std::chrono::seconds within = active_for);

/// Whether the last update is not known to be older than `counted_for`: that of a process that is active so long, and one that
/// is ahead of now, whose process is stale. Health is of these.
bool is_counted(const fullon_orm::process_info& process, double now);

/// Counts those for which is_counted().
system_health health_of(const std::vector<fullon_orm::process_info>& processes, double now);

} // namespace fullon_cache
