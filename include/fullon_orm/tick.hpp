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

/// The latest price of one symbol at one exchange. Redis: hash `tickers:{exchange}`, field `{symbol}`, value
/// a JSON object with these members in this order; the same JSON is published on the channel
/// `ticker_updates:{exchange}:{symbol}`.
///
/// Prices are in the quote currency of the symbol. Optional numbers are empty where Redis has none.
///
/// \code
/// const auto read = tick_from_json(text, "binance", "BTC/USDT");
/// if (read)
///     show(read->price, read->time_point());
/// \endcode
//
// Each member has an initialiser, so that `tick{.price = 1}` is complete for every compiler's warnings.
struct tick {
    std::string symbol{}; ///< such as `BTC/USDT`: the field in Redis
    std::string exchange{}; ///< from the key in Redis
    double price = 0; ///< always there
    std::optional<double> volume{}; ///< as the service wrote it
    std::optional<double> time{}; ///< time of the tick, epoch seconds
    std::optional<double> bid{}; ///< highest price of a buyer
    std::optional<double> ask{}; ///< lowest price of a seller
    std::optional<double> last{}; ///< price of the last trade

    /// `time` as a time point, to the nearest microsecond; empty where `time` is.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time_point() const
    {
        return time ? std::optional(to_time_point(*time)) : std::nullopt;
    }

    bool operator==(const tick&) const = default;
};
BOOST_DESCRIBE_STRUCT(tick, (), (symbol, exchange, price, volume, time, bid, ask, last))

/// The JSON to be stored and published, as the Python services write it; empty members as null.
std::string to_json(const tick& value);

/// Reads a stored or published tick. Exchange and symbol are those of key and field, or of the channel; what
/// the JSON says is ignored. Without a finite price it is unreadable.
boost::system::result<tick, read_error> tick_from_json(std::string_view json, std::string exchange,
                                                       std::string symbol);

} // namespace fullon_orm
