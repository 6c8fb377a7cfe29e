// Times: float epoch seconds in the models, ISO 8601 in what the Python services write.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// Epoch seconds (UTC) of an ISO 8601 text: a date, or date and time with `T` or a space between, the seconds and
/// any length of fraction optional (microseconds count, further digits are cut off), then `Z`, `+hh:mm`, `+hhmm`,
/// `+hh` or nothing, which means UTC. Empty for everything else.
std::optional<double> parse_time(std::string_view text);

/// As Python's `datetime.isoformat()` in UTC: `2025-11-07T07:20:00.123456+00:00`, without a fraction when the
/// nearest microsecond has none. Empty where there is no such text: not finite, or outside the years 1 to 9999.
std::string format_iso(double epoch_seconds);

/// The nearest microsecond. What a time point cannot hold becomes the nearest it can; NaN becomes the epoch.
std::chrono::sys_time<std::chrono::microseconds> to_time_point(double epoch_seconds);

} // namespace fullon_orm
