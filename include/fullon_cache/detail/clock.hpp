// The time as the models have it.
#pragma once

#include <chrono>

namespace fullon_cache::detail {

/// Epoch seconds, of whole microseconds.
inline double now_seconds()
{
    using namespace std::chrono;
    const auto now = time_point_cast<microseconds>(system_clock::now());
    return static_cast<double>(now.time_since_epoch().count()) / 1e6;
}

} // namespace fullon_cache::detail
