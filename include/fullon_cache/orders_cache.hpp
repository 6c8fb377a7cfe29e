// Writing orders, as the services of the trading system do.
#pragma once

#include <fullon_cache/orders_reader.hpp>

#include <chrono>

namespace fullon_cache {

/// Writes orders, in the commands of the Python library. Where an order is merged into the stored one, no update of
/// another writer is lost: it is written only over what was read.
///
/// The field is `ex_order_id`, else `order_id`; the time written is now. An order whose status is `canceled` lives for
/// `config::order_lifetime`, that order alone: by a lifetime of the field where Redis has it (7.4), else the next cancel
/// at that exchange removes what is overdue. Every write takes a lifetime off the whole hash, which Python services put
/// there when they cancel.
class orders_cache : public orders_reader {
public:
    using orders_reader::orders_reader;

    /// RPUSH `new_orders:{local_oid}`: tells who waits for it the id that the exchange gave.
    /// \par Retry not safe after `unknown_outcome`: the id may be in the queue twice then.
    /// \throws cache_error invalid_argument when an id is empty.
    boost::asio::awaitable<void> push_open_order(std::string ex_order_id, std::string local_oid) const;

    /// Takes the oldest of them out; waits up to `timeout` for one (0: does not wait). Nothing is lost, and it may be
    /// repeated after any error: see base_cache::blpop().
    /// \par Cancellation terminal; nothing is taken then.
    /// \throws cache_error
    boost::asio::awaitable<std::optional<std::string>>
    pop_open_order(std::string local_oid, std::chrono::milliseconds timeout = std::chrono::seconds(1)) const;

    /// Merges the order into the stored one: what it has replaces, what it leaves empty stays. Stores it if there is none.
    /// Merges into one order wait for each other within a process and go several at once.
    /// \par Cancellation terminal; the order is merged, or surely is not.
    /// \par Retry safe; it may replace what others have written of the same members meanwhile.
    /// \throws cache_error invalid_argument when it has no id, the exchange is empty or has a ':', a number is not finite;
    ///         serialization when what is stored cannot be read: it is not overwritten; timeout when others kept changing it.
    boost::asio::awaitable<void> save_order_data(std::string exchange, fullon_orm::order value) const;

    /// Replaces the stored order, readable or not.
    /// \par Retry safe; it may replace what others have written meanwhile.
    /// \throws cache_error invalid_argument as save_order_data()
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
