// A trade: a public one of an exchange, or a user's own.
#pragma once

#include <fullon_orm/id.hpp>
#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/read_error.hpp>

#include <boost/describe/class.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// A trade, public or a user's own. Redis: lists `trades:{exchange}:{symbol without "/"}` and
/// `user_trades:{uid}:{exchange}`, each element a JSON object with these members in this order, newest at the
/// end. The exchange is part of the key only.
///
/// Only price and volume are always there. Members that a public trade does not have (`uid`, `cur_volume`,
/// ...) are empty.
///
/// \code
/// const auto read = trade_from_json(text, "BTC/USDT");
/// if (read)
///     show(read->volume, read->price, read->time_point());
/// \endcode
struct trade {
    std::optional<stored_id> trade_id{}; ///< number or text, as it is stored
    std::optional<stored_id> ex_trade_id{}; ///< the exchange's own id
    std::optional<stored_id> ex_order_id{}; ///< the exchange's id of the order that it filled
    std::optional<stored_id> uid{}; ///< id of the user
    std::optional<stored_id> ex_id{}; ///< exchange account
    std::string symbol{}; ///< such as `BTC/USDT`
    std::optional<std::string> order_type{}; ///< such as `limit`, `market`
    std::optional<std::string> side{}; ///< `buy` or `sell`
    double volume = 0; ///< in the base currency
    double price = 0; ///< in the quote currency
    std::optional<double> cost{}; ///< in the quote currency
    std::optional<double> fee{}; ///< as the service wrote it; no currency is stored with it
    std::optional<double> cur_volume{}; ///< of the position after this trade
    std::optional<double> cur_avg_price{}; ///< as the service wrote it
    std::optional<double> cur_avg_cost{}; ///< as the service wrote it
    std::optional<double> cur_fee{}; ///< as the service wrote it
    std::optional<double> roi{}; ///< as the service wrote it
    std::optional<double> roi_pct{}; ///< as the service wrote it
    std::optional<double> total_fee{}; ///< as the service wrote it
    std::optional<double> leverage{}; ///< as the service wrote it
    std::optional<double> time{}; ///< time of the trade, epoch seconds

    /// `time` as a time point, to the nearest microsecond; empty where `time` is.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time_point() const
    {
        return time ? std::optional(to_time_point(*time)) : std::nullopt;
    }

    bool operator==(const trade&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade, (),
                      (trade_id, ex_trade_id, ex_order_id, uid, ex_id, symbol, order_type, side, volume,
                       price, cost, fee, cur_volume, cur_avg_price, cur_avg_cost, cur_fee, roi, roi_pct,
                       total_fee, leverage, time))

/// The JSON to be stored; empty members as null, the time as epoch seconds. (Older services wrote ISO 8601;
/// both are read.)
std::string to_json(const trade& value);

/// Reads a stored trade. Without a finite price and volume it is unreadable.
/// \param symbol that of the key, with or without "/". The stored symbol is kept where it is the same apart
///               from "/", else it is replaced. Empty where the key has no symbol: the stored one is kept.
boost::system::result<trade, read_error> trade_from_json(std::string_view json, std::string_view symbol = {});

/// The symbol as keys of trades and bars spell it, without "/": `BTCUSDT` for `BTC/USDT`.
std::string without_slash(std::string_view symbol);

} // namespace fullon_orm
