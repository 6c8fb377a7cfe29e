// Background coroutines that are started, cancelled and waited for as a group.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace fullon_coro {

/// Coroutines in the background (children) that are started, cancelled and waited for as a group. Use it
/// instead of `co_spawn(..., detached)`, so that no coroutine is left without an owner.
///
/// \code
/// task_group tasks(executor);
/// tasks.spawn("reader", read_loop());
/// tasks.spawn("writer", write_loop());
/// ...
/// tasks.cancel();
/// co_await tasks.join();
/// \endcode
///
/// \par Concurrency  Group and children live on the serial executor given at construction.
/// \par Lifetimes    The group may be destroyed while children run: they are cancelled (terminal) on the
///                   executor, a turn later, and end in their own time. Their shared state lives until then;
///                   a child must itself keep alive what it uses.
/// \par Errors       What a child throws goes to the error handler with the child's name. operation_aborted
///                   after cancel() is not an error. An exception of the handler comes out of the
///                   io_context's `run()`.
class task_group {
public:
    /// Called on the executor with the child's name and its exception.
    using error_handler = std::function<void(std::string_view name, std::exception_ptr failure)>;

    /// An empty group. Without a handler, errors are logged by the component "fullon.coro".
    explicit task_group(boost::asio::any_io_executor executor, error_handler on_error = {});
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;
    ~task_group();

    /// Starts a child: at once, up to its first wait, when called on the executor. After cancel() the child
    /// is destroyed without having been started.
    /// \param name  for the error handler and the log
    /// \param child is moved into the group
    void spawn(std::string name, boost::asio::awaitable<void> child);

    /// Sends a cancellation to every child and closes the group to new ones. Does not wait: see join(). May
    /// be called again, for example with `total` first and `terminal` later. A child sees only terminal
    /// unless it has enabled more with `boost::asio::this_coro::reset_cancellation_state`.
    void cancel(boost::asio::cancellation_type type = boost::asio::cancellation_type::terminal);

    /// Waits for the children. Any number of callers may wait; a child of the group must not.
    /// \par Completes    when no child is left, at once if there is none. It does not cancel them.
    /// \par Cancellation terminal, partial, total: ends the wait with operation_aborted; the children go on.
    boost::asio::awaitable<void> join();

    /// The number of children that have not ended.
    std::size_t size() const noexcept;

private:
    struct state;
    class completion;

    static boost::asio::awaitable<void> wait_empty(std::shared_ptr<state> group);

    std::shared_ptr<state> state_;
};

} // namespace fullon_coro
