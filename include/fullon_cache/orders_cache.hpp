// Writing orders, as the services of the trading system do.
#pragma once

#include <fullon_cache/orders_reader.hpp>

#include <chrono>

namespace fullon_cache {

/// Writes orders, with the Redis formats of the Python library.
///
/// An order is stored in `order_status:{exchange}` under its `ex_order_id`, or its `order_id` if it has none;
/// its `timestamp` is set to now. An order whose status is `canceled` expires after `config::order_lifetime`:
/// from Redis 7.4 on its field does; before, the next cancelled order at that exchange removes those that are
/// overdue. Python services give the whole hash a lifetime when they cancel; every write here removes that
/// again.
///
/// \code
/// const fullon_cache::orders_cache orders(redis); // redis: a started fullon_cache::connection
/// fullon_orm::order update;
/// update.ex_order_id = "EX-1001";
/// update.status = "filled";
/// update.final_volume = 0.25;
/// co_await orders.save_order_data("binance", update); // what is left empty stays as it is stored
/// \endcode
///
/// \par Errors as in cache_base.
class orders_cache : public orders_reader {
public:
    using orders_reader::orders_reader;

    /// Tells whoever waits in pop_open_order() which id the exchange gave an order: RPUSH to
    /// `new_orders:{local_oid}`.
    /// \par Retry not safe after `errc::unknown_outcome`: the id may be in the list twice.
    /// \throws cache_error `errc::invalid_argument` if an id is empty.
    boost::asio::awaitable<void> push_open_order(std::string ex_order_id, std::string local_oid) const;

    /// Takes the oldest of these ids out, and waits for one if there is none: see base_cache::blpop().
    /// \param timeout how long to wait; zero or less does not wait.
    /// \returns an empty optional if there was no id in time.
    /// \par Cancellation terminal; nothing is taken.
    /// \par Retry safe after any error.
    boost::asio::awaitable<std::optional<std::string>>
    pop_open_order(std::string local_oid, std::chrono::milliseconds timeout = std::chrono::seconds(1)) const;

    /// Merges an order into the stored one: members that are set replace what is stored, empty ones leave it.
    /// Stores the order if there is none.
    ///
    /// No update of another writer is lost: the result is written only over the text that was read, and the
    /// merge is tried again otherwise. Concurrent merges into one order wait for each other within a process,
    /// and are written together.
    /// \par Cancellation terminal; the order is merged as a whole, or not at all.
    /// \par Retry safe; it may replace what others have written to the same members meanwhile.
    /// \throws cache_error `errc::invalid_argument` if the order has no id, the exchange is empty or contains
    ///         a ':', or a number is not finite; `errc::serialization` if the stored order is unreadable: it
    ///         is not overwritten; `errc::timeout` if others kept changing it.
    boost::asio::awaitable<void> save_order_data(std::string exchange, fullon_orm::order value) const;

    /// Stores an order in place of the stored one, readable or not.
    /// \par Retry safe; it may replace what others have written meanwhile.
    /// \throws cache_error `errc::invalid_argument` as save_order_data()
    boost::asio::awaitable<void> save_order(std::string exchange, fullon_orm::order value) const;

    /// The same as save_order_data().
    boost::asio::awaitable<void> update_order(std::string exchange, fullon_orm::order value) const
    {
        return save_order_data(std::move(exchange), std::move(value));
    }

private:
    struct calls;
};

} // namespace fullon_cache
