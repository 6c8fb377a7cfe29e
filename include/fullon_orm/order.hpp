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

/// Redis: hash `order_status:{exchange}`, field = `ex_order_id` or `order_id`, value = JSON with these members in this
/// order. Everything may be missing: services write what they know, and merge. In an order that updates a stored one,
/// empty means unchanged.
struct order {
    std::string order_id{}; ///< when read: the field it was found under
    std::optional<stored_id> ex_order_id{}; ///< the exchange's own id
    std::optional<stored_id> bot_id{};
    std::optional<stored_id> uid{};
    std::optional<stored_id> ex_id{}; ///< exchange account
    std::optional<stored_id> cat_ex_id{}; ///< exchange in the catalogue
    std::optional<std::string> exchange{}; ///< when read: that of the key
    std::optional<std::string> symbol{};
    std::optional<std::string> order_type{}; ///< such as `limit`, `market`
    std::optional<std::string> side{}; ///< `buy` or `sell`
    std::optional<double> volume{}; ///< amount ordered
    std::optional<double> final_volume{}; ///< amount filled
    std::optional<double> price{};
    std::optional<double> plimit{};
    std::optional<double> tick{};
    std::optional<bool> futures{};
    std::optional<double> leverage{};
    std::optional<std::string> status{}; ///< such as `open`, `partially_filled`, `filled`, `canceled`
    std::optional<std::string> command{};
    std::optional<std::string> reason{};
    std::optional<double> timestamp{}; ///< epoch seconds: when it was written

    /// `timestamp` as a time point.
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

template <>
inline constexpr bool detail::stores_iso_times<order> = true;

/// The JSON that is stored; the time as ISO 8601 text.
std::string to_json(const order& value);

/// Reads stored JSON. Exchange and id are those of its key and field: what the JSON says they are is ignored.
boost::system::result<order, read_error> order_from_json(std::string_view json, std::string exchange,
                                                         std::string order_id);

/// The stored JSON after an update: what `update` has replaces what is stored, everything else stays as it was written,
/// members that this library does not know included.
std::string merge_order(const boost::json::object& stored, const order& update);

/// Whether it is exactly `canceled`: what the services give a lifetime.
bool is_canceled(const order& value) noexcept;

} // namespace fullon_orm
