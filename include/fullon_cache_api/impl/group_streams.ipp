// Bodies of the streams of groups of topics: all but tickers.
#pragma once

#include <fullon_cache_api/detail/group_source.hpp>
#include <fullon_cache_api/detail/topic_groups.hpp>
#include <fullon_cache_api/impl/operation_helpers.hpp>
#include <fullon_cache_api/operations/accounts.hpp>
#include <fullon_cache_api/operations/bots.hpp>
#include <fullon_cache_api/operations/ohlcv.hpp>
#include <fullon_cache_api/operations/orders.hpp>
#include <fullon_cache_api/operations/processes.hpp>
#include <fullon_cache_api/operations/trades.hpp>

#include <fullon_orm/trade.hpp>

#include <utility>

namespace fullon_cache_api::operations {

namespace asio = boost::asio;

namespace {

using opening = asio::awaitable<std::unique_ptr<detail::stream_source>>;

/// One topic, or all of the group for no id.
opening open_group(operation_context& context, detail::topic_group group, std::vector<std::string> ids,
                   detail::group_watcher& stream)
{
    return within_time_of(context, context.groups->open(std::move(group), std::move(ids), stream));
}

opening open_group(operation_context& context, detail::topic_group group, std::string id,
                   detail::group_watcher& stream)
{
    return open_group(context, std::move(group), std::vector<std::string>(1, std::move(id)), stream);
}

} // namespace

opening stream_positions::open(operation_context& context, params arguments, detail::group_watcher& stream)
{
    auto account = account_of(arguments.user_id, arguments.exchange);
    auto made = open_group(context, detail::positions_group(context.link), std::move(account), stream);
    co_return co_await std::move(made);
}

opening stream_order_queue::open(operation_context& context, params arguments, detail::group_watcher& stream)
{
    auto made = open_group(context, detail::queue_group(context.link, arguments.exchange), arguments.exchange,
                           stream);
    co_return co_await std::move(made);
}

opening stream_bot_status::open(operation_context& context, params arguments, detail::group_watcher& stream)
{
    std::vector<std::string> ids;
    if (arguments.bot_id)
        ids.push_back(id_text(*arguments.bot_id));
    auto made = open_group(context, detail::bots_group(context.link), std::move(ids), stream);
    co_return co_await std::move(made);
}

opening stream_process_health::open(operation_context& context, params, detail::group_watcher& stream)
{
    auto made = open_group(context, detail::process_group(context.link), std::string(), stream);
    co_return co_await std::move(made);
}

opening stream_trade_updates::open(operation_context& context, params arguments,
                                   detail::group_watcher& stream)
{
    require_without(arguments.exchange, "exchange", ":");
    std::vector<std::string> symbols;
    if (arguments.symbol)
        symbols.push_back(fullon_orm::without_slash(*arguments.symbol));
    auto made =
        open_group(context, detail::trades_group(context.link, arguments.exchange, context.event_ring),
                   std::move(symbols), stream);
    co_return co_await std::move(made);
}

opening stream_ohlcv::open(operation_context& context, params arguments, detail::group_watcher& stream)
{
    require_without(arguments.timeframe, "timeframe", ":/");
    auto topic = fullon_orm::without_slash(arguments.symbol) + ":" + arguments.timeframe;
    auto made = open_group(context, detail::bars_group(context.link, arguments.symbol, arguments.timeframe),
                           std::move(topic), stream);
    co_return co_await std::move(made);
}

} // namespace fullon_cache_api::operations
