// Orders: what the exchanges say about them.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/listing.hpp>

#include <fullon_orm/order.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {

/// Reads orders: the state of each order as the services last wrote it.
///
/// Redis: hash `order_status:{exchange}`, field = the exchange's order id (`ex_order_id`), or `order_id`
/// where the exchange has given none, value = JSON of a `fullon_orm::order`. Every member of an order may be
/// missing.
///
/// \code
/// const fullon_cache::orders_reader orders(redis); // redis: a started fullon_cache::connection
/// const auto order = co_await orders.get_order_status("binance", "EX-1001");
/// if (order && order->status == "filled")
///     settle(*order);
/// \endcode
///
/// \par Errors as in cache_base. Methods that return several orders leave out unreadable ones and log how
///             many there were.
class orders_reader : public cache_base {
public:
    explicit orders_reader(const connection& redis) : orders_reader(redis.shared_link()) {}
    explicit orders_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.orders")
    {}

    /// Reads one order (HGET).
    /// \param order_id the field: the exchange's id where it is known.
    /// \returns the order, or an empty optional if the exchange has no such field.
    /// \throws cache_error `errc::serialization` if the stored value cannot be read; `errc::invalid_argument`
    ///         if the exchange is empty or contains a ':', or the id is empty.
    boost::asio::awaitable<std::optional<fullon_orm::order>> get_order_status(std::string exchange,
                                                                              std::string order_id) const;

    /// Looks for an order at every exchange; of several the one with the latest `order::timestamp` counts.
    ///
    /// Costs a walk of the key space (SCAN) and one pipeline of HGET.
    /// \returns an empty optional if no exchange has it.
    /// \throws cache_error `errc::serialization` if there are values but none can be read;
    ///         `errc::invalid_argument` if the id is empty.
    boost::asio::awaitable<std::optional<fullon_orm::order>> find_order(std::string order_id) const;

    /// Reads every order of an exchange, in no particular order.
    ///
    /// Big hashes are read in chunks (HSCAN): the result is not a snapshot of one instant.
    /// \throws cache_error `errc::invalid_argument` if the exchange is empty.
    boost::asio::awaitable<std::vector<fullon_orm::order>> get_orders(std::string exchange) const;
    /// The same, with the number of unreadable orders.
    boost::asio::awaitable<listing<fullon_orm::order>> list_orders(std::string exchange) const;

    /// The number of readable orders of an exchange. Reads all of them, as get_orders() does.
    boost::asio::awaitable<std::int64_t> get_queue_length(std::string exchange) const;

    /// The exchanges that have a hash of orders, sorted, each once. Walks the key space (SCAN).
    boost::asio::awaitable<std::vector<std::string>> get_order_exchanges() const;

private:
    struct calls;
};

} // namespace fullon_cache
