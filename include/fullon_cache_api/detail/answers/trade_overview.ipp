// Bodies of the queries on all lists of trades.
#pragma once

#include <fullon_cache_api/detail/answers/health_rules.hpp>
#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/catalogue/trades_overview.hpp>
#include <fullon_cache_api/detail/feed/feed_registry.hpp>

#include <fullon_cache/keys.hpp>

#include <map>
#include <utility>

namespace fullon_cache_api::operations {

namespace asio = boost::asio;

namespace {

protocol::health_state state_of(const fullon_cache::trade_queue& stored, double now)
{
    return protocol::worse_of(protocol::state_by_wait(stored.oldest, stored.newest, now),
                              protocol::state_by_unreadable(stored.unreadable));
}

trade_queue_status to_trade_queue(const operation_context& context, fullon_cache::trade_queue stored,
                                  double now)
{
    trade_queue_status made;
    made.health_status = protocol::health_text(state_of(stored, now));
    if (context.feeds)
        made.processing_rate = context.feeds->traffic_of(stored.key).per_minute();
    made.size = stored.length;
    made.oldest = stored.oldest;
    made.newest = stored.newest;
    made.unreadable = stored.unreadable;
    made.queue_name = std::move(stored.key);
    made.exchange = std::move(stored.exchange);
    made.symbol = std::move(stored.symbol);
    return made;
}

asio::awaitable<trade_queue_states> read_trade_queues(operation_context* context,
                                                      std::optional<std::string> exchange, bool with_times)
{
    auto stored = co_await context->trades.list_trade_queues(exchange.value_or(""));
    std::map<std::string, double> written;
    const std::string prefix(fullon_cache::trade_status_prefix);
    if (with_times)
        written = co_await context->trades.get_all_trade_statuses(prefix + exchange.value_or(""));
    trade_queue_states found;
    protocol::time_span times;
    found.unreadable = stored.unreadable;
    auto worst = protocol::state_by_unreadable(stored.unreadable);
    const double now = epoch_now();
    for (auto& one : stored.entries) {
        times.add(one.oldest);
        times.add(one.newest);
        found.total += one.length;
        found.unreadable += one.unreadable;
        worst = protocol::worse_of(worst, state_of(one, now));
        auto queue = to_trade_queue(*context, std::move(one), now);
        if (const auto time = written.find(prefix + queue.exchange); time != written.end())
            queue.last_written = time->second;
        found.queues.push_back(std::move(queue));
    }
    found.oldest = times.oldest;
    found.newest = times.newest;
    found.status = protocol::health_text(worst);
    co_return found;
}

} // namespace

asio::awaitable<answer<trade_queue_sizes>> get_trades_queue_size::run(operation_context& context,
                                                                      params arguments)
{
    auto reading = within_time_of(context, read_trade_queues(&context, std::move(arguments.exchange), false));
    const auto stored = co_await std::move(reading);
    result found;
    found.total = stored.total;
    found.queues.assign(stored.queues.begin(), stored.queues.end());
    const bool any = !found.queues.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<trade_queue_states>> get_trades_queue_status::run(operation_context& context,
                                                                         params arguments)
{
    auto reading = within_time_of(context, read_trade_queues(&context, std::move(arguments.exchange), true));
    auto found = co_await std::move(reading);
    const bool any = !found.queues.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<trade_metrics>> get_trades_performance_metrics::run(operation_context& context, params)
{
    auto reading = within_time_of(context, read_trade_queues(&context, std::nullopt, false));
    const auto stored = co_await std::move(reading);
    result found;
    found.status = stored.status;
    found.total = stored.total;
    found.oldest = stored.oldest;
    found.newest = stored.newest;
    found.unreadable = stored.unreadable;
    for (const auto& one : stored.queues) {
        found.queue_lengths.emplace(one.queue_name, one.size);
        if (context.feeds)
            found.followed += context.feeds->traffic_of(one.queue_name).topics;
    }
    if (context.feeds) // also of lists that are empty now: their trades are taken at once
        found.trades_per_minute = context.feeds->traffic_below(fullon_cache::trades_prefix).per_minute();
    const bool any = !found.queue_lengths.empty();
    co_return found_in_redis(std::move(found), any);
}

} // namespace fullon_cache_api::operations
