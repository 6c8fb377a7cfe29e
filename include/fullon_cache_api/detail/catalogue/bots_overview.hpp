// Operations on bots together.
#pragma once

#include <fullon_cache_api/detail/catalogue/operation.hpp>
#include <fullon_cache_api/types/bots_overview.hpp>

#include <fullon_orm/bot_status.hpp>
#include <fullon_orm/id.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/object.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache_api {

namespace operations {

struct get_bots_bots {
    static constexpr std::string_view name = "get_bots_bots";
    static constexpr std::string_view doc =
        "The bots whose data names this user (user_id or uid, at top level or inside a feed).";
    static constexpr std::string_view rest = "/bots/{user_id}/bots";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
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
        "Which bot holds the block on which symbol, and which positions are being opened.";
    static constexpr std::string_view rest = "/bots/coordination/status";
    static constexpr operation_kind kind = operation_kind::query;
    static constexpr bool unbounded = true;
    struct params {};
    using result = coordination_status;
    static boost::asio::awaitable<answer<result>> run(operation_context& context, params arguments);
};
BOOST_DESCRIBE_STRUCT(get_bots_coordination_status::params, (), ())

using bots_overview_operations = boost::mp11::mp_list<get_bots_bots, get_bots_coordination_status>;

} // namespace operations
} // namespace fullon_cache_api
