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

/// Reads the positions and balances of exchange accounts.
///
/// Redis: hash `account_positions` for positions and hash `accounts` for balances. The field is the account
/// (`ex_id`, a number or text), the value one JSON object with everything that account has. So every read of
/// one account is a single HGET and sees one write of it.
///
/// \code
/// const fullon_cache::account_reader accounts(redis); // redis: a started fullon_cache::connection
/// const auto position = co_await accounts.get_position("7", "BTC/USDT");
/// const auto usdt = co_await accounts.get_full_account("7", "USDT");
/// if (position && usdt)
///     use(position->volume, usdt->available);
/// \endcode
///
/// \par Errors as in cache_base; `errc::invalid_argument` if a name is empty. An account whose JSON cannot be
///             parsed is `errc::serialization` when asked for by name, and left out of lists. A single
///             position or balance that is no JSON object is left out, named in `unreadable` of its account,
///             and `errc::serialization` when asked for by name. What is left out is logged.
class account_reader : public cache_base {
public:
    explicit account_reader(const connection& redis) : account_reader(redis.shared_link()) {}
    explicit account_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.account")
    {}

    /// Reads all positions of an account, with the time at which they were written.
    /// \returns an empty optional if the cache does not have the account.
    /// \throws cache_error `errc::serialization` if the account's JSON cannot be read.
    boost::asio::awaitable<std::optional<fullon_orm::account_positions>>
    get_account_positions(std::string ex_id) const;

    /// The positions alone; an empty list if the cache does not have the account.
    boost::asio::awaitable<std::vector<fullon_orm::position>> get_positions(std::string ex_id) const;

    /// Reads one position of an account.
    /// \param newer_than epoch seconds; a position that is not newer, or has no time, counts as absent.
    /// \returns an empty optional if there is no such position.
    /// \throws cache_error `errc::serialization` if the position, or the whole account, cannot be read.
    boost::asio::awaitable<std::optional<fullon_orm::position>>
    get_position(std::string ex_id, std::string symbol, std::optional<double> newer_than = {}) const;

    /// Reads the positions of every account, in no particular order. Big hashes are read in chunks (HSCAN):
    /// the result is not a snapshot of one instant.
    boost::asio::awaitable<std::vector<fullon_orm::position>> get_all_positions() const;
    /// The same by account, with the number of unreadable accounts.
    boost::asio::awaitable<listing<fullon_orm::account_positions>> list_account_positions() const;

    /// Reads all balances of an account, with their date.
    /// \returns an empty optional if the cache does not have the account.
    /// \throws cache_error `errc::serialization` if the account's JSON cannot be read.
    boost::asio::awaitable<std::optional<fullon_orm::account_balances>>
    get_account_balances(std::string ex_id) const;

    /// Reads the balance of one currency in an account.
    /// \returns an empty optional if there is no such balance.
    /// \throws cache_error `errc::serialization` if the balance, or the whole account, cannot be read.
    boost::asio::awaitable<std::optional<fullon_orm::balance>> get_full_account(std::string ex_id,
                                                                                std::string currency) const;

    /// Reads the balances of every account, in no particular order. Not a snapshot of one instant, as
    /// get_all_positions().
    boost::asio::awaitable<std::vector<fullon_orm::account_balances>> get_all_accounts() const;
    /// The same, with the number of unreadable accounts.
    boost::asio::awaitable<listing<fullon_orm::account_balances>> list_accounts() const;

private:
    struct calls;
};

} // namespace fullon_cache
