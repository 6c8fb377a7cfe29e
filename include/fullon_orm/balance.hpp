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

/// The balance of one currency. Stored in one of two spellings, both are read: `balance, available, reserved` and
/// `total, free, used`. Where one of both has no number, or 0, the other counts. Where there is no number of `available`,
/// all of the total is that is not reserved.
struct balance {
    std::string currency{}; ///< such as `USDT`
    std::optional<double> total{};
    std::optional<double> available{};
    std::optional<double> reserved{}; ///< where it is not stored: total - available, not below 0

    bool operator==(const balance&) const = default;
};
BOOST_DESCRIBE_STRUCT(balance, (), (currency, total, available, reserved))

/// Names in an account's JSON that are no currencies: the date, and what an exchange's own answer (ccxt) has beside them.
inline constexpr std::array<std::string_view, 7> account_members{"date",  "info",      "free",    "used",
                                                                 "total", "timestamp", "datetime"};

/// All balances of one account. Redis: hash `accounts`, field = account, value =
/// `{"CURRENCY": {...}, ..., "date": ISO 8601 or other text}`.
struct account_balances {
    std::string ex_id{};
    std::vector<balance> balances{};
    std::optional<double> date{}; ///< epoch seconds; empty where the text is no time
    std::vector<std::string> unreadable{}; ///< currencies whose entry is no object

    bool operator==(const account_balances&) const = default;
};

/// JSON as the services store it (`balance, available, reserved`), with `date` as it is given.
std::string to_json(const std::vector<balance>& balances, std::string_view date);

/// Reads what is stored for an account.
boost::system::result<account_balances, read_error> account_balances_from_json(std::string_view json,
                                                                               std::string ex_id);

/// Sets the date of what is stored of an account.
void touch_balances(boost::json::object& stored, std::string_view date);

} // namespace fullon_orm
