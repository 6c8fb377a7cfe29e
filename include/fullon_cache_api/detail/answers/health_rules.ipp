// Bodies of health_rules.hpp.
#pragma once

#include <fullon_cache_api/detail/answers/health_rules.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace fullon_cache_api::protocol {

std::string health_text(health_state state)
{
    switch (state) {
    case health_state::healthy: return "healthy";
    case health_state::degraded: return "degraded";
    case health_state::unhealthy: break;
    }
    return "unhealthy";
}

health_state worse_of(health_state one, health_state other) noexcept
{
    return std::max(one, other);
}

health_state better_of(health_state one, health_state other) noexcept
{
    return std::min(one, other);
}

bool is_current(std::optional<double> time, double now, double most_age) noexcept
{
    return time && now - *time <= most_age && *time - now <= most_ahead;
}

std::optional<double> age_of(std::optional<double> time, double now) noexcept
{
    if (!time || *time - now > most_ahead)
        return std::nullopt;
    return std::max(0.0, now - *time);
}

health_state state_by_age(std::optional<double> time, double now, age_limits limits) noexcept
{
    if (!is_current(time, now, limits.unhealthy))
        return health_state::unhealthy;
    return is_current(time, now, limits.degraded) ? health_state::healthy : health_state::degraded;
}

health_state state_by_wait(std::optional<double> oldest, std::optional<double> newest, double now) noexcept
{
    const auto known = oldest ? oldest : newest;
    return known ? state_by_age(known, now) : health_state::degraded;
}

health_state state_by_share(std::int64_t bad, std::int64_t all) noexcept
{
    if (bad >= all)
        return health_state::unhealthy;
    return bad > 0 ? health_state::degraded : health_state::healthy;
}

health_state state_by_unreadable(std::int64_t unreadable) noexcept
{
    return unreadable > 0 ? health_state::degraded : health_state::healthy;
}

void time_span::add(std::optional<double> time) noexcept
{
    if (!time)
        return;
    oldest = std::min(oldest.value_or(*time), *time);
    newest = std::max(newest.value_or(*time), *time);
}

std::optional<double> timeframe_seconds(std::string_view timeframe) noexcept
{
    double count = 0;
    if (timeframe.empty())
        return std::nullopt;
    const auto* const begin = timeframe.data();
    const auto* const unit = begin + timeframe.size() - 1;
    const auto read = std::from_chars(begin, unit, count, std::chars_format::fixed);
    if (read.ec != std::errc() || read.ptr != unit || !(count > 0) || !std::isfinite(count))
        return std::nullopt;
    constexpr double day = 86400;
    switch (*unit) {
    case 's': return count;
    case 'm': return count * 60;
    case 'h': return count * 3600;
    case 'd': return count * day;
    case 'w': return count * 7 * day;
    case 'M': return count * 30 * day;
    default: return std::nullopt;
    }
}

std::optional<bool> bars_are_fresh(std::optional<double> newest, std::string_view timeframe,
                                   double now) noexcept
{
    constexpr double slack = 60;
    const auto length = timeframe_seconds(timeframe);
    if (!length)
        return std::nullopt;
    return is_current(newest, now, 2 * *length + slack);
}

} // namespace fullon_cache_api::protocol
