// A bar (candle) of prices.
#pragma once

#include <fullon_orm/as_list.hpp>
#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/read_error.hpp>

#include <boost/describe/class.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace fullon_orm {

/// Redis: list `ohlcv:{symbol}:{timeframe}`, elements = JSON list of these six numbers in this order, newest at the right.
struct bar {
    double timestamp = 0; ///< epoch seconds: when it begins
    double open = 0;
    double high = 0;
    double low = 0;
    double close = 0;
    double volume = 0;

    /// `timestamp` as a time point.
    std::chrono::sys_time<std::chrono::microseconds> time_point() const { return to_time_point(timestamp); }

    bool operator==(const bar&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar, (), (timestamp, open, high, low, close, volume))

template <>
inline constexpr bool stands_as_list<bar> = true;

/// Appends the list: `[1762500000.0, 50000.0, 50100.0, 49900.0, 50050.5, 1234.56]`.
void append_json(std::string& out, const bar& value, json_style style);

/// The JSON that is stored.
std::string to_json(const bar& value);

/// Reads stored JSON. Unreadable without six finite numbers (or their text); further columns are ignored.
boost::system::result<bar, read_error> bar_from_json(std::string_view json);

} // namespace fullon_orm
