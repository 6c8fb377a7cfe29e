// What the queries on accounts give.
#pragma once

#include <fullon_cache_api/types/account.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fullon_cache_api {

/// All balances of an account. `timestamp` is the account's date, epoch seconds.
struct account_balances {
    std::string user_id;
    std::vector<balance> balances;
    std::optional<double> timestamp;
};
BOOST_DESCRIBE_STRUCT(account_balances, (), (user_id, balances, timestamp))

/// All positions of an account; `user_id` and `exchange` both name it.
struct account_positions {
    std::string user_id;
    std::string exchange;
    std::vector<position> positions;
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(account_positions, (), (user_id, exchange, positions, count))

/// A position as its stream hands it out.
struct account_position : position {
    std::string user_id; ///< exchange account

    bool operator==(const account_position&) const = default;
};
BOOST_DESCRIBE_STRUCT(account_position, (position), (user_id))

} // namespace fullon_cache_api
