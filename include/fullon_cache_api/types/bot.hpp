// What a bot wrote: result of a query, item of a stream, message on the wire.
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

/// What a bot wrote about itself. Result of cache_calls::get_bot_status(), item of
/// cache_calls::stream_bot_status() (topic `bots:{bot_id}`). Redis: hash `bot_status`, field `{bot_id}`,
/// value a JSON object.
///
/// Members of `data` that are objects are the bot's feeds; the rest is whatever the bot writes.
///
/// \code
/// if (auto found = co_await cache.get_bot_status("bot_1"))
///     for (const auto& [feed, content] : found->data)
///         show(feed, content);
/// \endcode
struct bot {
    std::string bot_id; ///< the field in Redis
    std::string
        status; ///< member `status` of `data`, else that of the first feed that has one, else "unknown"
    /// All that the bot wrote; NaN and Infinity are null. For integers beyond 64 bits see
    /// fullon_orm/big_integer.hpp.
    boost::json::object data;
    std::optional<double>
        timestamp; ///< the newest `timestamp` of its feeds, epoch seconds; empty where none has one

    /// `timestamp` as a time point, to the nearest microsecond; empty where `timestamp` is.
    std::optional<std::chrono::sys_time<std::chrono::microseconds>> time() const
    {
        return timestamp ? std::optional(fullon_orm::to_time_point(*timestamp)) : std::nullopt;
    }

    bool operator==(const bot&) const = default;
};
BOOST_DESCRIBE_STRUCT(bot, (), (bot_id, status, data, timestamp))

/// A stored bot as the API reports it.
bot to_bot(const fullon_orm::bot_status& stored);

} // namespace fullon_cache_api
