// The trade: result of a query, item of a stream, message on the wire.
#pragma once

#include <fullon_orm/id.hpp>
#include <fullon_orm/iso_time.hpp>

#include <boost/describe/class.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace fullon_orm {
struct trade;
}

namespace fullon_cache_api {

/// A public trade of an exchange. Element of cache_calls::get_trades(), item of
/// cache_calls::stream_trade_updates() (topic `trades:{exchange}:{symbol without "/"}`). Redis: list
/// `trades:{exchange}:{symbol without "/"}`.
///
/// \code
/// auto updates = co_await cache.stream_trade_updates("binance", "BTC/USDT");
/// while (auto trade = co_await updates.next()) {
///     if (trade->missed != 0)
///         warn_of_a_gap(trade->missed);
///     add(trade->volume, trade->price);
/// }
/// \endcode
struct trade {
    std::optional<fullon_orm::stored_id> trade_id; ///< number or text, as it is stored
    std::optional<fullon_orm::stored_id> ex_trade_id; ///< the exchange's own id
    /// As it is stored, such as `BTC/USDT`, where that is the symbol of the key apart from "/"; else the
    /// key's.
    std::string symbol;
    std::string exchange; ///< from the key in Redis
    std::optional<std::string> side; ///< `buy` or `sell`
    std::optional<std::string> order_type; ///< such as `limit`, `market`
    double volume = 0; ///< in the base currency; always there
    double price = 0; ///< in the quote currency; always there
    std::optional<double> cost; ///< in the quote currency
    std::optional<double> fee; ///< as the service wrote it; no currency is stored with it
    std::optional<double> timestamp; ///< time of the trade, epoch seconds; stored as `time`

    /// `timestamp` as a time point, to the nearest microsecond; empty where `timestamp` is.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const trade&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade, (),
                      (trade_id, ex_trade_id, symbol, exchange, side, order_type, volume, price, cost, fee,
                       timestamp))

/// A stored trade as the API reports it; the exchange is part of the key only.
trade to_trade(const fullon_orm::trade& stored, std::string exchange);

} // namespace fullon_cache_api
