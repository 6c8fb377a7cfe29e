// Bodies of the queries on all tickers and bars.
#pragma once

#include <fullon_cache_api/detail/answers/health_rules.hpp>
#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/catalogue/ohlcv_overview.hpp>
#include <fullon_cache_api/detail/catalogue/tickers_overview.hpp>
#include <fullon_cache_api/detail/feed/feed_registry.hpp>

#include <fullon_orm/trade.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace fullon_cache_api::operations {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t usual_ticker_age = 300; // seconds

bool is_of_lately(const fullon_orm::tick& one, double now, std::int64_t most)
{
    return protocol::is_current(one.time, now, static_cast<double>(most));
}

exchange_health check_exchange(const std::string& name, const fullon_cache::listing<fullon_orm::tick>& stored)
{
    const double now = epoch_now();
    exchange_health found;
    protocol::time_span times;
    found.exchange = name;
    found.symbols = static_cast<std::int64_t>(stored.entries.size());
    found.unreadable = stored.unreadable;
    for (const auto& one : stored.entries) {
        times.add(one.time);
        found.active += is_of_lately(one, now, usual_ticker_age) ? 1 : 0;
    }
    found.oldest = times.oldest;
    found.newest = times.newest;
    found.status =
        protocol::health_text(found.active == 0 ? protocol::health_state::unhealthy
                                                : protocol::state_by_unreadable(stored.unreadable));
    return found;
}

asio::awaitable<tickers_health> check_tickers(operation_context* context)
{
    const auto exchanges = co_await context->ticks.get_ticker_exchanges();
    tickers_health found;
    protocol::time_span times;
    std::int64_t without = 0; // any of lately
    for (const auto& name : exchanges) {
        if (name.empty())
            continue;
        auto reading = listing_of(context->ticks.list_tickers(name), false);
        const auto stored = co_await std::move(reading);
        auto one = check_exchange(name, stored);
        times.add(one.oldest);
        times.add(one.newest);
        found.symbols += one.symbols;
        found.active += one.active;
        found.unreadable += one.unreadable;
        without += one.active == 0 ? 1 : 0;
        found.exchanges.push_back(std::move(one));
    }
    const auto all = static_cast<std::int64_t>(found.exchanges.size());
    found.max_age_seconds = usual_ticker_age;
    found.oldest = times.oldest;
    found.newest = times.newest;
    found.status = protocol::health_text(protocol::worse_of(protocol::state_by_share(without, all),
                                                            protocol::state_by_unreadable(found.unreadable)));
    co_return found;
}

void sort_timeframes(std::vector<std::string>& timeframes)
{
    const auto length = [](const std::string& one) {
        return protocol::timeframe_seconds(one).value_or(std::numeric_limits<double>::infinity());
    };
    std::sort(timeframes.begin(), timeframes.end(), [&](const auto& a, const auto& b) {
        return std::pair(length(a), std::string_view(a)) < std::pair(length(b), std::string_view(b));
    });
}

bar_cache_status check_bars(fullon_cache::bar_lists stored, double now)
{
    bar_cache_status found;
    protocol::time_span times;
    std::set<std::string> symbols;
    std::map<std::string, bool> timeframes; // is any list of it fresh, where that can be said
    std::set<std::string> unjudged;
    found.unreadable = stored.misnamed;
    for (auto& one : stored.lists) {
        bar_series_status series;
        series.fresh = protocol::bars_are_fresh(one.newest, one.timeframe, now);
        symbols.insert(fullon_orm::without_slash(one.symbol));
        if (series.fresh)
            timeframes[one.timeframe] |= *series.fresh;
        else
            unjudged.insert(one.timeframe);
        found.fresh += series.fresh.value_or(false) ? 1 : 0;
        found.unreadable += one.unreadable;
        times.add(one.newest);
        series.bars = one.length;
        series.newest = one.newest;
        series.symbol = std::move(one.symbol);
        series.timeframe = std::move(one.timeframe);
        found.series.push_back(std::move(series));
    }
    const auto without =
        std::count_if(timeframes.begin(), timeframes.end(), [](const auto& one) { return !one.second; });
    found.symbols = static_cast<std::int64_t>(symbols.size());
    found.series_count = static_cast<std::int64_t>(found.series.size());
    found.oldest = times.oldest;
    found.newest = times.newest;
    found.status = protocol::health_text(
        protocol::worse_of(protocol::state_by_share(without, static_cast<std::int64_t>(timeframes.size())),
                           protocol::state_by_unreadable(found.unreadable)));
    found.timeframes.assign(unjudged.begin(), unjudged.end());
    for (const auto& [timeframe, fresh] : timeframes)
        found.timeframes.push_back(timeframe);
    sort_timeframes(found.timeframes);
    return found;
}

} // namespace

asio::awaitable<answer<active_tickers>> get_tickers_active::run(operation_context& context, params arguments)
{
    auto reading = within_time_of(context, context.ticks.list_tickers(arguments.exchange));
    const auto stored = co_await std::move(reading);
    result found;
    found.exchange = std::move(arguments.exchange);
    found.max_age_seconds = arguments.max_age_seconds.value_or(usual_ticker_age);
    found.total = static_cast<std::int64_t>(stored.entries.size());
    found.unreadable = stored.unreadable;
    protocol::time_span times;
    const double now = epoch_now();
    for (const auto& one : stored.entries) {
        times.add(one.time);
        if (is_of_lately(one, now, found.max_age_seconds))
            found.symbols.push_back(one.symbol);
    }
    std::sort(found.symbols.begin(), found.symbols.end());
    found.count = static_cast<std::int64_t>(found.symbols.size());
    found.newest = times.newest;
    const bool any = found.count != 0;
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<tickers_health>> get_tickers_health::run(operation_context& context, params)
{
    auto checking = within_time_of(context, check_tickers(&context));
    auto found = co_await std::move(checking);
    const bool any = !found.exchanges.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<ticker_subscriptions>> get_tickers_subscriptions::run(operation_context& context,
                                                                             params)
{
    result found;
    if (context.feeds)
        for (auto& ticker : context.feeds->tickers()) {
            ticker_subscription one;
            one.topic = ticker.updates->name();
            one.exchange = std::move(ticker.exchange);
            one.symbol = std::move(ticker.symbol);
            one.subscribers = static_cast<std::int64_t>(ticker.updates->subscribers().size());
            one.update_id = static_cast<std::int64_t>(ticker.updates->last_id());
            one.last_update = ticker.time;
            one.stale = ticker.stale;
            found.subscriptions.push_back(std::move(one));
        }
    found.count = static_cast<std::int64_t>(found.subscriptions.size());
    answer<result> known(std::move(found));
    known.anything = known.result->count != 0;
    co_return known;
}

asio::awaitable<answer<symbol_timeframes>> get_ohlcv_timeframes::run(operation_context& context,
                                                                     params arguments)
{
    auto reading = within_time_of(context, context.bars.get_timeframes(arguments.symbol));
    result found;
    found.timeframes = co_await std::move(reading);
    if (found.timeframes.empty())
        co_return answer<result>::miss("Bars of " + arguments.symbol + " not found");
    found.symbol = std::move(arguments.symbol);
    sort_timeframes(found.timeframes);
    co_return found_in_redis(std::move(found));
}

asio::awaitable<answer<bar_cache_status>> get_ohlcv_cache_status::run(operation_context& context, params)
{
    auto reading = within_time_of(context, context.bars.get_bar_lists());
    auto stored = co_await std::move(reading);
    auto found = check_bars(std::move(stored), epoch_now());
    const bool any = !found.series.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<bar_metrics>> get_ohlcv_performance_metrics::run(operation_context& context, params)
{
    constexpr std::int64_t elements = 10; // enough to know how big they are
    auto reading = within_time_of(context, context.bars.get_bar_lists(elements));
    auto stored = co_await std::move(reading);
    result found;
    found.reads = stored.reads;
    found.mean_latency_ms = stored.mean_ms;
    found.slowest_latency_ms = stored.slowest_ms;
    found.unreadable = stored.misnamed;
    for (auto& one : stored.lists) {
        found.bars += one.length;
        found.bars_read += one.read;
        found.bytes_read += one.bytes;
        found.unreadable += one.unreadable;
        bar_series_metrics series;
        series.key = std::move(one.key);
        series.bars = one.length;
        series.bars_read = one.read;
        series.bytes_read = one.bytes;
        found.series.push_back(std::move(series));
    }
    const bool any = !found.series.empty();
    co_return found_in_redis(std::move(found), any);
}

} // namespace fullon_cache_api::operations
