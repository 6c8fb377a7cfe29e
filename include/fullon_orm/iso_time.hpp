// Times: epoch seconds as double in the models, ISO 8601 text in what the Python services write.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// Parses an ISO 8601 text into epoch seconds (UTC); empty for everything else.
///
/// Accepted are a date, or date and time with `T` or a space between. Seconds are optional, and so is a
/// fraction of any length, of which microseconds count and further digits are cut off. Then comes `Z`,
/// `+hh:mm`, `+hhmm`, `+hh` (or with `-`), or nothing, which means UTC.
///
/// \code
/// const auto time = parse_time("2025-11-07T07:20:00.123456+00:00"); // 1762500000.123456
/// const auto text = format_iso(*time);                              // the same text again
/// \endcode
std::optional<double> parse_time(std::string_view text);

/// Formats epoch seconds as Python's `datetime.isoformat()` does in UTC: `2025-11-07T07:20:00.123456+00:00`,
/// without a fraction where the nearest microsecond has none. Empty for what is not finite or outside the
/// years 1 to 9999.
std::string format_iso(double epoch_seconds);

/// Epoch seconds as a time point, to the nearest microsecond. What a time point cannot hold becomes the
/// nearest that it can; NaN becomes the epoch.
std::chrono::sys_time<std::chrono::microseconds> to_time_point(double epoch_seconds);

} // namespace fullon_orm
