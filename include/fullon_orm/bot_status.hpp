// What a bot wrote about itself, and its claims on symbols.
#pragma once

#include <fullon_orm/read_error.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// What a bot wrote about itself. Redis: hash `bot_status`, field `{bot_id}`, value a JSON object. Its
/// members that are objects are the bot's feeds (`{feed: {..., "timestamp": ISO 8601}, ...}`); the rest is
/// whatever the bot writes.
///
/// \code
/// if (const auto read = bot_status_from_json(text, "bot_1"))
///     show(read->bot_id, read->status());
/// \endcode
struct bot_status {
    std::string bot_id{}; ///< the field in Redis
    boost::json::object data{}; ///< as it is stored, but for NaN and Infinity, which are null

    /// Member `status` at the top level, else that of the first feed that has one, else "unknown".
    std::string status() const;

    /// The newest `timestamp` of the feeds, epoch seconds; empty when none has a time.
    std::optional<double> timestamp() const;

    bool operator==(const bot_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(bot_status, (), (bot_id, data))

/// Reads a stored bot.
/// \returns read_fault::not_json or read_fault::not_an_object where it is unreadable
boost::system::result<bot_status, read_error> bot_status_from_json(std::string_view json, std::string bot_id);

/// The JSON to be stored for a bot: `data` with `now` (epoch seconds) as the `timestamp` of every feed, as
/// ISO 8601.
std::string stamp_feeds(const boost::json::object& data, double now);

/// A symbol that a bot blocks for others. Redis: hash `block_exchange`, field `{exchange}:{symbol}`, value
/// the bot's id.
struct block {
    std::string exchange{}; ///< an exchange or an exchange account, as the services wrote it
    std::string symbol{}; ///< such as `BTC/USDT`
    std::string bot_id{}; ///< the bot that holds the block

    bool operator==(const block&) const = default;
};
BOOST_DESCRIBE_STRUCT(block, (), (exchange, symbol, bot_id))

/// A position that a bot is about to open. Redis: hash `opening_position`, field `{exchange}:{symbol}`, value
/// `{bot_id}:{ISO 8601}`.
struct opening_position {
    std::string exchange{}; ///< an exchange or an exchange account, as the services wrote it
    std::string symbol{}; ///< such as `BTC/USDT`
    std::string bot_id{}; ///< the bot that opens it
    std::optional<double> since{}; ///< when it began, epoch seconds; empty where the stored text has no time

    bool operator==(const opening_position&) const = default;
};
BOOST_DESCRIBE_STRUCT(opening_position, (), (exchange, symbol, bot_id, since))

/// The stored value of an opening position, such as `7:2026-11-20T15:36:48.107159+00:00`.
/// \param since epoch seconds
std::string opening_position_text(std::string_view bot_id, double since);

/// Reads the stored value of an opening position. Never fails: without a time in it `since` is empty.
/// Exchange and symbol come from the field.
opening_position opening_position_from_text(std::string_view text, std::string exchange, std::string symbol);

} // namespace fullon_orm
