// A trade: public ones of an exchange, and a user's own.
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

/// Redis: lists `trades:{exchange}:{symbol without "/"}` and `user_trades:{uid}:{exchange}`, elements = JSON with these
/// members in this order. Price and volume are certain to be there; the exchange stands in the key alone.
struct trade {
    std::optional<stored_id> trade_id{};
    std::optional<stored_id> ex_trade_id{}; ///< the exchange's own id
    std::optional<stored_id> ex_order_id{};
    std::optional<stored_id> uid{};
    std::optional<stored_id> ex_id{}; ///< exchange account
    std::string symbol{}; ///< such as `BTC/USDT`
    std::optional<std::string> order_type{};
    std::optional<std::string> side{}; ///< `buy` or `sell`
    double volume = 0;
    double price = 0;
    std::optional<double> cost{};
    std::optional<double> fee{};
    std::optional<double> cur_volume{}; ///< of the position after this trade
    std::optional<double> cur_avg_price{};
    std::optional<double> cur_avg_cost{};
    std::optional<double> cur_fee{};
    std::optional<double> roi{};
    std::optional<double> roi_pct{};
    std::optional<double> total_fee{};
    std::optional<double> leverage{};
    std::optional<double> time{}; ///< epoch seconds

    /// `time` as a time point.
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

/// The JSON that is stored; the time as epoch seconds (older services wrote ISO 8601: both are read).
std::string to_json(const trade& value);

/// Reads stored JSON; unreadable without a finite price and volume. `symbol` is that of its key, with or without "/":
/// the stored one counts where it is the same apart from the "/". Empty (the key has none): the stored one.
boost::system::result<trade, read_error> trade_from_json(std::string_view json, std::string_view symbol = {});

/// A symbol as it stands in keys of trades and bars: without "/".
std::string without_slash(std::string_view symbol);

} // namespace fullon_orm
