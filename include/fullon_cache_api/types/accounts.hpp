// Results of the queries and items of the stream on accounts.
#pragma once

#include <fullon_cache_api/types/account.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fullon_cache_api {

/// Result of the operation `get_balances`: all readable balances of an exchange account. Redis: hash
/// `accounts`, field `{user_id}`. cache_calls::get_balances() returns the member `balances`.
struct account_balances {
    std::string user_id; ///< exchange account
    std::vector<balance> balances; ///< by currency, in the order of the stored JSON
    std::optional<double> timestamp; ///< when the account was written, epoch seconds
};
BOOST_DESCRIBE_STRUCT(account_balances, (), (user_id, balances, timestamp))

/// Result of the operation `get_positions`: all readable positions of an exchange account. Redis: hash
/// `account_positions`, field `{user_id}`. cache_calls::get_positions() returns the member `positions`.
struct account_positions {
    std::string user_id; ///< exchange account
    std::string exchange; ///< the same account, under its older name
    std::vector<position> positions; ///< by symbol, in the order of the stored JSON
    std::int64_t count = 0; ///< of these
};
BOOST_DESCRIBE_STRUCT(account_positions, (), (user_id, exchange, positions, count))

/// Item of cache_calls::stream_positions(): a position with its account. Topic `positions:{account}`, one
/// item for each symbol.
///
/// \code
/// auto updates = co_await cache.stream_positions("1");
/// while (auto update = co_await updates.next())
///     if (update->removed)
///         forget(update->user_id, update->symbol);
///     else
///         show(update->user_id, update->symbol, update->size);
/// \endcode
struct account_position : position {
    std::string user_id; ///< exchange account

    bool operator==(const account_position&) const = default;
};
BOOST_DESCRIBE_STRUCT(account_position, (position), (user_id))

} // namespace fullon_cache_api
