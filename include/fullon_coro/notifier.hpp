// A condition variable for coroutines.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace fullon_coro {

/// A condition variable for coroutines of one serial executor: lets them wait until another one says that
/// something has changed.
///
/// \code
/// // who waits:                          // who changes something:
/// while (queue.empty())                  queue.push_back(item);
///     co_await changed.wait();           changed.notify_all();
/// \endcode
///
/// A notification is not remembered: it wakes those who wait at that moment. On one executor nothing can
/// happen between the check of the condition and the wait, so none is missed.
///
/// \par Concurrency  Any number of waiters; all members are used on the executor given at construction.
/// \par Cancellation A wait supports terminal, partial and total, and ends with operation_aborted. A waiter
///                   that notify_one() had already chosen passes the wake-up on to the next.
/// \par Lifetimes    Destruction ends every wait with operation_aborted. The waiting coroutine may own the
///                   notifier.
//
// Every waiter has a timer of its own: the io_context then owns what is pending and frees the waiting
// coroutines when it is destroyed, which handlers stored here could not offer.
class notifier {
public:
    /// Without waiters.
    explicit notifier(boost::asio::any_io_executor executor);
    notifier(const notifier&) = delete;
    notifier& operator=(const notifier&) = delete;
    ~notifier();

    /// Completes with the next notification.
    /// \throws boost::system::system_error operation_aborted: cancelled, or the notifier was destroyed
    boost::asio::awaitable<void> wait();

    /// Completes with the next notification, or at the deadline.
    /// \returns true for a notification, false for the deadline
    /// \throws boost::system::system_error operation_aborted: cancelled, or the notifier was destroyed
    boost::asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);

    /// Wakes all who wait now. Nobody is resumed before this returns.
    void notify_all() noexcept;

    /// Wakes the one that has waited longest, if any. It is not resumed before this returns.
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
