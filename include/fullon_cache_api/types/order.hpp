// The order: result of a query, message on the wire.
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

/// An order. Result of cache_calls::get_order_status(), element of cache_calls::get_user_orders(). Redis:
/// hash `order_status:{exchange}`, field `{order_id}`.
///
/// What the services have not written is empty. Prices are in the quote currency, amounts in the base
/// currency of the symbol.
///
/// \code
/// if (auto found = co_await cache.get_order_status("binance", "777"))
///     if (found->remaining)
///         show(found->status.value_or("unknown"), *found->remaining);
/// \endcode
struct order {
    std::string order_id; ///< the field in Redis
    std::optional<fullon_orm::stored_id> ex_order_id; ///< the exchange's own id
    std::optional<std::string> symbol; ///< such as `BTC/USDT`
    std::string exchange; ///< from the key in Redis
    std::optional<std::string> side; ///< `buy` or `sell`
    std::optional<std::string> order_type; ///< such as `limit`, `market`
    std::optional<double> amount; ///< amount ordered; stored as `volume`
    std::optional<double> price; ///< price ordered
    /// Amount filled, stored as `final_volume`. Empty where no service has written it, also for a closed
    /// order.
    std::optional<double> filled;
    std::optional<double> remaining; ///< amount less filled, not below 0; empty where one of them is
    std::optional<std::string> status; ///< such as `open`, `partially_filled`, `filled`, `canceled`
    std::optional<fullon_orm::stored_id> bot_id; ///< id of its bot
    std::optional<fullon_orm::stored_id> uid; ///< id of its user
    std::optional<double> leverage; ///< as the service wrote it
    std::optional<bool> futures; ///< as the service wrote it
    std::optional<std::string> command; ///< as the service wrote it, such as `spread`
    std::optional<std::string> reason; ///< as the service wrote it
    std::optional<double> timestamp; ///< when it was last written, epoch seconds

    /// `timestamp` as a time point, to the nearest microsecond; empty where `timestamp` is.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const order&) const = default;
};
BOOST_DESCRIBE_STRUCT(order, (),
                      (order_id, ex_order_id, symbol, exchange, side, order_type, amount, price, filled,
                       remaining, status, bot_id, uid, leverage, futures, command, reason, timestamp))

/// A stored order as the API reports it.
order to_order(const fullon_orm::order& stored);

} // namespace fullon_cache_api
