// Runs a test's coroutine with a hard deadline.
#pragma once

#include "support/run_coro.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace support {

/// Sanitizers slow everything down, and so does counting for coverage (which CMake tells): one factor for all deadlines.
#if defined(FULLON_TEST_PATIENCE)
inline constexpr int patience = FULLON_TEST_PATIENCE;
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int patience = 5;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr int patience = 5;
#else
inline constexpr int patience = 1;
#endif
#else
inline constexpr int patience = 1;
#endif

#if defined(__SANITIZE_THREAD__)
inline constexpr bool thread_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool thread_sanitized = __has_feature(thread_sanitizer);
#else
inline constexpr bool thread_sanitized = false;
#endif

/// Runs `body(executor)` on an io_context of its own, then what it left behind to its end: a task that does
/// not end is a failure too. What the body throws comes out.
template <class Body>
void run(Body body, std::chrono::seconds limit = std::chrono::seconds(30))
{
    boost::asio::io_context context(1);
    const boost::asio::any_io_executor executor = context.get_executor();
    run(context, [&] { return body(executor); }, limit * patience);
    context.restart();
    context.run_for(std::chrono::seconds(10 * patience));
    if (!context.stopped())
        throw coroutine_stuck("something still runs after the test's end");
}

inline boost::asio::awaitable<void> pause(std::chrono::milliseconds time)
{
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

/// Completes when `condition()` holds, looking every millisecond. \throws after `limit`, naming `what`.
template <class Condition>
boost::asio::awaitable<void> eventually(std::string what, Condition condition,
                                        std::chrono::milliseconds limit = std::chrono::seconds(10))
{
    const auto deadline = std::chrono::steady_clock::now() + limit * patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("did not happen in time: " + what);
        co_await pause(std::chrono::milliseconds(1));
    }
}

} // namespace support
