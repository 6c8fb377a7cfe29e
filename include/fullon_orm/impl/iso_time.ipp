// Bodies of iso_time.hpp.
#pragma once

#include <fullon_orm/detail/text.hpp>
#include <fullon_orm/iso_time.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace fullon_orm {
namespace {

constexpr std::int64_t micros_per_second = 1'000'000;

// Reads an ISO text from the left; each step says whether it found what it wanted.
class iso_reader {
public:
    explicit iso_reader(std::string_view text) : rest_(text) {}

    bool done() const { return rest_.empty(); }

    bool digits(std::size_t count, int& value)
    {
        if (rest_.size() < count)
            return false;
        value = 0;
        for (const char c : rest_.substr(0, count)) {
            if (!detail::is_digit(c))
                return false;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return true;
    }

    bool one_of(std::string_view characters)
    {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos)
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    // Digits after the point; at least one.
    bool fraction(std::int64_t& micros)
    {
        if (rest_.empty() || !detail::is_digit(rest_.front()))
            return false;
        micros = 0;
        for (std::int64_t unit = micros_per_second / 10; !rest_.empty() && detail::is_digit(rest_.front());
             unit /= 10) {
            micros += unit * (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return true;
    }

    // What the zone is ahead of UTC, in seconds; the rest of the text.
    bool zone(std::int64_t& ahead)
    {
        ahead = 0;
        if (done())
            return true;
        if (one_of("Zz"))
            return done();
        const bool west = !rest_.empty() && rest_.front() == '-';
        int hours = 0;
        int minutes = 0;
        if (!one_of("+-") || !digits(2, hours))
            return false;
        if (!done()) {
            one_of(":");
            if (!digits(2, minutes))
                return false;
        }
        if (!done() || hours > 23 || minutes > 59)
            return false;
        ahead = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
        return true;
    }

private:
    std::string_view rest_;
};

void append_digits(std::string& out, std::int64_t value, std::int64_t highest_unit)
{
    for (; highest_unit != 0; highest_unit /= 10)
        out.push_back(static_cast<char>('0' + value / highest_unit % 10));
}

} // namespace

std::optional<double> parse_time(std::string_view text)
{
    iso_reader reader(detail::trim(text));
    int year = 0;
    int month = 0;
    int day = 0;
    if (!reader.digits(4, year) || !reader.one_of("-") || !reader.digits(2, month) || !reader.one_of("-") ||
        !reader.digits(2, day))
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || year == 0)
        return std::nullopt;

    int hour = 0;
    int minute = 0;
    int second = 0;
    std::int64_t micros = 0;
    std::int64_t ahead = 0;
    if (!reader.done()) {
        if (!reader.one_of("Tt ") || !reader.digits(2, hour) || !reader.one_of(":") ||
            !reader.digits(2, minute))
            return std::nullopt;
        if (reader.one_of(":")) {
            if (!reader.digits(2, second))
                return std::nullopt;
            if (reader.one_of(".,") && !reader.fraction(micros))
                return std::nullopt;
        }
        if (hour > 23 || minute > 59 || second > 59 || !reader.zone(ahead))
            return std::nullopt;
    }
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - ahead;
    // The double nearest to the text, as Python's timestamp() gives it. Up to the year 2255 that is one division of a
    // whole number; beyond, a double no longer holds the microseconds but is coarse enough for the plain sum.
    constexpr std::int64_t exact_seconds = (std::int64_t(1) << 53) / micros_per_second - 1;
    if (seconds >= -exact_seconds && seconds <= exact_seconds)
        return static_cast<double>(seconds * micros_per_second + micros) / micros_per_second;
    return static_cast<double>(seconds) + static_cast<double>(micros) / micros_per_second;
}

std::chrono::sys_time<std::chrono::microseconds> to_time_point(double epoch_seconds)
{
    using time_point = std::chrono::sys_time<std::chrono::microseconds>;
    if (std::isnan(epoch_seconds))
        return {};
    // The largest whole second that still leaves room for a fraction.
    constexpr auto bound =
        static_cast<double>(std::numeric_limits<std::int64_t>::max() / micros_per_second - 1);
    if (epoch_seconds > bound)
        return time_point::max();
    if (epoch_seconds < -bound)
        return time_point::min();
    // Seconds and fraction apart, as Python does: the product of the whole would round twice.
    double seconds = 0;
    const double fraction = std::modf(epoch_seconds, &seconds);
    const auto micros = static_cast<std::int64_t>(std::nearbyint(fraction * micros_per_second));
    return time_point(
        std::chrono::microseconds(static_cast<std::int64_t>(seconds) * micros_per_second + micros));
}

std::string format_iso(double epoch_seconds)
{
    std::string out;
    if (!std::isfinite(epoch_seconds))
        return out;
    const auto time = to_time_point(epoch_seconds);
    // Checked on the time point: a calendar year beyond the 16 bits of std::chrono::year wraps round.
    constexpr auto first = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
    constexpr auto end = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);
    if (time < first || time >= end)
        return out;
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::int64_t micros = (time - day).count();
    const std::int64_t seconds = micros / micros_per_second;

    out.reserve(32);
    append_digits(out, static_cast<int>(date.year()), 1000);
    out.push_back('-');
    append_digits(out, static_cast<unsigned>(date.month()), 10);
    out.push_back('-');
    append_digits(out, static_cast<unsigned>(date.day()), 10);
    out.push_back('T');
    append_digits(out, seconds / 3600, 10);
    out.push_back(':');
    append_digits(out, seconds / 60 % 60, 10);
    out.push_back(':');
    append_digits(out, seconds % 60, 10);
    if (const std::int64_t fraction = micros % micros_per_second; fraction != 0) {
        out.push_back('.');
        append_digits(out, fraction, micros_per_second / 10);
    }
    out.append("+00:00");
    return out;
}

} // namespace fullon_orm
