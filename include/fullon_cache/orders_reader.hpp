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

/// Reads orders. Redis: hash `order_status:{exchange}`, field = order id (the exchange's where it is known). Errors and
/// cancellation: see cache_base. In lists an unreadable entry is skipped.
class orders_reader : public cache_base {
public:
    explicit orders_reader(const connection& redis) : orders_reader(redis.shared_link()) {}
    explicit orders_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.orders")
    {}

    /// The order; empty when the cache has none. \throws cache_error serialization when it is unreadable.
    boost::asio::awaitable<std::optional<fullon_orm::order>> get_order_status(std::string exchange,
                                                                              std::string order_id) const;

    /// The same wherever it is: every exchange's hash is asked, in one round trip. Of several the last written counts.
    boost::asio::awaitable<std::optional<fullon_orm::order>> find_order(std::string order_id) const;

    /// Every order of an exchange, in no particular order. Big hashes are read in chunks, so the result is no
    /// instantaneous picture.
    boost::asio::awaitable<std::vector<fullon_orm::order>> get_orders(std::string exchange) const;
    /// The same, and how many are unreadable.
    boost::asio::awaitable<listing<fullon_orm::order>> list_orders(std::string exchange) const;

    /// How many readable orders the exchange has.
    boost::asio::awaitable<std::int64_t> get_queue_length(std::string exchange) const;

    /// Names of the exchanges that have orders.
    boost::asio::awaitable<std::vector<std::string>> get_order_exchanges() const;

private:
    struct calls;
};

} // namespace fullon_cache
