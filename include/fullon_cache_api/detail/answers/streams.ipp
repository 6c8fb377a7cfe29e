// Bodies of the streams of groups of topics: all but tickers.
#pragma once

#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/catalogue/accounts.hpp>
#include <fullon_cache_api/detail/catalogue/bots.hpp>
#include <fullon_cache_api/detail/catalogue/metrics.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv.hpp>
#include <fullon_cache_api/detail/catalogue/orders.hpp>
#include <fullon_cache_api/detail/catalogue/processes.hpp>
#include <fullon_cache_api/detail/catalogue/trades.hpp>
#include <fullon_cache_api/detail/feed/feed_registry.hpp>
#include <fullon_cache_api/detail/feed/feeds.hpp>
#include <fullon_cache_api/detail/feed/metrics_source.hpp>

#include <fullon_orm/trade.hpp>

#include <chrono>
#include <utility>

namespace fullon_cache_api::operations {

namespace asio = boost::asio;

namespace {

using opening = asio::awaitable<std::unique_ptr<detail::stream_source>>;

/// One topic, or all of the group for no id.
opening open_feed(operation_context& context, detail::feed_spec group, std::vector<std::string> ids,
                  detail::feed_listener& stream)
{
    return within_time_of(context, context.feeds->open(std::move(group), std::move(ids), stream));
}

opening open_feed(operation_context& context, detail::feed_spec group, std::string id,
                  detail::feed_listener& stream)
{
    return open_feed(context, std::move(group), std::vector<std::string>(1, std::move(id)), stream);
}

} // namespace

opening stream_positions::open(operation_context& context, params arguments, detail::feed_listener& stream)
{
    auto account = account_of(arguments.user_id, arguments.exchange);
    auto made = open_feed(context, detail::positions_feed(context.link), std::move(account), stream);
    co_return co_await std::move(made);
}

opening stream_order_queue::open(operation_context& context, params arguments, detail::feed_listener& stream)
{
    auto made =
        open_feed(context, detail::queue_feed(context.link, arguments.exchange), arguments.exchange, stream);
    co_return co_await std::move(made);
}

opening stream_bot_status::open(operation_context& context, params arguments, detail::feed_listener& stream)
{
    std::vector<std::string> ids;
    if (arguments.bot_id)
        ids.push_back(id_text(*arguments.bot_id));
    auto made = open_feed(context, detail::bots_feed(context.link), std::move(ids), stream);
    co_return co_await std::move(made);
}

opening stream_process_health::open(operation_context& context, params, detail::feed_listener& stream)
{
    auto made = open_feed(context, detail::process_feed(context.link), std::string(), stream);
    co_return co_await std::move(made);
}

opening stream_trade_updates::open(operation_context& context, params arguments,
                                   detail::feed_listener& stream)
{
    std::vector<std::string> symbols;
    if (arguments.symbol)
        symbols.push_back(fullon_orm::without_slash(*arguments.symbol));
    auto made = open_feed(context, detail::trades_feed(context.link, arguments.exchange, context.event_ring),
                          std::move(symbols), stream);
    co_return co_await std::move(made);
}

opening stream_ohlcv::open(operation_context& context, params arguments, detail::feed_listener& stream)
{
    auto topic = fullon_orm::without_slash(arguments.symbol) + ":" + arguments.timeframe;
    auto made = open_feed(context, detail::bars_feed(context.link, arguments.symbol, arguments.timeframe),
                          std::move(topic), stream);
    co_return co_await std::move(made);
}

opening stream_metrics::open(operation_context& context, params arguments, detail::feed_listener&)
{
    co_return context.metric_streams->open(std::chrono::duration<double>(arguments.interval.value_or(1)));
}

} // namespace fullon_cache_api::operations
