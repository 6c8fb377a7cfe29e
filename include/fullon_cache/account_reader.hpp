// Positions and balances of exchange accounts.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/listing.hpp>

#include <fullon_orm/balance.hpp>
#include <fullon_orm/position.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {

/// Reads accounts. Redis: hashes `account_positions` and `accounts`, field = account (`ex_id`, a number or text), value =
/// JSON of all its positions, of all its balances. Errors and cancellation: see cache_base. Unreadable entries are
/// skipped, and named in `unreadable` of an account's own data.
class account_reader : public cache_base {
public:
    explicit account_reader(const connection& redis) : account_reader(redis.shared_link()) {}
    explicit account_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.account")
    {}

    /// All positions of the account; empty when the cache has none of it.
    /// \throws cache_error serialization when they are unreadable as a whole.
    boost::asio::awaitable<std::optional<fullon_orm::account_positions>>
    get_account_positions(std::string ex_id) const;

    /// The same as a plain list.
    boost::asio::awaitable<std::vector<fullon_orm::position>> get_positions(std::string ex_id) const;

    /// One position; empty when there is none, or when it is not newer than `newer_than` (epoch seconds).
    /// \throws cache_error serialization when it is unreadable, or all of the account is.
    boost::asio::awaitable<std::optional<fullon_orm::position>>
    get_position(std::string ex_id, std::string symbol, std::optional<double> newer_than = {}) const;

    /// The positions of every account, in no particular order.
    boost::asio::awaitable<std::vector<fullon_orm::position>> get_all_positions() const;
    /// The same by account; unreadable accounts are counted.
    boost::asio::awaitable<listing<fullon_orm::account_positions>> list_account_positions() const;

    /// All balances of the account; empty when the cache has none of it.
    /// \throws cache_error serialization when they are unreadable as a whole.
    boost::asio::awaitable<std::optional<fullon_orm::account_balances>>
    get_account_balances(std::string ex_id) const;

    /// The balance of one currency; empty when there is none.
    /// \throws cache_error serialization when it is unreadable, or all of the account is.
    boost::asio::awaitable<std::optional<fullon_orm::balance>> get_full_account(std::string ex_id,
                                                                                std::string currency) const;

    /// The balances of every account, in no particular order.
    boost::asio::awaitable<std::vector<fullon_orm::account_balances>> get_all_accounts() const;
    /// The same; unreadable accounts are counted.
    boost::asio::awaitable<listing<fullon_orm::account_balances>> list_accounts() const;

private:
    struct calls;
};

} // namespace fullon_cache
