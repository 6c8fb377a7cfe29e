// What the queries on bots and blocks give.
#pragma once

#include <fullon_cache_api/types/bot.hpp>

#include <boost/describe/class.hpp>

#include <map>
#include <optional>
#include <string>

namespace fullon_cache_api {

/// Who keeps others from a symbol. `timestamp` is that of the answer, epoch seconds.
struct block_status {
    std::string exchange;
    std::string symbol;
    bool is_blocked = false;
    std::optional<std::string> blocked_by; ///< bot id
    double timestamp = 0;
};
BOOST_DESCRIBE_STRUCT(block_status, (), (exchange, symbol, is_blocked, blocked_by, timestamp))

/// Every bot with all that it wrote.
struct bot_list {
    std::map<std::string, boost::json::object> bots;
};
BOOST_DESCRIBE_STRUCT(bot_list, (), (bots))

} // namespace fullon_cache_api
