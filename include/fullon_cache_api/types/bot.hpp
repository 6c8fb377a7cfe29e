// The bot as it travels on the wire and as the client hands it out.
#pragma once

#include <fullon_orm/iso_time.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/object.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace fullon_orm {
struct bot_status;
}

namespace fullon_cache_api {

/// What a bot says of itself (Redis: hash `bot_status`, field = bot_id).
struct bot {
    std::string bot_id;
    std::string status;              ///< its own, else that of its first feed that has one, else `unknown`
    boost::json::object data;        ///< all that it wrote
    std::optional<double> timestamp; ///< of its newest feed, epoch seconds

    /// `timestamp` as a time point.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const bot&) const = default;
};
BOOST_DESCRIBE_STRUCT(bot, (), (bot_id, status, data, timestamp))

bot to_bot(const fullon_orm::bot_status& stored);

} // namespace fullon_cache_api
