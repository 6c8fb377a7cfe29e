// How many bytes of replies a server has under way at once, for all who ask.
#pragma once

#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace fullon_cache_api::detail {

/// Replies of operations of unbounded result take a share of it before they ask Redis (as much as a reply may have),
/// cut it to what they came to, and give it back when they were sent. First come, first served. Where nothing is held
/// one share is always given, whatever its size, so nothing waits for ever.
/// \par Concurrency all on one serial executor.
class reply_budget : public std::enable_shared_from_this<reply_budget> {
public:
    explicit reply_budget(std::size_t most) noexcept : most_(most) {}
    reply_budget(const reply_budget&) = delete;
    reply_budget& operator=(const reply_budget&) = delete;

    /// Bytes that are held; given back at its end.
    class share {
    public:
        share() noexcept = default;
        share(share&& other) noexcept : of_(std::move(other.of_)), bytes_(std::exchange(other.bytes_, 0)) {}
        share& operator=(share&& other) noexcept
        {
            resize(0);
            of_ = std::move(other.of_);
            bytes_ = std::exchange(other.bytes_, 0);
            return *this;
        }
        ~share() { resize(0); }

        std::size_t bytes() const noexcept { return bytes_; }

        void resize(std::size_t bytes) noexcept
        {
            if (!of_ || bytes == bytes_)
                return;
            of_->held_ = of_->held_ - bytes_ + bytes;
            bytes_ = bytes;
            of_->grant();
        }

    private:
        friend class reply_budget;
        share(std::shared_ptr<reply_budget> of, std::size_t bytes) noexcept
            : of_(std::move(of)), bytes_(bytes)
        {}

        std::shared_ptr<reply_budget> of_;
        std::size_t bytes_ = 0;
    };

    /// A share of so many bytes; nothing at the deadline.
    /// \par Cancellation terminal: ends the wait with operation_aborted.
    boost::asio::awaitable<std::optional<share>> acquire(std::size_t bytes,
                                                         std::chrono::steady_clock::time_point deadline);

    std::size_t most() const noexcept { return most_; }
    std::size_t held() const noexcept { return held_; }
    std::size_t waiting() const noexcept { return queue_.size(); }

    /// Over half of it is held: who holds something already should not ask for more.
    bool tight() const noexcept { return held_ > most_ / 2; }

private:
    struct waiter;

    bool fits(std::size_t bytes) const noexcept
    {
        return held_ == 0 || (held_ < most_ && bytes <= most_ - held_);
    }
    void grant() noexcept;

    std::size_t most_;
    std::size_t held_ = 0;
    std::list<waiter*> queue_;
};

/// A message that holds its share until it was sent.
inline frame frame_of(std::string text, reply_budget::share held)
{
    struct message {
        std::string text;
        reply_budget::share held;
    };
    held.resize(held.bytes() == 0 ? 0 : text.size());
    auto made = std::make_shared<message>();
    made->text = std::move(text);
    made->held = std::move(held);
    const auto* const what = &made->text;
    return frame(std::move(made), what);
}

} // namespace fullon_cache_api::detail
