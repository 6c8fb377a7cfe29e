// The ticker as it travels on the wire and as the client hands it out.
#pragma once

#include <fullon_orm/iso_time.hpp>

#include <boost/describe/class.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace fullon_orm {
struct tick;
}

namespace fullon_cache_api {

/// The latest price of one symbol at one exchange (Redis: hash `tickers:{exchange}`, field = symbol).
/// Optional numbers are empty where Redis has none. `timestamp` is the tick's time, epoch seconds.
struct ticker {
    std::string exchange;
    std::string symbol;
    double price = 0;
    std::optional<double> volume;
    std::optional<double> timestamp;
    std::optional<double> bid;
    std::optional<double> ask;
    std::optional<double> last;

    /// `timestamp` as a time point.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const ticker&) const = default;
};
BOOST_DESCRIBE_STRUCT(ticker, (), (exchange, symbol, price, volume, timestamp, bid, ask, last))

ticker to_ticker(const fullon_orm::tick& stored);

} // namespace fullon_cache_api
