// Bodies of the queries on all orders.
#pragma once

#include <fullon_cache_api/detail/answers/health_rules.hpp>
#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/catalogue/orders_overview.hpp>

#include <fullon_cache/keys.hpp>

#include <algorithm>
#include <tuple>
#include <utility>

namespace fullon_cache_api::operations {

namespace asio = boost::asio;

namespace {

/// All that have orders, or the one that is named.
asio::awaitable<std::vector<std::string>> exchanges_of_orders(operation_context* context,
                                                              std::optional<std::string> named)
{
    std::vector<std::string> names;
    if (named)
        names.push_back(std::move(*named));
    else
        names = co_await context->orders.get_order_exchanges();
    std::erase(names, std::string());
    co_return names;
}

order_queue to_order_queue(std::string exchange, const fullon_cache::listing<fullon_orm::order>& stored)
{
    order_queue made;
    protocol::time_span times;
    for (const auto& one : stored.entries) {
        times.add(one.timestamp);
        ++made.by_status[one.status.value_or("unknown")];
    }
    made.queue_name = fullon_cache::orders_hash(exchange);
    made.size = static_cast<std::int64_t>(stored.entries.size());
    made.oldest = times.oldest;
    made.newest = times.newest;
    made.unreadable = stored.unreadable;
    const bool all_broken = stored.entries.empty() && stored.unreadable != 0;
    made.health_status = protocol::health_text(all_broken ? protocol::health_state::unhealthy
                                                          : protocol::state_by_unreadable(stored.unreadable));
    made.exchange = std::move(exchange);
    return made;
}

asio::awaitable<order_queue_states> read_order_queues(operation_context* context,
                                                      std::optional<std::string> exchange)
{
    const bool alone = exchange.has_value();
    const auto names = co_await exchanges_of_orders(context, std::move(exchange));
    order_queue_states found;
    protocol::time_span times;
    std::int64_t broken = 0;
    for (const auto& name : names) {
        auto reading = listing_of(context->orders.list_orders(name), alone);
        const auto stored = co_await std::move(reading);
        if (stored.entries.empty() && stored.unreadable == 0)
            continue;
        auto queue = to_order_queue(name, stored);
        times.add(queue.oldest);
        times.add(queue.newest);
        found.total += queue.size;
        found.unreadable += queue.unreadable;
        broken += queue.size == 0 ? 1 : 0;
        found.queues.push_back(std::move(queue));
    }
    found.oldest = times.oldest;
    found.newest = times.newest;
    found.status = protocol::health_text(broken != 0 ? protocol::health_state::unhealthy
                                                     : protocol::state_by_unreadable(found.unreadable));
    co_return found;
}

asio::awaitable<user_orders> read_user_orders(operation_context* context, std::string user,
                                              std::optional<std::string> exchange)
{
    const bool alone = exchange.has_value();
    const auto names = co_await exchanges_of_orders(context, std::move(exchange));
    user_orders found;
    for (const auto& name : names) {
        auto reading = listing_of(context->orders.list_orders(name), alone);
        const auto stored = co_await std::move(reading);
        found.unreadable += stored.unreadable;
        for (const auto& one : stored.entries)
            if (one.uid && id_text(*one.uid) == user)
                found.orders.push_back(to_order(one));
    }
    std::sort(found.orders.begin(), found.orders.end(), [](const order& a, const order& b) {
        const double first = a.timestamp.value_or(0);
        const double second = b.timestamp.value_or(0);
        return first != second ? first > second
                               : std::tie(a.exchange, a.order_id) < std::tie(b.exchange, b.order_id);
    });
    found.count = static_cast<std::int64_t>(found.orders.size());
    found.user_id = std::move(user);
    co_return found;
}

} // namespace

asio::awaitable<answer<order_queue_sizes>> get_orders_queue_size::run(operation_context& context,
                                                                      params arguments)
{
    auto reading = within_time_of(context, read_order_queues(&context, std::move(arguments.exchange)));
    const auto stored = co_await std::move(reading);
    result found;
    found.total = stored.total;
    found.queues.assign(stored.queues.begin(), stored.queues.end());
    const bool any = !found.queues.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<order_queue_states>> get_orders_queue_status::run(operation_context& context,
                                                                         params arguments)
{
    auto reading = within_time_of(context, read_order_queues(&context, std::move(arguments.exchange)));
    auto found = co_await std::move(reading);
    const bool any = !found.queues.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<user_orders>> get_orders_orders::run(operation_context& context, params arguments)
{
    auto reading = within_time_of(
        context, read_user_orders(&context, id_text(arguments.user_id), std::move(arguments.exchange)));
    auto found = co_await std::move(reading);
    const bool any = found.count != 0;
    co_return found_in_redis(std::move(found), any);
}

} // namespace fullon_cache_api::operations
