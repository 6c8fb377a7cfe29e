// When data counts as healthy, degraded or unhealthy. Sans-io.
#pragma once

#include <fullon_cache/process_health.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::protocol {

enum class health_state : std::uint8_t { healthy, degraded, unhealthy };

/// As the wire has it.
std::string health_text(health_state state);

health_state worse_of(health_state one, health_state other) noexcept;
health_state better_of(health_state one, health_state other) noexcept;

/// Seconds by which a time may be ahead of now: the clock of another machine. One that is further ahead (or in milliseconds)
/// says nothing of when the data came: they do not count as current.
inline constexpr double most_ahead = static_cast<double>(fullon_cache::most_ahead.count());

/// Whether a time (epoch seconds) is known, at most `most_age` seconds old, and not further ahead than `most_ahead`.
bool is_current(std::optional<double> time, double now, double most_age) noexcept;

/// Seconds since a time (epoch seconds), not below 0. Empty where it is not known, or further ahead than `most_ahead`.
std::optional<double> age_of(std::optional<double> time, double now) noexcept;

/// Seconds after which data are degraded, and unhealthy.
struct age_limits {
    double degraded = 300;
    double unhealthy = 3600;
};

/// By the age of a time (epoch seconds); one that is not known, or too far ahead of now, is unhealthy.
health_state state_by_age(std::optional<double> time, double now, age_limits limits = {}) noexcept;

/// By the age of what waits first in a queue that is not empty: of its oldest entry, where that says no time of its newest;
/// degraded where neither does.
health_state state_by_wait(std::optional<double> oldest, std::optional<double> newest, double now) noexcept;

/// Healthy when none of `all` is bad, unhealthy when every one is (also when there is none), degraded else.
health_state state_by_share(std::int64_t bad, std::int64_t all) noexcept;

/// Unreadable entries degrade: somebody writes what nobody can read.
health_state state_by_unreadable(std::int64_t unreadable) noexcept;

/// The oldest and the newest of some times; empty without any.
struct time_span {
    void add(std::optional<double> time) noexcept;

    std::optional<double> oldest{};
    std::optional<double> newest{};
};

/// How long a bar is: `1m`, `15m`, `4h`, `1d`, `1w`, `1M` (30 days), `30s`, in seconds; empty for other texts.
std::optional<double> timeframe_seconds(std::string_view timeframe) noexcept;

/// Whether a list of bars whose newest begins at `newest` is kept up to date: the bar after it is not over yet, give or
/// take a minute, and the newest does not begin in the future. Empty where the timeframe says nothing.
std::optional<bool> bars_are_fresh(std::optional<double> newest, std::string_view timeframe,
                                   double now) noexcept;

} // namespace fullon_cache_api::protocol
