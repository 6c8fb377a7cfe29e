// Results of the queries on bots and blocks.
#pragma once

#include <fullon_cache_api/types/bot.hpp>

#include <boost/describe/class.hpp>

#include <map>
#include <optional>
#include <string>

namespace fullon_cache_api {

/// Result of the operation `is_blocked`: the bot that blocks a symbol for others. Redis: hash
/// `block_exchange`, field `{exchange}:{symbol}`. cache_calls::is_blocked() returns the member `blocked_by`.
struct block_status {
    std::string exchange; ///< as it was asked for: an exchange or an exchange account
    std::string symbol; ///< the spelling that is blocked (`BTC/USDT` or `BTC-USDT`), else the one asked for
    bool is_blocked = false; ///< also true for a block without a bot's id
    std::optional<std::string>
        blocked_by; ///< bot id, "" where none is stored; empty where the symbol is free
    double timestamp = 0; ///< time of the answer, epoch seconds
};
BOOST_DESCRIBE_STRUCT(block_status, (), (exchange, symbol, is_blocked, blocked_by, timestamp))

/// Result of the operation `get_bots`: every readable bot with all that it wrote, by bot id. Redis: hash
/// `bot_status`. cache_calls::get_bots() returns the member `bots`.
struct bot_list {
    std::map<std::string, boost::json::object> bots; ///< by bot id; see bot::data
};
BOOST_DESCRIBE_STRUCT(bot_list, (), (bots))

} // namespace fullon_cache_api
