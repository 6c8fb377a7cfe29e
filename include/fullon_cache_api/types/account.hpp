// Balances and positions: elements of query results and of messages on the wire.
#pragma once

#include <fullon_orm/iso_time.hpp>

#include <boost/describe/class.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace fullon_orm {
struct account_balances;
struct balance;
struct position;
} // namespace fullon_orm

namespace fullon_cache_api {

/// The balance of one currency in an exchange account. Result of cache_calls::get_balance(), element of
/// cache_calls::get_balances().
///
/// Redis: hash `accounts`, field `{user_id}`; one member of the stored JSON object for each currency. Amounts
/// are in units of that currency. Both spellings that services use are read: `balance, available, reserved`
/// and `total, free, used`.
///
/// \code
/// if (auto found = co_await cache.get_balance("1", "USDT"))
///     if (found->available_balance)
///         spend_at_most(*found->available_balance);
/// \endcode
struct balance {
    std::string user_id; ///< the exchange account: the field in Redis
    std::string currency; ///< such as `USDT`
    std::optional<double> total_balance; ///< empty where Redis has no number
    /// Where it is not stored: total less reserved, not below 0.
    std::optional<double> available_balance;
    /// Where it is not stored: total less available, not below 0.
    std::optional<double> reserved_balance;
    std::optional<double> timestamp; ///< when the account was written (`date`), epoch seconds

    /// `timestamp` as a time point, to the nearest microsecond; empty where `timestamp` is.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const balance&) const = default;
};
BOOST_DESCRIBE_STRUCT(balance, (),
                      (user_id, currency, total_balance, available_balance, reserved_balance, timestamp))

/// A position of an exchange account. Element of cache_calls::get_positions().
///
/// Redis: hash `account_positions`, field `{account}`; one member of the stored JSON object for each symbol.
/// The stored `volume` is negative for a short position; here that is `side`, and `size` is its absolute
/// value. Services may keep a closed position with a volume of 0.
///
/// \code
/// for (const auto& one : co_await cache.get_positions("1"))
///     if (one.size.value_or(0) != 0)
///         show(one.symbol, one.side.value_or("unknown"), *one.size);
/// \endcode
struct position {
    std::string symbol; ///< such as `BTC/USDT`
    std::string exchange; ///< the exchange account, not the name of an exchange
    std::optional<std::string> side; ///< `long` or `short`; empty where the volume is missing or no number
    std::optional<double> size; ///< in the base currency, never negative; empty where `side` is
    std::optional<double> entry_price; ///< stored as `price`; in the quote currency
    std::optional<double> cost; ///< in the quote currency
    std::optional<double> fee; ///< as the service wrote it; no currency is stored with it
    std::optional<double> count; ///< as the service wrote it
    std::optional<double> timestamp; ///< of this position, epoch seconds

    /// `timestamp` as a time point, to the nearest microsecond; empty where `timestamp` is.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const position&) const = default;
};
BOOST_DESCRIBE_STRUCT(position, (), (symbol, exchange, side, size, entry_price, cost, fee, count, timestamp))

/// A stored balance as the API reports it; `of` gives the account and its date.
balance to_balance(const fullon_orm::balance& stored, const fullon_orm::account_balances& of);
/// A stored position as the API reports it.
position to_position(const fullon_orm::position& stored);

} // namespace fullon_cache_api
