// An io_context on a thread of its own: a part of a test that must not share the event loop of another.
#pragma once

#include "support/run_coro.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <concepts>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>

namespace support {

/// Runs from construction to stop() or destruction, whatever still waits on it. What a handler throws ends the thread,
/// and comes out of the next run(). What lives on the thread must not be destroyed while it runs: see thread_stopper.
class context_thread {
public:
    context_thread() : thread_([this] { serve(); }) {}
    context_thread(const context_thread&) = delete;
    context_thread& operator=(const context_thread&) = delete;
    ~context_thread() { stop(); }

    /// The executor stays; what waits on it is destroyed with this.
    void stop()
    {
        context_.stop();
        if (thread_.joinable())
            thread_.join();
    }

    boost::asio::any_io_executor executor() { return context_.get_executor(); }

    /// Runs what `factory` makes (a callable that returns an awaitable) on the thread; blocks until it has completed.
    /// \returns what the coroutine returned. \throws what it threw; coroutine_stuck at the time-out, after having
    /// cancelled it.
    template <std::invocable Factory>
    auto run(Factory factory, std::chrono::milliseconds timeout)
    {
        using run_type = detail::coroutine_run<Factory>;
        const auto state = std::make_shared<run_type>(std::move(factory));
        const auto done = std::make_shared<std::promise<void>>();
        auto ended = done->get_future();
        boost::asio::post(context_, [this, state, done] {
            boost::asio::co_spawn(
                context_, run_type::body(state),
                boost::asio::bind_cancellation_slot(state->cancellation.slot(),
                                                    [state, done](const std::exception_ptr& failure) {
                                                        state->failure = failure;
                                                        done->set_value();
                                                    }));
        });
        if (!wait(ended, timeout)) {
            boost::asio::post(
                context_, [state] { state->cancellation.emit(boost::asio::cancellation_type::terminal); });
            wait(ended, std::chrono::seconds(1));
            throw coroutine_stuck("the coroutine did not complete within " + std::to_string(timeout.count()) +
                                  " ms");
        }
        if (state->failure)
            std::rethrow_exception(state->failure);
        if constexpr (!std::is_void_v<typename run_type::result_type>)
            return std::move(*state->result);
    }

private:
    void serve()
    {
        try {
            context_.run();
        } catch (...) {
            failed_.set_exception(std::current_exception());
        }
    }

    // The thread may end first.
    bool wait(std::future<void>& ended, std::chrono::milliseconds timeout)
    {
        const auto deadline = std::chrono::steady_clock::now() + timeout;
        do {
            if (failure_.wait_for(std::chrono::seconds(0)) == std::future_status::ready)
                failure_.get();
            if (ended.wait_for(std::chrono::milliseconds(10)) == std::future_status::ready)
                return true;
        } while (std::chrono::steady_clock::now() < deadline);
        return false;
    }

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
    std::promise<void> failed_;
    std::shared_future<void> failure_ = failed_.get_future().share();
    std::thread thread_; // the last: it uses the others
};

/// Stops a thread on its destruction. Declared behind what lives on the thread, so that a test that fails, and skips what
/// would have ended it in order, destroys nothing that is in use.
class thread_stopper {
public:
    explicit thread_stopper(context_thread& which) : which_(which) {}
    thread_stopper(const thread_stopper&) = delete;
    thread_stopper& operator=(const thread_stopper&) = delete;
    ~thread_stopper() { which_.stop(); }

private:
    context_thread& which_;
};

} // namespace support
