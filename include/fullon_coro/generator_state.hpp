// What an async_generator, its body and its consumer share. For those who build on generators, such as a
// merge.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/error_code.hpp>

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace fullon_coro {

/// A shared pointer to a generator's state. Counts references without atomics: everything about a generator
/// happens on one serial executor.
/// \tparam State generator_state, or derived from it
template <typename State>
class generator_pointer {
public:
    generator_pointer() = default;
    explicit generator_pointer(State* state) noexcept : state_(state)
    {
        if (state_)
            ++state_->references;
    }
    generator_pointer(const generator_pointer& other) noexcept : generator_pointer(other.state_) {}
    generator_pointer(generator_pointer&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    generator_pointer& operator=(generator_pointer other) noexcept
    {
        std::swap(state_, other.state_);
        return *this;
    }
    ~generator_pointer()
    {
        if (state_ && --state_->references == 0)
            delete state_;
    }

    explicit operator bool() const noexcept { return state_ != nullptr; }
    State* operator->() const noexcept { return state_; }
    State& operator*() const noexcept { return *state_; }

private:
    State* state_ = nullptr;
};

/// The state of a generator that does not depend on the type of its items. It outlives the body, so that
/// whoever is resumed can find out that body and generator are gone. Referenced by the generator, by every
/// pending next(), and by the operation that the body awaits.
/// \par Concurrency all of it is used on the generator's executor.
struct generator_state {
    struct consumer;
    struct start_waiting;

    generator_state() = default;
    generator_state(const generator_state&) = delete;
    generator_state& operator=(const generator_state&) = delete;
    virtual ~generator_state() = default;

    /// Whether there is nothing to wait for: an item is there, or the body has ended.
    bool ready() const noexcept { return has_item || !body; }

    /// Resumes the body up to its next co_yield, its next unfinished co_await, or its end. Only while it
    /// neither runs nor awaits an operation.
    void run()
    {
        running = true;
        body.resume();
        running = false;
        if (body.done())
            destroy_body();
        else if (closed)
            stop_body();
    }

    /// Destroys the body's frame with its locals.
    void destroy_body() noexcept { std::exchange(body, nullptr).destroy(); }

    /// What the body awaits has completed: the body goes on, and the consumer is woken if there is something
    /// for it.
    void operation_completed();
    /// What the body awaits was destroyed without completing, as happens when the io_context is: the body is
    /// destroyed.
    void operation_dropped() noexcept;

    /// The generator is being destroyed: wakes the consumer with operation_aborted and ends the body.
    void close() noexcept;
    /// Cancels what the body awaits, or destroys a body that awaits nothing.
    void stop_body();

    /// \throws std::logic_error that says that another next() is pending
    [[noreturn]] static void throw_busy();
    /// \throws boost::system::system_error operation_aborted
    [[noreturn]] static void throw_aborted();

    /// Waits until ready(). Ends with operation_aborted when it is cancelled or the generator is destroyed,
    /// and leaves the item where it is.
    static boost::asio::awaitable<void> wait_ready(generator_pointer<generator_state> state);
    /// Waits for one turn of the event loop; ends with operation_aborted when it is cancelled meanwhile.
    static boost::asio::awaitable<void> take_turn(generator_pointer<generator_state> state);

    std::coroutine_handle<> body; // null once it has ended
    boost::asio::any_io_executor executor; // of the first consumer
    boost::asio::cancellation_signal abort; // of the operation that the body awaits
    std::exception_ptr failure; // what the body threw, until it has been told
    consumer* waiting = nullptr; // the suspended next()
    unsigned references = 0;
    bool has_item = false;
    bool running = false;
    bool in_flight = false; // the body awaits an operation: its frame must stay
    bool closed = false;

private:
    void wake(boost::system::error_code error, bool may_run_inline);
};

/// The state of a generator of T, with room for its item.
template <typename T>
struct generator_items final : generator_state {
    std::optional<T> item; // set while has_item
};

} // namespace fullon_coro
