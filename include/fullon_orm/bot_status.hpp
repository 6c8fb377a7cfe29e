// What a bot says about itself, and its claims on symbols.
#pragma once

#include <fullon_orm/read_error.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace fullon_orm {

/// Redis: hash `bot_status`, field = bot id, value = JSON object: feeds (`{feed: {..., "timestamp": ISO 8601}, ...}`) and
/// whatever else a bot writes.
struct bot_status {
    std::string bot_id{};
    boost::json::object data{}; ///< as it is stored; NaN and Infinity, which JSON has not, are null

    /// `status` at the top, else of the first feed that has one, else `unknown`.
    std::string status() const;

    /// Epoch seconds of the newest feed; empty when none has a time.
    std::optional<double> timestamp() const;

    bool operator==(const bot_status&) const = default;
};
BOOST_DESCRIBE_STRUCT(bot_status, (), (bot_id, data))

/// Reads stored JSON.
boost::system::result<bot_status, read_error> bot_status_from_json(std::string_view json, std::string bot_id);

/// The JSON that is stored: every feed (member that is an object) gets `now` as its timestamp.
std::string stamp_feeds(const boost::json::object& data, double now);

/// A symbol that a bot keeps others from. Redis: hash `block_exchange`, field = `{exchange}:{symbol}`, value = bot id.
struct block {
    std::string exchange{}; ///< or exchange account, as the services wrote it
    std::string symbol{};
    std::string bot_id{};

    bool operator==(const block&) const = default;
};
BOOST_DESCRIBE_STRUCT(block, (), (exchange, symbol, bot_id))

/// A position that a bot is about to open. Redis: hash `opening_position`, field = `{exchange}:{symbol}`, value =
/// `{bot_id}:{ISO 8601}`.
struct opening_position {
    std::string exchange{};
    std::string symbol{};
    std::string bot_id{};
    std::optional<double> since{}; ///< epoch seconds

    bool operator==(const opening_position&) const = default;
};
BOOST_DESCRIBE_STRUCT(opening_position, (), (exchange, symbol, bot_id, since))

/// The value of a mark: `7:2026-11-20T15:36:48.107159+00:00`.
std::string opening_position_text(std::string_view bot_id, double since);

/// Reads a mark; never fails: what is no time leaves `since` empty.
opening_position opening_position_from_text(std::string_view text, std::string exchange, std::string symbol);

} // namespace fullon_orm
