// Overviews of bots, and who keeps others from what.
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

/// Bots of one user, with all that they wrote, by id.
struct user_bots {
    std::map<std::string, boost::json::object> bots;
    std::int64_t unreadable = 0; ///< of all bots: whose they are nobody knows
};
BOOST_DESCRIBE_STRUCT(user_bots, (), (bots, unreadable))

/// What bots keep from each other. A position is opened within seconds: degraded when a mark is older than 5 minutes or
/// has no time, or an entry is unreadable; unhealthy when a mark is older than an hour, or
/// over 60 s ahead of now.
struct coordination_status {
    std::string status; ///< "healthy", "degraded", "unhealthy"
    std::vector<fullon_orm::block> blocks; ///< sorted by exchange and symbol, as are the marks
    std::vector<fullon_orm::opening_position> opening_positions;
    std::int64_t unreadable = 0;
    std::optional<double> oldest; ///< since when positions are being opened, epoch seconds
    std::optional<double> newest;

    bool operator==(const coordination_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(coordination_status, (),
                      (status, blocks, opening_positions, unreadable, oldest, newest))

} // namespace fullon_cache_api
