// The current time in the form of the models.
#pragma once

#include <chrono>

namespace fullon_orm {

/// The time of the system clock as epoch seconds, in whole microseconds.
///
/// \code
/// fullon_orm::tick one{.symbol = "BTC/USDT", .exchange = "binance", .price = 50000, .time = now_seconds()};
/// \endcode
inline double now_seconds()
{
    using namespace std::chrono;
    const auto now = time_point_cast<microseconds>(system_clock::now());
    return static_cast<double>(now.time_since_epoch().count()) / 1e6;
}

/// The longest lifetime of a key, a hundred years: longer ones are cut to this. It can be added to any
/// current time without overflow, and Redis accepts it.
inline constexpr std::chrono::seconds longest_lifetime = std::chrono::hours(24 * 36500);

} // namespace fullon_orm
