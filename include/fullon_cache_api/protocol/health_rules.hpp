// When data counts as healthy, degraded or unhealthy. Sans-io.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::protocol {

enum class health_state : std::uint8_t { healthy, degraded, unhealthy };

/// As the wire has it.
std::string health_text(health_state state);

health_state worse_of(health_state one, health_state other) noexcept;

/// Seconds after which data are degraded, and unhealthy.
struct age_limits {
    double degraded = 300;
    double unhealthy = 3600;
};

/// By the age of a time (epoch seconds); one that is not known is unhealthy.
health_state state_by_age(std::optional<double> time, double now, age_limits limits = {}) noexcept;

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
/// take a minute. Empty where the timeframe says nothing.
std::optional<bool> bars_are_fresh(std::optional<double> newest, std::string_view timeframe,
                                   double now) noexcept;

} // namespace fullon_cache_api::protocol
