// What an async_generator, its body and its consumer share.
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

/// Counts references without atomics: everything about a generator happens on one serial executor.
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

/// Outlives the body, so that whoever is resumed can find out that body and generator are gone. Referenced by the
/// generator, by every next() under way and by the operation that the body awaits.
struct generator_state {
    struct consumer;
    struct start_waiting;

    generator_state() = default;
    generator_state(const generator_state&) = delete;
    generator_state& operator=(const generator_state&) = delete;
    virtual ~generator_state() = default;

    /// Nothing to wait for: an item, or the end.
    bool ready() const noexcept { return has_item || !body; }

    /// Resumes the body up to its next co_yield, its next unfinished co_await, or its end.
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

    void destroy_body() noexcept { std::exchange(body, nullptr).destroy(); }

    // What the body awaits has completed, or was destroyed without completing.
    void operation_completed();
    void operation_dropped() noexcept;

    // The generator is being destroyed.
    void close() noexcept;
    void stop_body();

    [[noreturn]] static void throw_busy();
    [[noreturn]] static void throw_aborted();

    // Both end with operation_aborted when they are cancelled, and leave the item where it is.
    static boost::asio::awaitable<void> wait_ready(generator_pointer<generator_state> state);
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

template <typename T>
struct generator_items final : generator_state {
    std::optional<T> item; // set while has_item
};

} // namespace fullon_coro
