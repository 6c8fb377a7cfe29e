// Bodies of subscription.hpp.
#pragma once

#include <fullon_cache/detail/redis/subscription.hpp>
#include <fullon_cache/error.hpp>

#include <utility>

namespace fullon_cache::detail {

namespace asio = boost::asio;

subscription::subscription(std::shared_ptr<redis_link> redis, std::vector<std::string> channels,
                           std::size_t capacity)
    : redis_(std::move(redis)), channels_(std::move(channels)), followed_(channels_.begin(), channels_.end()),
      capacity_(capacity), changed_(redis_->executor())
{
    redis_->attach(*this);
}

subscription::~subscription()
{
    redis_->detach(*this);
    if (subscribed_)
        redis_->unsubscribe(channels_);
}

asio::awaitable<void> subscription::open()
{
    const auto result = co_await redis_->subscribe(channels_);
    subscribed_ = true;
    if (!result.refused.empty())
        throw cache_error(classify_redis_error(result.why), result.why);
}

asio::awaitable<published> subscription::next()
{
    auto message = co_await next_until(std::chrono::steady_clock::time_point::max());
    co_return std::move(*message); // there is no deadline without one
}

asio::awaitable<std::optional<published>>
subscription::next_until(std::chrono::steady_clock::time_point deadline)
{
    bool in_time = true;
    while (in_time && queue_.empty() && !lost_)
        in_time = co_await changed_.wait_until(deadline);
    if (queue_.empty()) {
        if (lost_)
            throw cache_error(errc::unavailable,
                              "the link went down: messages published in the meantime are lost");
        co_return std::nullopt;
    }
    std::optional<published> message(std::move(queue_.front()));
    queue_.pop_front();
    co_return message;
}

void subscription::on_message(std::string_view channel, std::string_view payload)
{
    if (lost_ || !followed_.contains(channel))
        return;
    if (queue_.size() >= capacity_) {
        // The oldest goes, and is counted in the one that is now the first.
        const auto gone = queue_.front().missed + 1;
        queue_.pop_front();
        if (queue_.empty())
            missed_ += gone;
        else
            queue_.front().missed += gone;
    }
    queue_.push_back({.channel = std::string(channel),
                      .payload = std::string(payload),
                      .missed = std::exchange(missed_, 0)});
    changed_.notify_all();
}

void subscription::on_publications_lost()
{
    if (subscribed_)
        on_link_down();
}

void subscription::on_link_down()
{
    lost_ = true;
    changed_.notify_all();
}

} // namespace fullon_cache::detail
