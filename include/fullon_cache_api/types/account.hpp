// Positions and balances as they travel on the wire and as the client hands them out.
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

/// The balance of one currency in an exchange account (Redis: hash `accounts`, field = account). `reserved_balance` is
/// total - available, not below 0, where Redis does not say; `available_balance` total - reserved. `timestamp` is the
/// account's date, epoch seconds.
struct balance {
    std::string user_id; ///< exchange account
    std::string currency;
    std::optional<double> total_balance;
    std::optional<double> available_balance;
    std::optional<double> reserved_balance;
    std::optional<double> timestamp;

    /// `timestamp` as a time point.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const balance&) const = default;
};
BOOST_DESCRIBE_STRUCT(balance, (),
                      (user_id, currency, total_balance, available_balance, reserved_balance, timestamp))

/// An open position (Redis: hash `account_positions`, field = account, entry = symbol).
struct position {
    std::string symbol;
    std::string exchange; ///< exchange account
    std::optional<std::string> side; ///< `long` or `short`; empty, as `size`, where the volume is unknown
    std::optional<double> size; ///< amount, never negative
    std::optional<double> entry_price;
    std::optional<double> cost;
    std::optional<double> fee;
    std::optional<double> count;
    std::optional<double> timestamp; ///< epoch seconds

    /// `timestamp` as a time point.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const position&) const = default;
};
BOOST_DESCRIBE_STRUCT(position, (), (symbol, exchange, side, size, entry_price, cost, fee, count, timestamp))

balance to_balance(const fullon_orm::balance& stored, const fullon_orm::account_balances& of);
position to_position(const fullon_orm::position& stored);

} // namespace fullon_cache_api
