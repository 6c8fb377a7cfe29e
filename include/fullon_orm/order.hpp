// An order at an exchange.
#pragma once

#include <fullon_orm/detail/iso_times.hpp>
#include <fullon_orm/id.hpp>
#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/read_error.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/fwd.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// An order at an exchange. Redis: hash `order_status:{exchange}`, field `{ex_order_id}` or `{order_id}`,
/// value a JSON object with these members in this order.
///
/// Every member may be empty: services write what they know, and later writes are merged. In an order that
/// updates a stored one, empty means unchanged. Prices are in the quote currency of the symbol, volumes in
/// its base currency.
///
/// \code
/// const auto read = order_from_json(text, "binance", "777");
/// if (read && read->status == "open")
///     show(read->order_id, read->volume, read->final_volume);
/// \endcode
struct order {
    std::string order_id{}; ///< when it was read: the field in Redis
    std::optional<stored_id> ex_order_id{}; ///< the exchange's own id
    std::optional<stored_id> bot_id{}; ///< id of its bot
    std::optional<stored_id> uid{}; ///< id of its user
    std::optional<stored_id> ex_id{}; ///< exchange account
    std::optional<stored_id> cat_ex_id{}; ///< id of the exchange in the catalogue
    std::optional<std::string> exchange{}; ///< when it was read: that of the key in Redis
    std::optional<std::string> symbol{}; ///< such as `BTC/USDT`
    std::optional<std::string> order_type{}; ///< such as `limit`, `market`
    std::optional<std::string> side{}; ///< `buy` or `sell`
    std::optional<double> volume{}; ///< amount ordered
    std::optional<double> final_volume{}; ///< amount filled
    std::optional<double> price{}; ///< price ordered
    std::optional<double> plimit{}; ///< as the service wrote it
    std::optional<double> tick{}; ///< as the service wrote it
    std::optional<bool> futures{}; ///< as the service wrote it
    std::optional<double> leverage{}; ///< as the service wrote it
    std::optional<std::string> status{}; ///< such as `open`, `partially_filled`, `filled`, `canceled`
    std::optional<std::string> command{}; ///< as the service wrote it
    std::optional<std::string> reason{}; ///< as the service wrote it
    std::optional<double> timestamp{}; ///< when it was written, epoch seconds; stored as ISO 8601 text

    /// `timestamp` as a time point, to the nearest microsecond; empty where `timestamp` is.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time_point() const
    {
        return timestamp ? std::optional(to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const order&) const = default;
};
BOOST_DESCRIBE_STRUCT(order, (),
                      (order_id, ex_order_id, bot_id, uid, ex_id, cat_ex_id, exchange, symbol, order_type,
                       side, volume, final_volume, price, plimit, tick, futures, leverage, status, command,
                       reason, timestamp))

/// The time of an order is stored as ISO 8601 text.
template <>
inline constexpr bool detail::stores_iso_times<order> = true;

/// The JSON to be stored; empty members as null, the time as ISO 8601 text.
std::string to_json(const order& value);

/// Reads a stored order. Its exchange and id are those of key and field; what the JSON says is ignored.
/// \returns read_fault::not_json or read_fault::not_an_object where it is unreadable
boost::system::result<order, read_error> order_from_json(std::string_view json, std::string exchange,
                                                         std::string order_id);

/// The JSON to be stored after an update: members that `update` has replace those that are stored. Everything
/// else stays as it was written, members that this library does not know included.
std::string merge_order(const boost::json::object& stored, const order& update);

/// Whether the status is exactly `canceled`: such an order gets a lifetime.
bool is_canceled(const order& value) noexcept;

} // namespace fullon_orm
