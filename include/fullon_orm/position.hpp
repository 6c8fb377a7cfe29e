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

/// One position. A short one has a negative volume.
struct position {
    std::string symbol{}; ///< such as `BTC/USDT`
    std::string ex_id{};  ///< exchange account
    std::optional<double> cost{};
    std::optional<double> volume{};
    std::optional<double> fee{};
    std::optional<double> count{};
    std::optional<double> price{};
    std::optional<double> timestamp{}; ///< epoch seconds

    /// `timestamp` as a time point.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time_point() const
    {
        return timestamp ? std::optional(to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const position&) const = default;
};
BOOST_DESCRIBE_STRUCT(position, (), (symbol, ex_id, cost, volume, fee, count, price, timestamp))

/// All positions of one account. Redis: hash `account_positions`, field = account, value =
/// `{"SYMBOL": {"cost", "volume", "fee", "count", "price", "timestamp"}, ..., "timestamp": ISO 8601}`.
struct account_positions {
    std::string ex_id{};
    std::vector<position> positions{};
    std::optional<double> timestamp{};     ///< epoch seconds: when the account was written
    std::vector<std::string> unreadable{}; ///< symbols whose entry is no object

    bool operator==(const account_positions&) const = default;
};

/// The JSON that is stored, the account's time as ISO 8601 text. Members of positions that are empty (or not finite) are
/// written as 0.0: services in Python fail for every account where one is null.
std::string to_json(const account_positions& value);

/// Reads what is stored for an account.
boost::system::result<account_positions, read_error> account_positions_from_json(std::string_view json,
                                                                                 std::string ex_id);

/// Adds this position to what is stored of its account, or replaces it there, written now; everything else stays as it
/// was.
void merge_position(boost::json::object& stored, const position& value, double now);

/// Sets the time of writing alone.
void touch_positions(boost::json::object& stored, double now);

} // namespace fullon_orm
