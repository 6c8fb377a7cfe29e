// Sessions that have something to send: what one turn of the event loop makes leaves together. Included by impl files only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

/// Who is flushed.
class flushed {
public:
    virtual void flush() noexcept = 0;

protected:
    ~flushed() = default;

private:
    friend class flush_queue;
    bool due_ = false;
};

/// One per server. Flushes at the end of the turn, many in portions, so that others have their turn in between.
class flush_queue : public std::enable_shared_from_this<flush_queue> {
public:
    explicit flush_queue(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    void add(flushed& one)
    {
        if (std::exchange(one.due_, true))
            return;
        due_.push_back(&one);
        if (!std::exchange(posted_, true))
            post();
    }

    /// Before it is destroyed.
    void remove(flushed& one) noexcept
    {
        if (std::exchange(one.due_, false))
            *std::find(due_.begin(), due_.end(), &one) = nullptr;
    }

private:
    static constexpr std::size_t portion = 64;

    void post()
    {
        boost::asio::post(executor_, [self = shared_from_this()] { self->flush_portion(); });
    }

    void flush_portion()
    {
        const auto end = std::min(next_ + portion, due_.size());
        while (next_ < end) {
            auto* const one = std::exchange(due_[next_++], nullptr);
            if (!one)
                continue;
            one->due_ = false;
            one->flush(); // may add others, not remove them
        }
        if (next_ < due_.size())
            return post();
        due_.clear();
        next_ = 0;
        posted_ = false;
    }

    boost::asio::any_io_executor executor_;
    std::vector<flushed*> due_; // null: gone, or flushed
    std::size_t next_ = 0;
    bool posted_ = false;
};

} // namespace fullon_cache_api::detail
