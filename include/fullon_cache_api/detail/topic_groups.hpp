// The groups of topics that there are, tickers apart.
#pragma once

#include <fullon_cache_api/detail/topic_group.hpp>

#include <fullon_cache/detail/link.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace fullon_cache_api::detail {

using shared_link = std::shared_ptr<fullon_cache::detail::link>;

/// Topics `positions:{account}`, items are symbols. Redis: hash `account_positions`.
topic_group positions_group(shared_link redis);

/// Topic `queue:{exchange}`, one item. Redis: hash `order_status:{exchange}`.
topic_group queue_group(shared_link redis, std::string exchange);

/// Topics `bots:{id}`, one item each. Redis: hash `bot_status`.
topic_group bots_group(shared_link redis);

/// Topic `process`, one item. Redis: `process:*`.
topic_group process_group(shared_link redis);

/// Topics `trades:{exchange}:{symbol without "/"}`, of events; ids are the symbols. The newest `limit` that are in the
/// list begin a stream. Redis: lists `trades:{exchange}:*`.
topic_group trades_group(shared_link redis, std::string exchange, std::size_t limit);

/// Topics `ohlcv:{symbol without "/"}:{timeframe}`, ids are what follows `ohlcv:`; the newest bar is an item, closed ones
/// are events. `symbol` as its writers may spell it. Redis: lists `ohlcv:*`.
topic_group bars_group(shared_link redis, std::string symbol, std::string timeframe);

} // namespace fullon_cache_api::detail
