// The figures of a server as topics: one for each interval that somebody wants.
#pragma once

#include <fullon_cache_api/detail/feed/hub.hpp>
#include <fullon_cache_api/detail/feed/stream_source.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>

#include <fullon_cache/redis_link.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace fullon_cache_api::detail {

/// One coroutine per interval, while streams of it are open. Knows nothing of Redis: its topics are never stale.
class metrics_source final : public std::enable_shared_from_this<metrics_source> {
public:
    metrics_source(boost::asio::any_io_executor executor, hub& updates,
                   std::shared_ptr<server_metrics> metrics);

    /// What it tells.
    const std::shared_ptr<server_metrics>& metrics() const noexcept { return metrics_; }

    /// Ends the coroutines; leases may be let go afterwards.
    boost::asio::awaitable<void> stop();

    /// A stream of one update per interval, which is rounded to tenths of a second. Its snapshot is of now.
    std::unique_ptr<stream_source> open(std::chrono::duration<double> interval);

private:
    struct followed;
    class lease;

    void release(followed& where);
    boost::asio::awaitable<void> tell(std::shared_ptr<followed> where);
    topic_value scrape(const followed& where) const;

    boost::asio::any_io_executor executor_;
    hub& hub_;
    std::shared_ptr<server_metrics> metrics_;
    fullon_coro::task_group tasks_;
    std::map<std::chrono::milliseconds, std::shared_ptr<followed>> intervals_;
};

/// What a link says of itself.
redis_metrics metrics_of(const fullon_cache::redis_link& redis);

} // namespace fullon_cache_api::detail
