// Writing positions and balances of exchange accounts.
#pragma once

#include <fullon_cache/account_reader.hpp>

#include <boost/json/fwd.hpp>

namespace fullon_cache {

/// Writes accounts, in the commands of the Python library. Where something is merged into what is stored, no update of
/// another writer is lost: it is written only over what was read. What cannot be read is not overwritten by a merge
/// (serialization), and what could not be read back is not written (invalid_argument): numbers that are not finite, text that
/// is no UTF-8. The account's time is that of the write; that of a position is stored as it is given.
///
/// Merges into one account wait for each other within a process and go several at once.
class account_cache : public account_reader {
public:
    using account_reader::account_reader;

    /// Replaces all positions of the account; none deletes its entry. Accounts in the positions themselves are ignored.
    /// \par Retry safe; it may replace what others have written meanwhile.
    /// \throws cache_error invalid_argument when the account is empty, a symbol is empty or `/`, a number not finite.
    boost::asio::awaitable<void> upsert_positions(std::string ex_id,
                                                  std::vector<fullon_orm::position> positions) const;

    /// Adds or replaces one position of its account (`value.ex_id`).
    /// \par Cancellation terminal; the position is stored, or surely is not.
    /// \par Retry safe; it may replace what others have written of this position meanwhile.
    /// \throws cache_error invalid_argument; serialization when what is stored of the account cannot be read; timeout when
    ///         others kept changing the account.
    boost::asio::awaitable<void> upsert_position(fullon_orm::position value) const;

    /// Says that the stored positions are up to date. \returns whether there are any.
    /// \par Retry safe.
    /// \throws cache_error as upsert_position()
    boost::asio::awaitable<bool> touch_positions(std::string ex_id) const;

    /// Replaces all balances of the account. `date`: now as ISO 8601 unless given.
    /// \par Retry safe; it may replace what others have written meanwhile.
    /// \throws cache_error invalid_argument when there is none, a currency is empty, a number not finite.
    boost::asio::awaitable<void> upsert_user_account(std::string ex_id,
                                                     std::vector<fullon_orm::balance> balances,
                                                     std::string date = {}) const;

    /// The same with the account as a service got it (boost/json/object.hpp), in any spelling: `{"BTC": {"total": 1.5, "free": 1.2}}`.
    /// \throws cache_error invalid_argument also when it is nested deeper than 32 levels.
    boost::asio::awaitable<void> upsert_user_account(std::string ex_id, boost::json::object account,
                                                     std::string date = {}) const;

    /// Sets the date of the stored balances alone. \returns whether there are any.
    /// \par Retry safe.
    /// \throws cache_error invalid_argument; serialization when what is stored cannot be read; timeout
    boost::asio::awaitable<bool> touch_user_account(std::string ex_id, std::string date = {}) const;

    /// Deletes the positions and balances of all accounts, at once. \returns how many of the two hashes there were.
    /// \par Retry safe, but for what was written meanwhile.
    boost::asio::awaitable<std::int64_t> clean_positions() const;

private:
    struct calls;
};

} // namespace fullon_cache
