// Judging processes by the times that they report. Does no I/O; "now" is a parameter.
#pragma once

#include <fullon_cache/system_health.hpp>

#include <fullon_orm/process_info.hpp>

#include <chrono>
#include <vector>

namespace fullon_cache {

/// A process whose last heartbeat is older than this is stale.
inline constexpr std::chrono::seconds stale_after{300};

/// A process counts as active for this long after its last update, unless a caller asks for another time.
inline constexpr std::chrono::minutes active_for{5};

/// A process counts for the health of the system for this long after its last update.
inline constexpr std::chrono::minutes counted_for{60};

/// How far a time may be ahead of now, because it comes from the clock of another machine. A time that is
/// further ahead (or given in milliseconds) does not tell when it was written.
inline constexpr std::chrono::seconds most_ahead{60};

/// Whether a process gives no sign of life: its heartbeat is missing or older than `stale_after`, or its
/// heartbeat or last update is ahead of now by more than `most_ahead`.
///
/// \code
/// if (is_stale(process, fullon_orm::now_seconds())) // process: a fullon_orm::process_info
///     alarm(process.component);
/// \endcode
/// \param now epoch seconds, here and below
bool is_stale(const fullon_orm::process_info& process, double now);

/// Whether the last update is at most `within` before now, and not ahead of it by more than `most_ahead`.
/// False without an update.
bool is_active(const fullon_orm::process_info& process, double now, std::chrono::seconds within = active_for);

/// Whether a process counts for the health of the system: its last update is at most `counted_for` before
/// now, or ahead of now by any amount. Processes that are too far ahead count as stale.
bool is_counted(const fullon_orm::process_info& process, double now);

/// The health of the system, over those processes for which is_counted().
system_health health_of(const std::vector<fullon_orm::process_info>& processes, double now);

} // namespace fullon_cache
