// The order as it travels on the wire and as the client hands it out.
#pragma once

#include <fullon_orm/id.hpp>
#include <fullon_orm/iso_time.hpp>

#include <boost/describe/class.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace fullon_orm {
struct order;
}

namespace fullon_cache_api {

/// An order (Redis: hash `order_status:{exchange}`, field = order_id). What its service did not write is empty.
struct order {
    std::string order_id;
    std::optional<fullon_orm::stored_id> ex_order_id; ///< the exchange's own id
    std::optional<std::string> symbol;
    std::string exchange;
    std::optional<std::string> side; ///< `buy` or `sell`
    std::optional<std::string> order_type; ///< such as `limit`, `market`
    std::optional<double> amount;
    std::optional<double> price;
    std::optional<double> filled; ///< empty where nobody has said how much, also of an order that is closed
    std::optional<double> remaining; ///< amount - filled, not below 0; empty where one of them is
    std::optional<std::string> status;
    std::optional<fullon_orm::stored_id> bot_id;
    std::optional<fullon_orm::stored_id> uid;
    std::optional<double> leverage;
    std::optional<bool> futures;
    std::optional<std::string> command;
    std::optional<std::string> reason;
    std::optional<double> timestamp; ///< of its last write, epoch seconds

    /// `timestamp` as a time point.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const order&) const = default;
};
BOOST_DESCRIBE_STRUCT(order, (),
                      (order_id, ex_order_id, symbol, exchange, side, order_type, amount, price, filled,
                       remaining, status, bot_id, uid, leverage, futures, command, reason, timestamp))

order to_order(const fullon_orm::order& stored);

} // namespace fullon_cache_api
