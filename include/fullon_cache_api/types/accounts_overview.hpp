// Results of the overviews of accounts.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Result of cache_calls::get_accounts_status(): what the cache knows about one exchange account. Redis:
/// hashes `accounts` (balances) and `account_positions`, field `{user_id}`.
///
/// The status is "unhealthy" when neither part was written within the last hour; "degraded" when neither was
/// within 5 minutes, or something is unreadable; else "healthy". A time more than 60 s ahead of now counts as
/// not written.
struct account_status {
    std::string user_id; ///< exchange account
    std::string status; ///< "healthy", "degraded" or "unhealthy"
    std::vector<std::string> currencies; ///< of its balances, sorted
    std::int64_t open_positions = 0; ///< positions whose volume is known and not 0
    std::vector<std::string> symbols; ///< of the open positions, sorted
    /// Broken entries, positions without a volume, and parts that are broken as a whole.
    std::int64_t unreadable = 0;
    std::optional<double> balances_updated; ///< `date` of the balances, epoch seconds; empty where unknown
    std::optional<double>
        positions_updated; ///< `timestamp` of the positions, epoch seconds; empty where unknown
    std::optional<double> timestamp; ///< the later of both

    bool operator==(const account_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(account_status, (),
                      (user_id, status, currencies, open_positions, symbols, unreadable, balances_updated,
                       positions_updated, timestamp))

/// One currency over all accounts, in units of that currency. An amount that an account does not have is not
/// part of the sum; an account without a total counts there with available plus reserved.
struct currency_total {
    double total_balance = 0; ///< sum of the totals
    double available_balance = 0; ///< sum of what is available
    double reserved_balance = 0; ///< sum of what is reserved
    std::int64_t accounts = 0; ///< accounts that have this currency

    bool operator==(const currency_total&) const = default;
};
BOOST_DESCRIBE_STRUCT(currency_total, (), (total_balance, available_balance, reserved_balance, accounts))

/// Result of cache_calls::get_accounts_summary(): all exchange accounts. Redis: hashes `accounts` and
/// `account_positions`.
///
/// The status is "unhealthy" when no account was written within the last hour, also when there is none;
/// "degraded" when one was not written within 5 minutes, or something is unreadable; else "healthy". A time
/// more than 60 s ahead of now counts as not written.
///
/// \code
/// const auto all = co_await cache.get_accounts_summary();
/// if (const auto found = all.totals.find("USDT"); found != all.totals.end())
///     show(found->second.total_balance, found->second.accounts);
/// \endcode
struct accounts_summary {
    std::string status; ///< "healthy", "degraded" or "unhealthy"
    std::int64_t accounts = 0; ///< accounts with balances, positions or both
    std::int64_t with_balances = 0; ///< accounts that have an entry in `accounts`
    std::int64_t with_positions = 0; ///< accounts that have at least one open position
    std::int64_t open_positions = 0; ///< positions whose volume is known and not 0
    std::int64_t unreadable = 0; ///< unreadable accounts and entries, positions without a volume included
    std::map<std::string, currency_total> totals; ///< by currency
    std::optional<double> oldest; ///< last write of the account written longest ago, epoch seconds
    std::optional<double> newest; ///< last write of the account written most recently, epoch seconds

    bool operator==(const accounts_summary&) const = default;
};
BOOST_DESCRIBE_STRUCT(accounts_summary, (),
                      (status, accounts, with_balances, with_positions, open_positions, unreadable, totals,
                       oldest, newest))

} // namespace fullon_cache_api
