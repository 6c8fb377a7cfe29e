// Replies in the order of their requests, whatever finishes first. Sans-io.
#pragma once

#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

namespace fullon_cache_api::detail {

/// Requests run side by side; what they came to waits here until all before it have gone out.
class reply_order {
public:
    using ticket = std::uint64_t;
    using sender = std::function<void(frame)>;

    explicit reply_order(sender send) : send_(std::move(send)) {}

    /// One reply to come, behind those that are to come already.
    ticket open()
    {
        waiting_.emplace_back();
        return first_ + waiting_.size() - 1;
    }

    /// The reply is there. `behind` is called right after it was sent; it may throw nothing.
    void complete(ticket which, frame message, std::function<void()> behind = nullptr)
    {
        if (which < first_) // has had its reply
            return;
        bytes_ += message->size();
        waiting_[which - first_] = {std::move(message), std::move(behind), true};
        while (!waiting_.empty() && waiting_.front().done) {
            auto next = std::move(waiting_.front());
            waiting_.pop_front();
            ++first_;
            bytes_ -= next.message->size();
            send_(std::move(next.message));
            if (next.behind)
                next.behind();
        }
    }

    /// Of replies that wait for one before them.
    std::size_t bytes() const noexcept { return bytes_; }

private:
    struct slot {
        frame message;
        std::function<void()> behind;
        bool done = false;
    };

    sender send_;
    std::deque<slot> waiting_;
    ticket first_ = 0;
    std::size_t bytes_ = 0;
};

} // namespace fullon_cache_api::detail
