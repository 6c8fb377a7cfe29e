// A topic as somebody holds it.
#pragma once

#include <fullon_cache_api/detail/feed/hub.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>

#include <memory>
#include <utility>

namespace fullon_cache_api::detail {

/// Attached to its topic, and counted, for as long as it lives.
class topic_hold : public topic_subscriber {
public:
    topic_hold(topic_ptr what, std::shared_ptr<server_metrics> metrics)
        : topic_(std::move(what)), metrics_(std::move(metrics))
    {
        topic_->attach(*this);
        metrics_->subscriptions.add();
    }
    topic_hold(const topic_hold&) = delete;
    topic_hold& operator=(const topic_hold&) = delete;

    const topic_ptr& what() const noexcept { return topic_; }

protected:
    ~topic_hold()
    {
        topic_->detach(*this);
        metrics_->subscriptions.subtract();
    }

    server_metrics& metrics() const noexcept { return *metrics_; }

private:
    topic_ptr topic_;
    std::shared_ptr<server_metrics> metrics_;
};

} // namespace fullon_cache_api::detail
