// A bar (candle): the prices of one period.
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

/// The prices and the volume of one period of a timeframe. Redis: lists `ohlcv:{symbol}:{timeframe}`, each
/// element a JSON list of these six numbers in this order, newest at the end.
///
/// \code
/// const auto read = bar_from_json("[1762500000.0, 50000.0, 50100.0, 49900.0, 50050.5, 1234.56]");
/// if (read)
///     show(read->time_point(), read->close);
/// \endcode
struct bar {
    double timestamp = 0; ///< when the period begins, epoch seconds
    double open = 0; ///< first price, in the quote currency
    double high = 0; ///< highest price
    double low = 0; ///< lowest price
    double close = 0; ///< last price; of a period that is not over, the latest
    double volume = 0; ///< volume traded in the period, as the service wrote it

    /// `timestamp` as a time point, to the nearest microsecond.
    std::chrono::sys_time<std::chrono::microseconds> time_point() const { return to_time_point(timestamp); }

    bool operator==(const bar&) const = default;
};
BOOST_DESCRIBE_STRUCT(bar, (), (timestamp, open, high, low, close, volume))

/// A bar is a list in JSON.
template <>
inline constexpr bool stands_as_list<bar> = true;

/// Appends the list to `out`: `[1762500000.0, 50000.0, 50100.0, 49900.0, 50050.5, 1234.56]`.
void append_json(std::string& out, const bar& value, json_style style);

/// The JSON to be stored: the list in json_style::redis.
std::string to_json(const bar& value);

/// Reads a stored bar. It must have six finite numbers, or their text; further columns are ignored.
boost::system::result<bar, read_error> bar_from_json(std::string_view json);

} // namespace fullon_orm
