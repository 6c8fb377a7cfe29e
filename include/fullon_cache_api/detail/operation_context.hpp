// What operations run against.
#pragma once

#include <fullon_cache_api/detail/server_metrics.hpp>

#include <fullon_cache/account_reader.hpp>
#include <fullon_cache/bot_reader.hpp>
#include <fullon_cache/ohlcv_reader.hpp>
#include <fullon_cache/orders_reader.hpp>
#include <fullon_cache/process_reader.hpp>
#include <fullon_cache/tick_reader.hpp>
#include <fullon_cache/trades_reader.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace fullon_cache_api {

namespace detail {
class session_streams;
class group_source;
class metrics_source;
class ticker_source;
} // namespace detail

/// One per session (and per gateway); the parts are the server's. Only the reading half of the caches is
/// here: that the API cannot write is a property of these types.
struct operation_context {
    operation_context(
        const std::shared_ptr<fullon_cache::detail::link>& redis,
        std::shared_ptr<detail::ticker_source> followed_tickers,
        std::shared_ptr<detail::group_source> followed_groups, std::string server_epoch,
        std::size_t kept_events, detail::session_streams* of_session,
        std::shared_ptr<detail::server_metrics> counted = std::make_shared<detail::server_metrics>(),
        std::shared_ptr<detail::metrics_source> followed_metrics = nullptr)
        : ticks(redis), accounts(redis), orders(redis), bots(redis), trades(redis), bars(redis),
          processes(redis), link(redis), tickers(std::move(followed_tickers)),
          groups(std::move(followed_groups)), epoch(std::move(server_epoch)), event_ring(kept_events),
          streams(of_session), metrics(std::move(counted)), metric_streams(std::move(followed_metrics))
    {}

    fullon_cache::tick_reader ticks;
    fullon_cache::account_reader accounts;
    fullon_cache::orders_reader orders;
    fullon_cache::bot_reader bots;
    fullon_cache::trades_reader trades;
    fullon_cache::ohlcv_reader bars;
    fullon_cache::process_reader processes;
    std::shared_ptr<fullon_cache::detail::link> link;
    std::shared_ptr<detail::ticker_source> tickers;
    std::shared_ptr<detail::group_source> groups;
    std::string epoch;
    std::size_t event_ring; ///< events of a topic that are kept for streams to come
    detail::session_streams* streams; ///< of the session that asks; null where there is no session
    std::shared_ptr<detail::server_metrics> metrics; ///< never null
    std::shared_ptr<detail::metrics_source> metric_streams; ///< null where nothing is streamed
};

} // namespace fullon_cache_api
