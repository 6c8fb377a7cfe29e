// The groups of states that there are.
#pragma once

#include <fullon_cache_api/detail/state_source.hpp>

#include <fullon_cache/detail/link.hpp>

#include <memory>
#include <string>

namespace fullon_cache_api::detail {

using shared_link = std::shared_ptr<fullon_cache::detail::link>;

/// Topics `positions:{account}`, items are symbols. Redis: hash `account_positions`.
state_group positions_group(shared_link redis);

/// Topic `queue:{exchange}`, one item. Redis: hash `order_status:{exchange}`.
state_group queue_group(shared_link redis, std::string exchange);

/// Topics `bots:{id}`, one item each. Redis: hash `bot_status`.
state_group bots_group(shared_link redis);

/// Topic `process`, one item. Redis: `process:*`.
state_group process_group(shared_link redis);

} // namespace fullon_cache_api::detail
