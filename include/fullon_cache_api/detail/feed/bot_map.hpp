// All bots as one value: what the compat dialect tells of them, unreadable ones included.
#pragma once

#include <fullon_cache_api/detail/feed/feeds.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

namespace fullon_cache_api::detail {

/// What every bot wrote, by its id; `{"error":"Invalid JSON"}` in place of what is no JSON. Redis: hash `bot_status`.
/// \throws fullon_cache::cache_error
boost::asio::awaitable<boost::json::object> read_bot_map(shared_link redis);

/// The same followed: one topic `bots`, its messages have `bots` and nothing else.
feed_spec bot_map_feed(shared_link redis);

} // namespace fullon_cache_api::detail
