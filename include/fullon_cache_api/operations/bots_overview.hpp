// Operations on bots together.
#pragma once

#include <fullon_cache_api/operations/operation.hpp>

#include <fullon_orm/bot_status.hpp>
#include <fullon_orm/id.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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

namespace operations {

struct get_bots_bots {
    static constexpr std::string_view name = "get_bots_bots";
    static constexpr std::string_view doc =
        "What those bots say of themselves that name this user: as user_id or uid, at the top or in a feed.";
    static constexpr std::string_view rest = "/bots/{user_id}/bots";
    static constexpr operation_kind kind = operation_kind::query;
    struct params {
        fullon_orm::stored_id user_id;
    };
    using result = user_bots;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_bots_bots::params, (), (user_id))

struct get_bots_coordination_status {
    static constexpr std::string_view name = "get_bots_coordination_status";
    static constexpr std::string_view doc =
        "Which bot keeps others from which symbol, and which positions are being opened.";
    static constexpr std::string_view rest = "/bots/coordination/status";
    static constexpr operation_kind kind = operation_kind::query;
    struct params {};
    using result = coordination_status;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_bots_coordination_status::params, (), ())

} // namespace operations
} // namespace fullon_cache_api
