// Bodies of notifier.hpp.
#pragma once

#include <fullon_coro/notifier.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace fullon_coro {

namespace asio = boost::asio;

// Lives in the frame of wait_until(); linked into one of the notifier's lists for as long as both exist.
struct notifier::waiter : hook {
    waiter(notifier& of, std::chrono::steady_clock::time_point deadline)
        : owner(&of), timer(of.executor_, deadline)
    {
        append_to(of.waiting_);
    }
    waiter(const waiter&) = delete;
    waiter& operator=(const waiter&) = delete;
    ~waiter() { unlink(); }

    void append_to(hook& list) noexcept
    {
        unlink();
        previous = list.previous;
        next = &list;
        previous->next = this;
        list.previous = this;
    }

    void unlink() noexcept
    {
        previous->next = next;
        next->previous = previous;
        previous = next = this;
    }

    // The timer may have expired already, its handler being queued: `notified` is what counts.
    void wake(bool only_one) noexcept
    {
        append_to(owner->woken_);
        notified = true;
        alone = only_one;
        timer.cancel();
    }

    notifier* owner; // null: the notifier is gone
    asio::steady_timer timer;
    bool notified = false;
    bool alone = false; // by notify_one()
};

notifier::notifier(asio::any_io_executor executor) : executor_(std::move(executor)) {}

notifier::~notifier()
{
    while (auto* const one = first_waiter()) {
        one->unlink();
        one->owner = nullptr;
        one->timer.cancel();
    }
    while (woken_.next != &woken_) {
        auto* const one = static_cast<waiter*>(woken_.next);
        one->unlink();
        one->owner = nullptr;
    }
}

notifier::waiter* notifier::first_waiter() noexcept
{
    return waiting_.next == &waiting_ ? nullptr : static_cast<waiter*>(waiting_.next);
}

void notifier::notify_all() noexcept
{
    while (auto* const one = first_waiter())
        one->wake(false);
}

void notifier::notify_one() noexcept
{
    if (auto* const one = first_waiter())
        one->wake(true);
}

asio::awaitable<void> notifier::wait()
{
    (void)co_await wait_until(std::chrono::steady_clock::time_point::max());
}

asio::awaitable<bool> notifier::wait_until(std::chrono::steady_clock::time_point deadline)
{
    waiter self(*this, deadline);
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    const auto cancelled_before = cancellation.cancelled();
    boost::system::error_code error;
    auto expiry = self.timer.async_wait(asio::redirect_error(asio::deferred, error));
    co_await std::move(expiry);

    // From here on *this may be gone.
    const bool cancelled = cancellation.cancelled() != cancelled_before;
    if (self.notified && !cancelled)
        co_return true;
    if (self.alone && self.owner)
        self.owner->notify_one();
    if (cancelled || !self.owner)
        error = asio::error::operation_aborted;
    if (error)
        throw boost::system::system_error(error);
    co_return false;
}

} // namespace fullon_coro
