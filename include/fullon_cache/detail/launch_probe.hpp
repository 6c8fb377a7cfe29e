// Tells whether the running coroutine has been suspended since it was spawned.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <type_traits>

// Asio has no public way to ask; its name for it changed. Declared here, so that the version that has neither compiles too.
namespace boost::asio::detail {
struct awaitable_thread_has_context_switched;
struct awaitable_thread_is_launching;
} // namespace boost::asio::detail

namespace fullon_cache::detail {

template <typename Question>
concept known_to_asio = requires { sizeof(Question); };

/// `co_await question()` inside an asio::awaitable equals `fresh` if it has not been suspended. Not `known`: items
/// that are ready at once might get lost when `a.next()` is not the first operand of `||`.
struct launch_probe {
    using newer = boost::asio::detail::awaitable_thread_is_launching;
    using older = boost::asio::detail::awaitable_thread_has_context_switched;

    static constexpr bool known = known_to_asio<newer> || known_to_asio<older>;
    static constexpr bool fresh = known_to_asio<newer>;
    using question = std::conditional_t<known_to_asio<newer>, newer, older>;
};

} // namespace fullon_cache::detail
