// The ticker: result of a query, item of a stream, message on the wire.
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

/// The latest price of one symbol at one exchange. Result of cache_calls::get_ticker(), item of
/// cache_calls::stream_tickers() (topic `tickers:{exchange}:{symbol}`). Redis: hash `tickers:{exchange}`,
/// field `{symbol}`.
///
/// Prices are in the quote currency of the symbol. Optional numbers are empty where Redis has none.
///
/// \code
/// if (auto found = co_await cache.get_ticker("binance", "BTC/USDT"))
///     show(found->price, found->time());
/// \endcode
struct ticker {
    std::string exchange; ///< from the key in Redis
    std::string symbol; ///< the field in Redis, such as `BTC/USDT`
    double price = 0; ///< always there: an entry without a finite price is unreadable
    std::optional<double> volume; ///< as the service wrote it
    std::optional<double> timestamp; ///< time of the tick, epoch seconds; stored as `time`
    std::optional<double> bid; ///< highest price of a buyer
    std::optional<double> ask; ///< lowest price of a seller
    std::optional<double> last; ///< price of the last trade

    /// `timestamp` as a time point, to the nearest microsecond; empty where `timestamp` is.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const ticker&) const = default;
};
BOOST_DESCRIBE_STRUCT(ticker, (), (exchange, symbol, price, volume, timestamp, bid, ask, last))

/// A stored tick as the API reports it.
ticker to_ticker(const fullon_orm::tick& stored);

} // namespace fullon_cache_api
