// Bodies of generator_state.hpp: everything about a generator that is not on the path of a ready item.
#pragma once

#include <fullon_coro/generator_state.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>

namespace fullon_coro {

namespace asio = boost::asio;
using boost::system::error_code;

// A suspended next(). Lives in its frame.
struct generator_state::consumer {
    consumer(generator_pointer<generator_state> of, asio::any_io_executor on, asio::cancellation_state by)
        : state(std::move(of)), executor(std::move(on)), cancellation(by), cancelled_before(by.cancelled())
    {
        state->waiting = this;
    }
    consumer(const consumer&) = delete;
    consumer& operator=(const consumer&) = delete;
    ~consumer() { leave(); }

    void leave() noexcept
    {
        if (state->waiting == this)
            state->waiting = nullptr;
    }

    // A cancellation that came after the wake-up was queued: the caller will not get what this returns.
    void require_not_cancelled() const
    {
        if (cancellation.cancelled() != cancelled_before)
            throw_aborted();
    }

    generator_pointer<generator_state> state;
    asio::any_io_executor executor;
    asio::cancellation_state cancellation;
    asio::cancellation_type cancelled_before;
    asio::any_completion_handler<void(error_code)> handler; // empty: on its way already
};

// Starts the wait of a next(). Not a lambda: coroutine frames in a header must not hold types without linkage.
struct generator_state::start_waiting {
    explicit start_waiting(consumer* one) : self(one) {}

    template <typename Handler>
    void operator()(Handler handler) const
    {
        auto slot = asio::get_associated_cancellation_slot(handler);
        self->handler = std::move(handler);
        if (!slot.is_connected())
            return;
        // Compared before it is followed: the frame may have been destroyed without having been resumed.
        slot.assign([state = self->state, one = self](asio::cancellation_type type) {
            if (type == asio::cancellation_type::none || state->waiting != one || !one->handler)
                return;
            state->wake(asio::error::operation_aborted, false);
            one->leave(); // another next() may come
        });
    }

    consumer* self;
};

void generator_state::throw_busy()
{
    throw std::logic_error("async_generator: next() was called while another next() is pending; "
                           "a generator has one consumer at a time");
}

void generator_state::throw_aborted()
{
    throw boost::system::system_error(asio::error::operation_aborted);
}

// Inline only from a completion handler that runs on the executor: nobody below on the stack is in the consumer.
void generator_state::wake(error_code error, bool may_run_inline)
{
    if (!waiting || !waiting->handler)
        return;
    auto handler = std::move(waiting->handler);
    waiting->handler = nullptr;
    if (may_run_inline && waiting->executor == executor) {
        std::move(handler)(error);
        return;
    }
    asio::post(waiting->executor,
               [handler = std::move(handler), error]() mutable { std::move(handler)(error); });
}

void generator_state::operation_completed()
{
    in_flight = false;
    if (running)
        return; // it completed while it was being started: the body just goes on
    if (closed) {
        destroy_body();
        return;
    }
    abort.slot().clear(); // what the operation left there may point to what it owned
    run();
    if (ready())
        wake({}, true);
}

// Happens when the io_context is destroyed. The locals of the body, timers and sockets perhaps, must go with it.
void generator_state::operation_dropped() noexcept
{
    in_flight = false;
    if (running)
        return; // starting the operation has thrown
    abort.slot().clear();
    destroy_body();
    if (closed)
        return;
    failure = std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted));
    wake({}, false);
}

void generator_state::close() noexcept
{
    closed = true;
    has_item = false;
    failure = nullptr;
    wake(asio::error::operation_aborted, false);
    if (body && !running)
        stop_body();
}

void generator_state::stop_body()
{
    if (in_flight)
        abort.emit(asio::cancellation_type::terminal);
    else
        destroy_body();
}

asio::awaitable<void> generator_state::wait_ready(generator_pointer<generator_state> state)
{
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    consumer self(std::move(state), co_await asio::this_coro::executor, cancellation);
    auto ready_again =
        asio::async_initiate<const asio::deferred_t&, void(error_code)>(start_waiting(&self), asio::deferred);
    co_await std::move(ready_again);
    self.require_not_cancelled();
}

asio::awaitable<void> generator_state::take_turn(generator_pointer<generator_state> state)
{
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    const consumer self(std::move(state), co_await asio::this_coro::executor, cancellation);
    auto turn = asio::post(asio::deferred);
    co_await std::move(turn);
    self.require_not_cancelled();
}

} // namespace fullon_coro
