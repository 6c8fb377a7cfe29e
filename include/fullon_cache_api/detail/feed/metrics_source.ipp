// Bodies of metrics_source.hpp.
#pragma once

#include <fullon_cache_api/detail/catalogue/metrics.hpp>
#include <fullon_cache_api/detail/feed/metrics_source.hpp>
#include <fullon_cache_api/detail/wire/topics.hpp>

#include <fullon_coro/notifier.hpp>
#include <fullon_log/failure_text.hpp>
#include <fullon_log/logger.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
using std::chrono::steady_clock;

/// One interval. It is over when its last stream has ended.
struct metrics_source::followed {
    followed(std::chrono::milliseconds between, const asio::any_io_executor& executor)
        : interval(between), wake(executor)
    {}
    double seconds() const { return static_cast<double>(interval.count()) / 1000; }

    std::chrono::milliseconds interval;
    topic_ptr where;
    fullon_coro::notifier wake;
    std::size_t streams = 0;
    bool over = false;
};

class metrics_source::lease final : public stream_source {
public:
    lease(std::shared_ptr<metrics_source> owner, std::shared_ptr<followed> from)
        : source_(std::move(owner)), from_(std::move(from))
    {
        ++from_->streams;
    }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() override { source_->release(*from_); }

    std::vector<topic_ptr> topics() const override { return {from_->where}; }
    stale_reason stale() const override { return stale_reason::none; }
    std::string_view delivery() const override { return "exact"; }

private:
    std::shared_ptr<metrics_source> source_;
    std::shared_ptr<followed> from_;
};

metrics_source::metrics_source(asio::any_io_executor executor, hub& updates,
                               std::shared_ptr<server_metrics> metrics)
    : executor_(executor), hub_(updates), metrics_(std::move(metrics)),
      tasks_(executor, [log = fullon_log::get_component_logger("fullon.api.cache.server")](
                           std::string_view task, std::exception_ptr failure) {
          log.critical("metrics task failed", {{"task", task}, {"error", fullon_log::failure_text(failure)}});
      })
{}

asio::awaitable<void> metrics_source::stop()
{
    const auto self = shared_from_this();
    for (const auto& [interval, where] : intervals_) {
        where->over = true;
        where->wake.notify_all();
    }
    tasks_.cancel();
    co_await tasks_.join();
}

std::unique_ptr<stream_source> metrics_source::open(std::chrono::duration<double> interval)
{
    using std::chrono::milliseconds;
    const auto rounded = std::max(milliseconds(100), 100 * milliseconds(std::llround(interval.count() * 10)));
    auto& known = intervals_[rounded];
    if (!known) {
        known = std::make_shared<followed>(rounded, executor_);
        known->where = hub_.open(protocol::metrics_topic(known->seconds()));
        tasks_.spawn("metrics", tell(known));
    }
    auto made = std::make_unique<lease>(shared_from_this(), known);
    hub_.seed(*known->where, {}, scrape(*known));
    return made;
}

void metrics_source::release(followed& where)
{
    if (--where.streams != 0)
        return;
    where.over = true;
    where.wake.notify_all();
    intervals_.erase(where.interval); // the lease, which calls this, still holds it
}

asio::awaitable<void> metrics_source::tell(std::shared_ptr<followed> where)
{
    auto due = steady_clock::now();
    while (!where->over) {
        due = std::max(due + where->interval, steady_clock::now()); // what was missed is not made up for
        while (!where->over && steady_clock::now() < due)
            co_await where->wake.wait_until(due);
        if (!where->over)
            hub_.publish(*where->where, {}, scrape(*where));
    }
}

topic_value metrics_source::scrape(const followed& where) const
{
    auto now = metrics_->scrape();
    now.interval = where.seconds();
    return make_value<operations::stream_metrics>(std::move(now));
}

redis_metrics metrics_of(const fullon_cache::redis_link& redis)
{
    redis_metrics result;
    result.up = redis.state() == fullon_cache::link_state::up;
    result.reconnects = redis.sessions() == 0 ? 0 : redis.sessions() - 1;
    result.losses = redis.losses();
    result.invalidations = redis.invalidations();
    result.publications = redis.publications();
    return result;
}

} // namespace fullon_cache_api::detail
