// Runs a coroutine inside a test, with a hard deadline.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace support {

inline constexpr std::chrono::seconds default_timeout{10};

/// What `run` throws: the test framework shows the text.
class coroutine_stuck : public std::runtime_error {
public:
    using runtime_error::runtime_error;
};

namespace detail {

template <typename Factory>
struct coroutine_run {
    using result_type = typename std::invoke_result_t<Factory&>::value_type;
    using stored_type = std::conditional_t<std::is_void_v<result_type>, std::monostate, result_type>;

    explicit coroutine_run(Factory made_by) : factory(std::move(made_by)) {}

    Factory factory; // its captures must outlive the coroutine
    boost::asio::cancellation_signal cancellation;
    std::optional<stored_type> result;
    std::exception_ptr failure;
    bool done = false;

    static boost::asio::awaitable<void> body(std::shared_ptr<coroutine_run> self)
    {
        if constexpr (std::is_void_v<result_type>) {
            co_await self->factory();
            self->result.emplace();
        } else {
            self->result.emplace(co_await self->factory());
        }
    }
};

} // namespace detail

/// Runs what `factory` makes (a callable that returns an awaitable, often a lambda coroutine) on `context`, until it has
/// completed and nothing that is ready is left to do.
/// \returns what the coroutine returned. \throws what it threw; coroutine_stuck at the time-out, after having cancelled it,
///          or when nothing is left that could ever complete it.
template <typename Factory>
auto run(boost::asio::io_context& context, Factory factory,
         std::chrono::milliseconds timeout = default_timeout)
{
    using run_type = detail::coroutine_run<Factory>;
    using std::chrono::steady_clock;
    const auto state = std::make_shared<run_type>(std::move(factory));
    const auto serve_until = [&](steady_clock::time_point deadline) {
        while (!state->done && steady_clock::now() < deadline && context.run_one_until(deadline) > 0) {
        }
    };
    context.restart();
    boost::asio::co_spawn(context, run_type::body(state),
                          boost::asio::bind_cancellation_slot(state->cancellation.slot(),
                                                              [state](const std::exception_ptr& failure) {
                                                                  state->failure = failure;
                                                                  state->done = true;
                                                              }));
    const auto deadline = steady_clock::now() + timeout;
    serve_until(deadline);
    if (!state->done) {
        if (steady_clock::now() < deadline)
            throw coroutine_stuck(
                "the coroutine waits for something that can never happen: the io_context has no work");
        state->cancellation.emit(boost::asio::cancellation_type::terminal);
        serve_until(steady_clock::now() + std::chrono::seconds(1));
        throw coroutine_stuck("the coroutine did not complete within " + std::to_string(timeout.count()) +
                              " ms" + (state->done ? "" : ", nor did it heed its cancellation"));
    }
    while (context.poll() > 0) {
    }
    if (state->failure)
        std::rethrow_exception(state->failure);
    if constexpr (!std::is_void_v<typename run_type::result_type>)
        return std::move(*state->result);
}

/// The same on an io_context of its own, which is destroyed afterwards with whatever still waits on it.
template <std::invocable Factory>
auto run(Factory factory, std::chrono::milliseconds timeout = default_timeout)
{
    boost::asio::io_context context(1);
    return run(context, std::move(factory), timeout);
}

/// Looks at `condition` (a callable that returns bool) until it holds or the time is over: first after each turn of the
/// event loop, then every millisecond. \returns whether it held in time.
template <std::predicate Condition>
boost::asio::awaitable<bool> eventually(Condition condition,
                                        std::chrono::milliseconds timeout = default_timeout)
{
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    for (int turn = 0;; ++turn) {
        if (condition())
            co_return true;
        if (std::chrono::steady_clock::now() >= deadline)
            co_return false;
        timer.expires_after(std::chrono::milliseconds(turn < 10 ? 0 : 1));
        co_await timer.async_wait(boost::asio::deferred);
    }
}

/// Lets everything that is ready run `turns` times. For tests of what must NOT happen.
inline boost::asio::awaitable<void> run_ready(int turns = 10)
{
    for (int i = 0; i < turns; ++i) {
        auto turn = boost::asio::post(boost::asio::deferred);
        co_await std::move(turn);
    }
}

} // namespace support
