// A tick: the latest price of one symbol at one exchange.
#pragma once

#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/read_error.hpp>

#include <boost/describe/class.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// Redis: hash `tickers:{exchange}`, field = symbol, value = JSON with these members in this order. Optional numbers
/// are empty where Redis has none. `time` is epoch seconds. (Each has an initialiser, so that
/// `tick{.price = 1}` is complete for every compiler's warnings.)
struct tick {
    std::string symbol{};
    std::string exchange{};
    double price = 0;
    std::optional<double> volume{};
    std::optional<double> time{};
    std::optional<double> bid{};
    std::optional<double> ask{};
    std::optional<double> last{};

    /// `time` as a time point.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time_point() const
    {
        return time ? std::optional(to_time_point(*time)) : std::nullopt;
    }

    bool operator==(const tick&) const = default;
};
BOOST_DESCRIBE_STRUCT(tick, (), (symbol, exchange, price, volume, time, bid, ask, last))

/// The JSON that the Python services store and publish.
std::string to_json(const tick& value);

/// Reads stored or published JSON. Exchange and symbol are those of its key and field (or channel): what the JSON
/// says they are is ignored. Unreadable without a finite price.
boost::system::result<tick, read_error> tick_from_json(std::string_view json, std::string exchange,
                                                       std::string symbol);

} // namespace fullon_orm
