// The trade as it travels on the wire and as the client hands it out.
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

/// A public trade (Redis: list `trades:{exchange}:{symbol without "/"}`).
struct trade {
    std::optional<fullon_orm::stored_id> trade_id;
    std::optional<fullon_orm::stored_id> ex_trade_id; ///< the exchange's own id
    std::string symbol;
    std::string exchange;
    std::optional<std::string> side; ///< `buy` or `sell`
    std::optional<std::string> order_type;
    double volume = 0;
    double price = 0;
    std::optional<double> cost;
    std::optional<double> fee;
    std::optional<double> timestamp; ///< epoch seconds

    /// `timestamp` as a time point.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const trade&) const = default;
};
BOOST_DESCRIBE_STRUCT(trade, (),
                      (trade_id, ex_trade_id, symbol, exchange, side, order_type, volume, price, cost, fee,
                       timestamp))

trade to_trade(const fullon_orm::trade& stored, std::string exchange);

} // namespace fullon_cache_api
