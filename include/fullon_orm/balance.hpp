// Balances of an exchange account.
#pragma once

#include <fullon_orm/read_error.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/fwd.hpp>
#include <boost/system/result.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_orm {

/// The balance of one currency in an exchange account, in units of that currency. Element of
/// account_balances.
///
/// It is stored in one of two spellings: `balance, available, reserved` or `total, free, used`. Both are
/// read; where the first has no number, or 0, the second counts.
struct balance {
    std::string currency{}; ///< such as `USDT`: the name of the entry
    std::optional<double> total{}; ///< empty where no number is stored
    std::optional<double> available{}; ///< where it is not stored: total less reserved, not below 0
    std::optional<double> reserved{}; ///< where it is not stored: total less available, not below 0

    bool operator==(const balance&) const = default;
};
BOOST_DESCRIBE_STRUCT(balance, (), (currency, total, available, reserved))

/// Names in an account's JSON that are not currencies: the date, and what the answer of ccxt's
/// `fetch_balance()` has beside them.
inline constexpr std::array<std::string_view, 7> account_members{"date",  "info",      "free",    "used",
                                                                 "total", "timestamp", "datetime"};

/// All balances of one exchange account. Redis: hash `accounts`, field `{account}`, value
/// `{"CURRENCY": {...}, ..., "date": ISO 8601 or other text}`.
///
/// \code
/// const auto read = account_balances_from_json(text, "1");
/// if (read)
///     for (const auto& one : read->balances)
///         show(one.currency, one.total);
/// \endcode
struct account_balances {
    std::string ex_id{}; ///< the exchange account: the field in Redis
    std::vector<balance> balances{}; ///< in the order of the stored JSON
    std::optional<double>
        date{}; ///< when the account was written, epoch seconds; empty where the text is no time
    std::vector<std::string> unreadable{}; ///< currencies whose entry is not an object

    bool operator==(const account_balances&) const = default;
};

/// The JSON to be stored: each currency with `balance, available, reserved`, empty members as null, and
/// `date` as it is given.
std::string to_json(const std::vector<balance>& balances, std::string_view date);

/// Reads what is stored for an account. Entries that are not objects are listed in `unreadable`.
/// \param ex_id the account, which the JSON does not contain
/// \returns read_fault::not_json or read_fault::not_an_object where the whole is unreadable
boost::system::result<account_balances, read_error> account_balances_from_json(std::string_view json,
                                                                               std::string ex_id);

/// Sets the date in what is stored for an account, behind the currencies.
void touch_balances(boost::json::object& stored, std::string_view date);

} // namespace fullon_orm
