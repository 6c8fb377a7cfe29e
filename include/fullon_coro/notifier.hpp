// Lets coroutines wait until another one says that something has changed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace fullon_coro {

/// A condition variable for coroutines of one serial executor:
///
///     while (!condition)
///         co_await changed.wait();
///
/// A notification is not remembered: it wakes who waits now. Nothing can happen between the check of the condition
/// and the wait, so none is lost.
///
/// Every waiter has a timer of its own: the io_context then owns what is pending and frees the waiting coroutines when
/// it is destroyed, which handlers stored here could not offer (a coroutine often owns the notifier it waits for).
/// \par Concurrency  any number of waiters, all on the executor given at construction.
/// \par Cancellation terminal, partial, total: ends the wait with operation_aborted. A waiter that `notify_one()` had
///                   already chosen passes the wake-up on.
/// \par Lifetimes    destruction ends every wait with operation_aborted.
class notifier {
public:
    explicit notifier(boost::asio::any_io_executor executor);
    notifier(const notifier&) = delete;
    notifier& operator=(const notifier&) = delete;
    ~notifier();

    /// Completes with the next notification.
    boost::asio::awaitable<void> wait();

    /// Completes with the next notification (true) or at the deadline (false).
    boost::asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);

    /// Wakes everybody who waits now. Nobody is resumed before this returns.
    void notify_all() noexcept;

    /// Wakes the one that has waited longest, if any.
    void notify_one() noexcept;

private:
    struct hook {
        hook* previous = this;
        hook* next = this;
    };
    struct waiter;

    waiter* first_waiter() noexcept;

    boost::asio::any_io_executor executor_;
    hook waiting_;
    hook woken_; // notified, not resumed yet
};

} // namespace fullon_coro
