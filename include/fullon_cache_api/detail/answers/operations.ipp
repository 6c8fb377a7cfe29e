// Bodies of the operations on the service itself, on streams and on tickers.
#pragma once

#include <fullon_cache_api/detail/answers/health_rules.hpp>
#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/catalogue/health.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/catalogue/tickers.hpp>
#include <fullon_cache_api/detail/feed/feed_registry.hpp>
#include <fullon_cache_api/detail/feed/feeds.hpp>

#include <fullon_cache/error.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/redis_link.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace fullon_cache_api::operations {

namespace asio = boost::asio;

namespace {

detail::open_streams& streams_of(operation_context& context)
{
    if (!context.streams)
        throw boost::system::system_error(error::invalid_operation, "streams exist on a WebSocket only");
    return *context.streams;
}

} // namespace

asio::awaitable<answer<ping_result>> ping::run(operation_context& context, params)
{
    try {
        co_await context.ticks.ping();
    } catch (const fullon_cache::cache_error& failure) {
        // Of a Redis that is there: why it is not read, or how it refused the password.
        const bool is_there = failure.diagnostics().starts_with("this Redis") ||
                              failure.code() == fullon_cache::errc::authentication;
        throw boost::system::system_error(error::health_check_failed,
                                          is_there ? failure.diagnostics() : "Redis does not answer");
    }
    co_return found_in_redis(ping_result{"healthy", "connected", "available", epoch_now()});
}

asio::awaitable<answer<health_result>> health_check::run(operation_context& context, params)
{
    constexpr std::size_t most_problems = 20;
    health_result result{"healthy", {"healthy"}, {"healthy", std::nullopt, std::nullopt}, {}, 0};
    const auto begin = std::chrono::steady_clock::now();
    try {
        co_await context.ticks.ping();
        result.cache.latency_ms =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
        if (context.feeds)
            for (auto& one : context.feeds->problems(most_problems))
                result.problems.push_back({std::move(one.key), std::string(to_text(one.reason))});
        if (!result.problems.empty()) // one bad key is no reason to send nobody here any more
            result.status = result.cache.status = "degraded";
    } catch (const fullon_cache::cache_error&) {
        result.status = result.cache.status = "unhealthy";
        result.cache.problem = context.link->down_text();
        if (result.cache.problem->empty())
            result.cache.problem = "Redis does not answer";
    }
    result.timestamp = epoch_now();
    answer<health_result> known(std::move(result));
    known.from_redis = known.result->cache.latency_ms.has_value();
    co_return known;
}

asio::awaitable<answer<operation_list>> list_operations::run(operation_context& context, params)
{
    operation_list result;
    for (const auto& entry : detail::catalogue())
        result.operations.push_back(entry.describe());
    result.limits = context.limits;
    co_return answer<operation_list>(std::move(result));
}

asio::awaitable<answer<ticker>> get_ticker::run(operation_context& context, params arguments)
{
    auto stored = co_await context.ticks.get_ticker(arguments.exchange, arguments.symbol);
    if (!stored)
        co_return answer<ticker>::miss("Ticker " + arguments.symbol + " not found in " + arguments.exchange +
                                       " cache");
    co_return found_in_redis(to_ticker(*stored));
}

std::optional<key_place> get_ticker::place_of(const params& asked)
{
    return key_place{fullon_cache::ticker_hash(asked.exchange), fullon_cache::ticker_hash_prefix};
}

cached_ticker get_ticker::for_rest(ticker found, double now)
{
    cached_ticker made;
    static_cast<ticker&>(made) = std::move(found);
    made.cached_at = iso_of(made.timestamp);
    made.age_seconds = protocol::age_of(made.timestamp, now);
    return made;
}

cached_tickers get_all_tickers::for_rest(exchange_tickers found, double now)
{
    cached_tickers made;
    made.exchange = std::move(found.exchange);
    made.cache_hit = !found.tickers.empty();
    made.tickers.reserve(found.tickers.size());
    std::optional<double> newest;
    for (auto& one : found.tickers) {
        auto& told = made.tickers.emplace_back(get_ticker::for_rest(std::move(one), now));
        if (told.cached_at && (!newest || *newest < *told.timestamp)) {
            newest = told.timestamp;
            made.cached_at = told.cached_at;
        }
    }
    return made;
}

asio::awaitable<answer<exchange_tickers>> get_all_tickers::run(operation_context& context, params arguments)
{
    exchange_tickers result{.exchange = arguments.exchange, .tickers = {}};
    auto reading = within_time_of(context, context.ticks.get_all_tickers(std::move(arguments.exchange)));
    auto stored = co_await std::move(reading);
    result.tickers.reserve(stored.size());
    for (const auto& one : stored)
        result.tickers.push_back(to_ticker(one));
    const bool any = !result.tickers.empty();
    co_return found_in_redis(std::move(result), any);
}

asio::awaitable<std::unique_ptr<detail::stream_source>>
stream_tickers::open(operation_context& context, params arguments, detail::feed_listener& stream)
{
    auto opening =
        context.feeds->open(detail::tickers_feed(context.link, std::move(arguments.exchange)),
                            std::move(arguments.symbols).value_or(std::vector<std::string>()), stream);
    co_return co_await within_time_of(context, std::move(opening));
}

asio::awaitable<answer<unsubscribe_result>> unsubscribe::run(operation_context& context, params arguments)
{
    const auto delivered = streams_of(context).remove(arguments.stream_key);
    co_return answer<unsubscribe_result>({std::move(arguments.stream_key), delivered.value_or(0)});
}

asio::awaitable<answer<stream_list>> list_streams::run(operation_context& context, params)
{
    co_return answer<stream_list>({streams_of(context).list()});
}

} // namespace fullon_cache_api::operations
