// What operations run against.
#pragma once

#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>
#include <fullon_cache_api/service_limits.hpp>

#include <fullon_cache/account_reader.hpp>
#include <fullon_cache/bot_reader.hpp>
#include <fullon_cache/ohlcv_reader.hpp>
#include <fullon_cache/orders_reader.hpp>
#include <fullon_cache/process_reader.hpp>
#include <fullon_cache/tick_reader.hpp>
#include <fullon_cache/trades_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api {

namespace detail {
class connection_topics;
class feed_registry;
class local_cache;
class metrics_source;
class reply_budget;
class topic_names;

/// The streams of whoever asks.
class open_streams {
public:
    virtual std::vector<stream_info> list() const = 0;
    /// \returns how many messages of it there were; empty if there is no such stream.
    virtual std::optional<std::uint64_t> remove(std::string_view key) = 0;

protected:
    ~open_streams() = default;
};
} // namespace detail

/// One per session (and per gateway); the parts are the server's. Only the reading half of the caches is
/// here: that the API cannot write is a property of these types.
struct operation_context {
    operation_context(
        const std::shared_ptr<fullon_cache::redis_link>& redis,
        std::shared_ptr<detail::feed_registry> followed, std::string server_epoch, std::size_t kept_events,
        detail::open_streams* of_caller,
        std::shared_ptr<detail::server_metrics> counted = std::make_shared<detail::server_metrics>(),
        std::shared_ptr<detail::metrics_source> followed_metrics = nullptr)
        : ticks(redis), accounts(redis), orders(redis), bots(redis), trades(redis), bars(redis),
          processes(redis), link(redis), feeds(std::move(followed)), epoch(std::move(server_epoch)),
          event_ring(kept_events), streams(of_caller), metrics(std::move(counted)),
          metric_streams(std::move(followed_metrics))
    {}

    fullon_cache::tick_reader ticks;
    fullon_cache::account_reader accounts;
    fullon_cache::orders_reader orders;
    fullon_cache::bot_reader bots;
    fullon_cache::trades_reader trades;
    fullon_cache::ohlcv_reader bars;
    fullon_cache::process_reader processes;
    std::shared_ptr<fullon_cache::redis_link> link;
    std::shared_ptr<detail::feed_registry> feeds; ///< null where nothing is streamed
    std::string epoch;
    std::size_t event_ring; ///< events of a topic that are kept for streams to come
    detail::open_streams* streams; ///< null where there are none, as over HTTP
    std::shared_ptr<detail::server_metrics> metrics; ///< never null
    std::shared_ptr<detail::metrics_source> metric_streams; ///< null where nothing is streamed
    std::shared_ptr<detail::reply_budget> replies; ///< of the server; null where replies are not counted
    std::shared_ptr<detail::topic_names> names; ///< of the server; null where streams are not counted
    std::shared_ptr<detail::connection_topics> topics; ///< of the session
    std::shared_ptr<detail::local_cache> kept; ///< of the server; null where nothing is kept
    std::optional<service_limits> limits; ///< what a server has told its clients
};

} // namespace fullon_cache_api
