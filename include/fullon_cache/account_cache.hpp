// Writing positions and balances of exchange accounts.
#pragma once

#include <fullon_cache/account_reader.hpp>

#include <boost/json/fwd.hpp>

namespace fullon_cache {

/// Writes accounts, in the commands of the Python library. Where something is merged into what is stored, no update of
/// another writer is lost: it is written only over what was read. The account's time is that of the write; that of a
/// position is stored as it is given.
class account_cache : public account_reader {
public:
    using account_reader::account_reader;

    /// Replaces all positions of the account; none deletes its entry. Accounts in the positions themselves are ignored.
    /// \throws cache_error invalid_argument when a symbol or the account is empty.
    boost::asio::awaitable<void> upsert_positions(std::string ex_id,
                                                  std::vector<fullon_orm::position> positions) const;

    /// Adds or replaces one position of its account (`value.ex_id`).
    /// \throws cache_error invalid_argument; timeout when others kept changing the account.
    boost::asio::awaitable<void> upsert_position(fullon_orm::position value) const;

    /// Says that the stored positions are up to date. \returns whether there are any.
    boost::asio::awaitable<bool> touch_positions(std::string ex_id) const;

    /// Replaces all balances of the account. `date`: now as ISO 8601 unless given.
    /// \throws cache_error invalid_argument when there is none, or a currency is empty.
    boost::asio::awaitable<void> upsert_user_account(std::string ex_id,
                                                     std::vector<fullon_orm::balance> balances,
                                                     std::string date = {}) const;

    /// The same with the account as a service got it (boost/json/object.hpp), in any spelling: `{"BTC": {"total": 1.5, "free": 1.2}}`.
    boost::asio::awaitable<void> upsert_user_account(std::string ex_id, boost::json::object account,
                                                     std::string date = {}) const;

    /// Sets the date of the stored balances alone. \returns whether there are any.
    boost::asio::awaitable<bool> touch_user_account(std::string ex_id, std::string date = {}) const;

    /// Deletes the positions and balances of all accounts. \returns how many of the two hashes there were.
    boost::asio::awaitable<std::int64_t> clean_positions() const;
};

} // namespace fullon_cache
