// Tells whether the running coroutine is still inside the call that spawned it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/detail/call_stack.hpp>

// Asio has no public way to ask; its private ones changed. Declared here, so that versions that lack one compile too.
namespace boost::asio::detail {
class awaitable_launch_context;
struct awaitable_thread_has_context_switched;
} // namespace boost::asio::detail

namespace fullon_coro {

template <typename Part>
concept known_to_asio = requires { sizeof(Part); };

/// A coroutine that completes inside co_spawn delivers its result only in a later turn. Where Asio cannot be asked, an
/// item that is ready at once may get lost when `next()` is not the first operand of `||`.
struct launch_probe {
    using launch_context = boost::asio::detail::awaitable_launch_context;
    using has_switched = boost::asio::detail::awaitable_thread_has_context_switched;

    static constexpr bool by_call_stack = known_to_asio<launch_context>; // Boost 1.92
    static constexpr bool by_question = known_to_asio<has_switched>; // Boost 1.88: `co_await has_switched()`

    /// Some coroutine is being spawned further down the stack: this one, or one that it costs a turn to mistake for it.
    template <typename Context = launch_context>
    static bool launching()
    {
        return boost::asio::detail::call_stack<Context>::top() != nullptr;
    }
};

} // namespace fullon_coro
