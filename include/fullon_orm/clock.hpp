// The time as the models have it.
#pragma once

#include <chrono>

namespace fullon_orm {

/// Epoch seconds, of whole microseconds.
inline double now_seconds()
{
    using namespace std::chrono;
    const auto now = time_point_cast<microseconds>(system_clock::now());
    return static_cast<double>(now.time_since_epoch().count()) / 1e6;
}

/// Longer ones are as good as this, and fit wherever they are added up. Redis takes no end of time.
inline constexpr std::chrono::seconds longest_lifetime = std::chrono::hours(24 * 36500);

} // namespace fullon_orm
