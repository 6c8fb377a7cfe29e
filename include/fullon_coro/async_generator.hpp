// async_generator<T>: a coroutine that yields values, and awaits asynchronous operations in between.
#pragma once

#include <fullon_coro/detail/generator_promise.hpp>
#include <fullon_coro/generator_state.hpp>
#include <fullon_coro/launch_probe.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace fullon_coro {

namespace detail {
struct generator_access;
} // namespace detail

/// A lazy asynchronous sequence of values: a coroutine that yields values with `co_yield` and may `co_await`
/// in between.
///
/// \code
/// async_generator<int> ticks(std::chrono::steady_clock::duration period)
/// {
///     boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
///     for (int i = 0;; ++i) {
///         timer.expires_after(period);
///         co_await timer.async_wait(boost::asio::deferred);
///         co_yield i;
///     }
/// }
///
/// auto numbers = ticks(1s);
/// while (auto number = co_await numbers.next())
///     use(*number);
/// \endcode
///
/// The body runs inside next(), from one `co_yield` to the next, on the executor of the first consumer. It
/// may await `boost::asio::awaitable<U>`, operations that are given `boost::asio::deferred`, and
/// `boost::asio::this_coro::executor`. Items that are ready neither cost a turn of the event loop nor
/// allocate, and a loop over any number of them does not grow the stack.
///
/// \par Lifetimes   Destroying the generator while the body waits cancels (terminal) the operation that it
///                  waits for. When that has ended, the frame with its locals is destroyed; the body is not
///                  resumed. A body that does not wait is destroyed at once. Whatever the body refers to must
///                  live that long: pass parameters by value. Destroying the io_context destroys the body of
///                  a waiting generator, too.
/// \par Concurrency One serial executor, one consumer at a time.
/// \tparam T a movable object type
template <typename T>
class [[nodiscard]] async_generator {
    static_assert(std::is_object_v<T> && std::move_constructible<T>, "items are movable values");

public:
    using value_type = T;
    class promise_type;

    /// A generator that is at its end.
    async_generator() = default;
    async_generator(async_generator&&) noexcept = default;
    /// Ends the present body as destruction does.
    async_generator& operator=(async_generator&& other) noexcept
    {
        if (this != &other) {
            close();
            state_ = std::move(other.state_);
        }
        return *this;
    }
    ~async_generator() { close(); }

    /// The next item; empty at the end, and from then on.
    ///
    /// \par Completes    with the body's next `co_yield`, its end, or its exception, which is thrown once. An
    ///                   item that is ready costs no turn of the event loop, but for the first one that a
    ///                   coroutine takes which has not been suspended since `co_spawn`: only a turn later it
    ///                   is certain that this coroutine was not cancelled.
    /// \par Cancellation terminal, partial, total, as far as the calling coroutine has them enabled: ends the
    ///                   wait with `boost::asio::error::operation_aborted`, not the body. The item is kept
    ///                   for the following next(), so `co_await (a.next() || b.next() ||
    ///                   timer.async_wait(asio::use_awaitable))` loses nothing.
    /// \par Concurrency  one next() at a time.
    /// \throws           what the body threw
    /// \throws boost::system::system_error operation_aborted when the generator is destroyed meanwhile
    /// \throws std::logic_error when another next() is pending, or when it is called by the body itself
    boost::asio::awaitable<std::optional<T>> next() { return take(state_); }

private:
    friend struct detail::generator_access;

    using state_pointer = generator_pointer<generator_items<T>>;

    explicit async_generator(state_pointer state) noexcept : state_(std::move(state)) {}

    void close() noexcept
    {
        if (state_)
            state_->close();
    }

    // Takes the item out when the coroutine has returned it: if that throws, the item is still there.
    struct taken {
        explicit taken(generator_items<T>& from) noexcept : state(from) {}
        taken(const taken&) = delete;
        taken& operator=(const taken&) = delete;
        ~taken()
        {
            state.has_item = false;
            state.item.reset();
        }
        generator_items<T>& state;
    };

    template <typename Probe = launch_probe>
    static boost::asio::awaitable<std::optional<T>> take(state_pointer state)
    {
        if (!state)
            co_return std::nullopt;
        if (state->waiting || state->running)
            state->throw_busy();
        if (!state->ready() && !state->in_flight) {
            if (!state->executor)
                state->executor = co_await boost::asio::this_coro::executor;
            state->run();
        }
        if (!state->ready()) {
            if (state->closed) // by the body
                state->throw_aborted();
            generator_pointer<generator_state> base(&*state);
            co_await generator_state::wait_ready(std::move(base));
        } else {
            // Inside co_spawn the item could still be discarded when this has returned it: see launch_probe.
            bool launching = false;
            if constexpr (Probe::by_call_stack)
                launching = Probe::launching();
            else if constexpr (Probe::by_question)
                launching = !co_await typename Probe::has_switched();
            if (launching && (state->has_item || state->failure)) {
                generator_pointer<generator_state> base(&*state);
                co_await generator_state::take_turn(std::move(base));
            }
        }
        if (state->has_item) {
            const taken guard(*state);
            co_return std::move(state->item);
        }
        if (state->failure)
            std::rethrow_exception(std::exchange(state->failure, nullptr));
        if (state->closed)
            state->throw_aborted();
        co_return std::nullopt;
    }

    state_pointer state_;
};

template <typename T>
class async_generator<T>::promise_type : public detail::generator_promise {
public:
    async_generator get_return_object()
    {
        state_pointer state(new generator_items<T>);
        state->body = std::coroutine_handle<promise_type>::from_promise(*this);
        items_ = &*state;
        state_ = items_;
        return async_generator(std::move(state));
    }

    template <typename U = T>
        requires std::constructible_from<T, U>
    std::suspend_always yield_value(U&& value)
    {
        items_->item.emplace(std::forward<U>(value));
        items_->has_item = true;
        return {};
    }

private:
    generator_items<T>* items_ = nullptr;
};

/// For code that waits for several generators at once, such as a merge: gives the shared state of one.
struct detail::generator_access {
    template <typename T>
    static generator_pointer<generator_state> state_of(const async_generator<T>& generator)
    {
        return generator_pointer<generator_state>(generator.state_ ? &*generator.state_ : nullptr);
    }
};

} // namespace fullon_coro
