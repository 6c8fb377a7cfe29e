// Results of the overviews of bots and of blocks.
#pragma once

#include <fullon_orm/bot_status.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache_api {

/// Result of cache_calls::get_user_bots(): the bots that name a user in a member `user_id` or `uid`, at the
/// top level or in a feed. Redis: hash `bot_status`.
struct user_bots {
    std::map<std::string, boost::json::object> bots; ///< what they wrote, by bot id; see bot::data
    std::int64_t unreadable = 0; ///< unreadable entries of all users: an unreadable entry names none
};
BOOST_DESCRIBE_STRUCT(user_bots, (), (bots, unreadable))

/// Result of cache_calls::get_bots_coordination_status(): how bots keep out of each other's way. Redis:
/// hashes `block_exchange` and `opening_position`, fields `{exchange}:{symbol}`.
///
/// Opening a position takes seconds. So the status is "unhealthy" when one has been opening for more than an
/// hour, or since a time more than 60 s ahead of now; "degraded" for more than 5 minutes, for an unknown
/// time, and when an entry is unreadable; else "healthy".
///
/// \code
/// const auto now = co_await cache.get_bots_coordination_status();
/// for (const auto& one : now.blocks)
///     show(one.exchange, one.symbol, one.bot_id);
/// \endcode
struct coordination_status {
    std::string status; ///< "healthy", "degraded" or "unhealthy"
    std::vector<fullon_orm::block> blocks; ///< sorted by exchange and symbol
    std::vector<fullon_orm::opening_position> opening_positions; ///< sorted by exchange and symbol
    std::int64_t unreadable = 0; ///< entries of both hashes
    std::optional<double> oldest; ///< earliest `since` of the opening positions, epoch seconds
    std::optional<double> newest; ///< latest `since` of the opening positions, epoch seconds

    bool operator==(const coordination_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(coordination_status, (),
                      (status, blocks, opening_positions, unreadable, oldest, newest))

} // namespace fullon_cache_api
