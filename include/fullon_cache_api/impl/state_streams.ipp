// Bodies of the streams of states: positions, queues, bots, processes.
#pragma once

#include <fullon_cache_api/detail/state_groups.hpp>
#include <fullon_cache_api/impl/operation_helpers.hpp>
#include <fullon_cache_api/operations/accounts.hpp>
#include <fullon_cache_api/operations/bots.hpp>
#include <fullon_cache_api/operations/orders.hpp>
#include <fullon_cache_api/operations/processes.hpp>

#include <utility>

namespace fullon_cache_api::operations {

namespace asio = boost::asio;

namespace {

using opening = asio::awaitable<std::unique_ptr<detail::stream_source>>;

/// One topic, or all of the group for no id.
opening open_state(operation_context& context, detail::state_group group, std::vector<std::string> ids,
                   detail::group_watcher& stream)
{
    return within_time_of(context, context.states->open(std::move(group), std::move(ids), stream));
}

opening open_state(operation_context& context, detail::state_group group, std::string id,
                   detail::group_watcher& stream)
{
    return open_state(context, std::move(group), std::vector<std::string>(1, std::move(id)), stream);
}

} // namespace

opening stream_positions::open(operation_context& context, params arguments, detail::group_watcher& stream)
{
    auto account = account_of(arguments.user_id, arguments.exchange);
    auto made = open_state(context, detail::positions_group(context.link), std::move(account), stream);
    co_return co_await std::move(made);
}

opening stream_order_queue::open(operation_context& context, params arguments, detail::group_watcher& stream)
{
    auto made = open_state(context, detail::queue_group(context.link, arguments.exchange), arguments.exchange,
                           stream);
    co_return co_await std::move(made);
}

opening stream_bot_status::open(operation_context& context, params arguments, detail::group_watcher& stream)
{
    std::vector<std::string> ids;
    if (arguments.bot_id)
        ids.push_back(id_text(*arguments.bot_id));
    auto made = open_state(context, detail::bots_group(context.link), std::move(ids), stream);
    co_return co_await std::move(made);
}

opening stream_process_health::open(operation_context& context, params, detail::group_watcher& stream)
{
    auto made = open_state(context, detail::process_group(context.link), std::string(), stream);
    co_return co_await std::move(made);
}

} // namespace fullon_cache_api::operations
