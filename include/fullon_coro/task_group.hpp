// Background coroutines that are started, cancelled and waited for together.
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

/// The only way to start a coroutine in the background.
/// \par Concurrency  group and children live on the serial executor given at construction.
/// \par Lifetimes    the group may be destroyed while children run: they are cancelled on the executor, a turn later, and
///                   end in their own time; their shared state lives until then. A child must itself keep alive what it uses.
/// \par Errors       what a child throws goes to the error handler, with the child's name; operation_aborted after
///                   `cancel()` is no error. An exception of the handler comes out of the io_context's `run()`.
class task_group {
public:
    using error_handler = std::function<void(std::string_view name, std::exception_ptr failure)>;

    /// Without a handler, errors are logged by "fullon.cache.connection".
    explicit task_group(boost::asio::any_io_executor executor, error_handler on_error = {});
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;
    ~task_group();

    /// Starts a child: at once, up to its first wait, when called on the executor. After `cancel()` the child is refused:
    /// it is destroyed without having been started.
    void spawn(std::string name, boost::asio::awaitable<void> child);

    /// Emits the cancellation to every child, and closes the group to new ones. May be repeated, say `total` first and
    /// `terminal` later. A child sees only `terminal` unless it has enabled more with `reset_cancellation_state`.
    void cancel(boost::asio::cancellation_type type = boost::asio::cancellation_type::terminal);

    /// Completes when no child is left. Any number of callers; a child of the group must not call it.
    /// \par Cancellation all types; abandons only the wait.
    boost::asio::awaitable<void> join();

    /// How many children have not ended.
    std::size_t size() const noexcept;

private:
    struct state;
    class completion;

    static boost::asio::awaitable<void> wait_empty(std::shared_ptr<state> group);

    std::shared_ptr<state> state_;
};

} // namespace fullon_coro
