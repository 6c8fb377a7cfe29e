// Writing positions and balances of exchange accounts.
#pragma once

#include <fullon_cache/account_reader.hpp>

#include <boost/json/fwd.hpp>

namespace fullon_cache {

/// Writes the positions and balances of exchange accounts, with the Redis formats of the Python library.
///
/// The account's own time is set to now; the time of a position is stored as it is given.
///
/// upsert_position(), touch_positions() and touch_user_account() merge into what is stored. No update of
/// another writer is lost: the result is written only over the text that was read, and the merge is tried
/// again otherwise. Concurrent merges into one account wait for each other within a process, and are written
/// together.
///
/// \code
/// const fullon_cache::account_cache accounts(redis); // redis: a started fullon_cache::connection
/// fullon_orm::position position;
/// position.ex_id = "7";
/// position.symbol = "BTC/USDT";
/// position.volume = 0.25;
/// position.price = 47000.5;
/// position.timestamp = fullon_orm::now_seconds();
/// co_await accounts.upsert_position(position);
/// \endcode
///
/// \par Errors as in cache_base. What could not be read back is not written: `errc::invalid_argument` for
///             numbers that are not finite and text that is not UTF-8. What cannot be read is not overwritten
///             by a merge: `errc::serialization`. `errc::timeout` also if others kept changing the account
///             under a merge.
class account_cache : public account_reader {
public:
    using account_reader::account_reader;

    /// Replaces all positions of an account (HSET). An empty list deletes its entry (HDEL). `position::ex_id`
    /// is ignored.
    /// \par Retry safe; it may replace what others have written meanwhile.
    /// \throws cache_error `errc::invalid_argument` if the account is empty, or a symbol is empty,
    ///         `timestamp`, or has no character but '/'.
    boost::asio::awaitable<void> upsert_positions(std::string ex_id,
                                                  std::vector<fullon_orm::position> positions) const;

    /// Adds one position to its account (`value.ex_id`), or replaces it there.
    /// \par Cancellation terminal; the position is stored, or nothing is changed.
    /// \par Retry safe; it may replace what others have written of this position meanwhile.
    /// \throws cache_error as upsert_positions(); `errc::serialization`, `errc::timeout`
    boost::asio::awaitable<void> upsert_position(fullon_orm::position value) const;

    /// Sets the time of the stored positions to now, to say that they are up to date.
    /// \returns whether the cache has positions of the account.
    /// \par Retry safe.
    /// \throws cache_error as upsert_position()
    boost::asio::awaitable<bool> touch_positions(std::string ex_id) const;

    /// Replaces all balances of an account (HSET).
    /// \param date stored as it is given; now as ISO 8601 if empty.
    /// \par Retry safe; it may replace what others have written meanwhile.
    /// \throws cache_error `errc::invalid_argument` if the account is empty, there are no balances, or a
    ///         currency is empty or one of the other members of an account (`date`, `info`, `free`, `used`,
    ///         `total`, `timestamp`, `datetime`).
    boost::asio::awaitable<void> upsert_user_account(std::string ex_id,
                                                     std::vector<fullon_orm::balance> balances,
                                                     std::string date = {}) const;

    /// The same with the account as an exchange reports it (boost/json/object.hpp): `{"BTC": {"total": 1.5,
    /// "free": 1.2}}`. Stored as it is, with the date.
    /// \throws cache_error `errc::invalid_argument` if it is empty or nested deeper than 32 levels.
    boost::asio::awaitable<void> upsert_user_account(std::string ex_id, boost::json::object account,
                                                     std::string date = {}) const;

    /// Sets only the date of the stored balances.
    /// \returns whether the cache has balances of the account.
    /// \par Retry safe.
    /// \throws cache_error as upsert_position()
    boost::asio::awaitable<bool> touch_user_account(std::string ex_id, std::string date = {}) const;

    /// Deletes the positions and balances of all accounts in one step (DEL of both hashes).
    /// \returns how many of the two hashes there were.
    /// \par Retry safe; it may delete what was written meanwhile.
    boost::asio::awaitable<std::int64_t> clean_positions() const;

private:
    struct calls;
};

} // namespace fullon_cache
