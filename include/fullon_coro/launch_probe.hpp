// Tells whether the running coroutine is still inside the call that spawned it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/detail/call_stack.hpp>

// Asio has no public way to ask; its private ones changed. Declared here, so that versions that lack one
// compile too.
namespace boost::asio::detail {
class awaitable_launch_context;
struct awaitable_thread_has_context_switched;
} // namespace boost::asio::detail

namespace fullon_coro {

/// Whether this version of Asio defines `Part`, which is only declared here.
template <typename Part>
concept known_to_asio = requires { sizeof(Part); };

/// Tells whether a coroutine is still inside the `co_spawn` that started it. One that completes there
/// delivers its result only in a later turn, and in `a.next() || b.next()` it may be cancelled until then: an
/// item that it had already taken would be lost. So next() lets such a coroutine wait one turn.
///
/// Where Asio cannot be asked (neither constant is true), an item that is ready at once may get lost when
/// next() is not the first operand of `||`.
struct launch_probe {
    using launch_context = boost::asio::detail::awaitable_launch_context;
    using has_switched = boost::asio::detail::awaitable_thread_has_context_switched;

    /// Asio keeps a call stack of launches (Boost 1.92): ask launching().
    static constexpr bool by_call_stack = known_to_asio<launch_context>;
    /// Asio answers a coroutine itself (Boost 1.88): `co_await has_switched()`.
    static constexpr bool by_question = known_to_asio<has_switched>;

    /// Whether some coroutine is being spawned further down the stack: this one, or another, for which
    /// waiting a turn is merely unnecessary. Only where `by_call_stack` is true.
    template <typename Context = launch_context>
    static bool launching()
    {
        return boost::asio::detail::call_stack<Context>::top() != nullptr;
    }
};

} // namespace fullon_coro
