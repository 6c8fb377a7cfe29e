// Operations on bots, and on the symbols that they block.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_cache_api/types/bots.hpp>

#include <fullon_orm/id.hpp>

#include <boost/describe/class.hpp>
#include <boost/mp11/list.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api {

namespace detail {
class feed_listener;
class stream_source;
} // namespace detail

namespace operations {

struct get_bot_status {
    static constexpr std::string_view name = "get_bot_status";
    static constexpr std::string_view doc = "The status data that a bot last wrote.";
    static constexpr std::string_view rest = "/bots/{bot_id}/status";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {
        fullon_orm::stored_id bot_id;
    };
    using result = bot;
    static std::optional<key_place> place_of(const params& asked);
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_bot_status::params, (), (bot_id))

struct get_bots {
    static constexpr std::string_view name = "get_bots";
    static constexpr std::string_view doc = "The status data of all bots.";
    static constexpr std::string_view rest = "/bots";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {};
    using result = bot_list;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_bots::params, (), ())

struct is_blocked {
    static constexpr std::string_view name = "is_blocked";
    static constexpr std::string_view doc = "Whether a bot holds the block on a symbol, and which bot; a "
                                            "Redis outage is an error, never \"free\".";
    static constexpr std::string_view rest = "/bots/{exchange}/{symbol}/blocked";
    static constexpr bool dated_by_answer = true;
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = false;
    struct params {
        fullon_orm::stored_id exchange; ///< or exchange account, as the bots wrote it
        std::string symbol;
        static constexpr text_rule rule_of(std::string_view member) { return key_part_rule(member); }
    };
    using result = block_status;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(is_blocked::params, (), (exchange, symbol))

struct stream_bot_status {
    static constexpr std::string_view name = "stream_bot_status";
    static constexpr std::string_view doc =
        "Live status data of one bot, or of every bot (including future ones) if bot_id is omitted.";
    static constexpr std::string_view rest = "";
    static constexpr operation_kind kind = operation_kind::stream;
    static constexpr std::string_view message_type = "bot_update";
    struct params {
        std::optional<fullon_orm::stored_id> bot_id;
    };
    using item = bot;
    static boost::asio::awaitable<std::unique_ptr<detail::stream_source>>
    open(operation_context& context, params arguments, detail::feed_listener& stream);
};
BOOST_DESCRIBE_STRUCT(stream_bot_status::params, (), (bot_id))

using bot_operations = boost::mp11::mp_list<get_bot_status, get_bots, is_blocked, stream_bot_status>;

} // namespace operations
} // namespace fullon_cache_api
