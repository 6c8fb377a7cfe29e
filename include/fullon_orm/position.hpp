// Positions of an exchange account.
#pragma once

#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/read_error.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/fwd.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_orm {

/// One position of an exchange account. A short one has a negative volume. Element of account_positions.
struct position {
    std::string symbol{}; ///< such as `BTC/USDT`: the name of the entry
    std::string ex_id{}; ///< exchange account: the field in Redis
    std::optional<double> cost{}; ///< in the quote currency
    std::optional<double>
        volume{}; ///< in the base currency; negative for a short position, 0 for a closed one
    std::optional<double> fee{}; ///< as the service wrote it; no currency is stored with it
    std::optional<double> count{}; ///< as the service wrote it
    std::optional<double> price{}; ///< in the quote currency
    std::optional<double> timestamp{}; ///< of this position, epoch seconds

    /// `timestamp` as a time point, to the nearest microsecond; empty where `timestamp` is.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time_point() const
    {
        return timestamp ? std::optional(to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const position&) const = default;
};
BOOST_DESCRIBE_STRUCT(position, (), (symbol, ex_id, cost, volume, fee, count, price, timestamp))

/// All positions of one exchange account. Redis: hash `account_positions`, field `{account}`, value
/// `{"SYMBOL": {"cost", "volume", "fee", "count", "price", "timestamp"}, ..., "timestamp": ISO 8601}`.
///
/// \code
/// const auto read = account_positions_from_json(text, "1");
/// if (read)
///     for (const auto& one : read->positions)
///         show(one.symbol, one.volume);
/// \endcode
struct account_positions {
    std::string ex_id{}; ///< the exchange account: the field in Redis
    std::vector<position> positions{}; ///< in the order of the stored JSON
    std::optional<double> timestamp{}; ///< when the account was written, epoch seconds
    std::vector<std::string> unreadable{}; ///< symbols whose entry is not an object

    bool operator==(const account_positions&) const = default;
};

/// The JSON to be stored, the account's time as ISO 8601 text. Members of positions that are empty or not
/// finite are written as 0.0: services in Python fail for every account where one is null.
std::string to_json(const account_positions& value);

/// Reads what is stored for an account. Entries that are not objects are listed in `unreadable`.
/// \param ex_id the account, which the JSON does not contain
/// \returns read_fault::not_json or read_fault::not_an_object where the whole is unreadable
boost::system::result<account_positions, read_error> account_positions_from_json(std::string_view json,
                                                                                 std::string ex_id);

/// Adds a position to what is stored for its account, or replaces it there, and sets the account's time.
/// Everything else stays as it was.
/// \param now epoch seconds
void merge_position(boost::json::object& stored, const position& value, double now);

/// Sets the account's time alone.
/// \param now epoch seconds
void touch_positions(boost::json::object& stored, double now);

} // namespace fullon_orm
