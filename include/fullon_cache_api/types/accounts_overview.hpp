// Overviews of accounts.
#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// What is known of an exchange account. Unhealthy when neither of its parts was written within an hour, degraded when
/// neither was within 5 minutes, or something is unreadable. A time over 60 s ahead of now is not "within". Times are epoch
/// seconds, null where unknown.
struct account_status {
    std::string user_id;
    std::string status; ///< "healthy", "degraded", "unhealthy"
    std::vector<std::string> currencies; ///< of its balances, sorted
    std::int64_t open_positions = 0; ///< those whose volume is known and not 0
    std::vector<std::string> symbols; ///< of these, sorted
    std::int64_t unreadable = 0; ///< broken entries, positions without a volume, and broken parts
    std::optional<double> balances_updated;
    std::optional<double> positions_updated;
    std::optional<double> timestamp; ///< the later of both

    bool operator==(const account_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(account_status, (),
                      (user_id, status, currencies, open_positions, symbols, unreadable, balances_updated,
                       positions_updated, timestamp))

/// A currency over all accounts. An amount that an account does not say is not in its sum; where it does not say the total,
/// that is what it says of available and reserved.
struct currency_total {
    double total_balance = 0;
    double available_balance = 0;
    double reserved_balance = 0;
    std::int64_t accounts = 0; ///< that have it

    bool operator==(const currency_total&) const = default;
};
BOOST_DESCRIBE_STRUCT(currency_total, (), (total_balance, available_balance, reserved_balance, accounts))

/// All accounts. Unhealthy when none was written within an hour (also when there is none), degraded when one was not
/// written within 5 minutes, or something is unreadable. A time over 60 s ahead of now is not "within".
struct accounts_summary {
    std::string status;
    std::int64_t accounts = 0; ///< with balances, positions or both
    std::int64_t with_balances = 0;
    std::int64_t with_positions = 0; ///< that have one open at least
    std::int64_t open_positions = 0;
    std::int64_t unreadable = 0; ///< accounts and entries, positions without a volume among them
    std::map<std::string, currency_total> totals; ///< by currency
    std::optional<double> oldest; ///< when accounts were written last, epoch seconds
    std::optional<double> newest;

    bool operator==(const accounts_summary&) const = default;
};
BOOST_DESCRIBE_STRUCT(accounts_summary, (),
                      (status, accounts, with_balances, with_positions, open_positions, unreadable, totals,
                       oldest, newest))

} // namespace fullon_cache_api
