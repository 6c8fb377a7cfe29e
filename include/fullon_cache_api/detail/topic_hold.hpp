// A topic as somebody holds it.
#pragma once

#include <fullon_cache_api/detail/hub.hpp>
#include <fullon_cache_api/detail/server_metrics.hpp>

#include <memory>
#include <utility>

namespace fullon_cache_api::detail {

/// Attached to its topic, and counted, for as long as it lives.
class topic_hold : public topic_subscriber {
public:
    topic_hold(topic_ptr what, std::shared_ptr<server_metrics> figures)
        : topic_(std::move(what)), figures_(std::move(figures))
    {
        topic_->attach(*this);
        figures_->subscriptions.add();
    }
    topic_hold(const topic_hold&) = delete;
    topic_hold& operator=(const topic_hold&) = delete;

    const topic_ptr& what() const noexcept { return topic_; }

protected:
    ~topic_hold()
    {
        topic_->detach(*this);
        figures_->subscriptions.subtract();
    }

    server_metrics& figures() const noexcept { return *figures_; }

private:
    topic_ptr topic_;
    std::shared_ptr<server_metrics> figures_;
};

} // namespace fullon_cache_api::detail
