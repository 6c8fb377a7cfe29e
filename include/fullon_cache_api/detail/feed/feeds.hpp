// The feeds that there are.
#pragma once

#include <fullon_cache_api/detail/feed/feed_spec.hpp>

#include <fullon_cache/redis_link.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

using shared_link = std::shared_ptr<fullon_cache::redis_link>;

/// Topics `tickers:{exchange}:{symbol}`, one item each. Redis: hash `tickers:{exchange}`, fields are symbols; hints also come
/// on the channels `ticker_updates:{exchange}:{symbol}` and `next_ticker:{exchange}:{symbol}`.
feed_spec tickers_feed(shared_link redis, std::string exchange);

/// The field that a message of a channel is a hint of.
struct published_field {
    std::string key;
    std::string_view field; ///< of the channel's name
};
std::optional<published_field> field_of_channel(std::string_view channel);

/// Topics `positions:{account}`, items are symbols. Redis: hash `account_positions`.
feed_spec positions_feed(shared_link redis);

/// Topic `queue:{exchange}`, one item. Redis: hash `order_status:{exchange}`.
feed_spec queue_feed(shared_link redis, std::string exchange);

/// Topics `bots:{id}`, one item each. Redis: hash `bot_status`.
feed_spec bots_feed(shared_link redis);

/// Topic `process`, one item. Redis: `process:*`.
feed_spec process_feed(shared_link redis);

/// Topics `trades:{exchange}:{symbol without "/"}`, of events; ids are the symbols. The newest `limit` that are in the
/// list begin a stream. Redis: lists `trades:{exchange}:*`.
feed_spec trades_feed(shared_link redis, std::string exchange, std::size_t limit);

/// Topics `ohlcv:{symbol without "/"}:{timeframe}`, ids are what follows `ohlcv:`; the newest bar is an item, closed ones
/// are events. `symbol` as its writers may spell it. Redis: lists `ohlcv:*`.
feed_spec bars_feed(shared_link redis, std::string symbol, std::string timeframe);

} // namespace fullon_cache_api::detail
