// What the body of an async_generator may await, and how.
#pragma once

#include <fullon_coro/detail/awaitable_result.hpp>
#include <fullon_coro/generator_state.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <tuple>
#include <type_traits>

namespace fullon_coro::detail {

/// Completion handler of the operation that the body awaits. The frame stays until it has been called or destroyed,
/// for the operation's arguments may point into the frame.
template <typename Awaiter>
class generator_handler {
public:
    using executor_type = boost::asio::any_io_executor;
    using cancellation_slot_type = boost::asio::cancellation_slot;

    generator_handler(generator_state& state, Awaiter& awaiter) : state_(&state), awaiter_(&awaiter)
    {
        state.in_flight = true;
    }
    generator_handler(generator_handler&&) noexcept = default;
    generator_handler& operator=(generator_handler&&) = delete;
    ~generator_handler()
    {
        if (state_)
            state_->operation_dropped();
    }

    executor_type get_executor() const noexcept { return state_->executor; }
    cancellation_slot_type get_cancellation_slot() const noexcept { return state_->abort.slot(); }

    template <typename... Results>
    void operator()(Results&&... results)
    {
        awaiter_->set(std::forward<Results>(results)...);
        const auto state = std::move(state_);
        state->operation_completed();
    }

private:
    generator_pointer<generator_state> state_;
    Awaiter* awaiter_;
};

/// An asio::awaitable runs beside the body, as a coroutine of its own.
template <typename T>
class awaitable_awaiter {
public:
    awaitable_awaiter(generator_state& state, boost::asio::awaitable<T> operation)
        : state_(state), operation_(std::move(operation))
    {}

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<>)
    {
        boost::asio::co_spawn(state_.executor, store_result(&result_, std::move(operation_)),
                              generator_handler<awaitable_awaiter>(state_, *this));
        return state_.in_flight;
    }
    T await_resume()
    {
        if (failure_)
            std::rethrow_exception(std::move(failure_));
        if constexpr (!std::is_void_v<T>)
            return std::move(*result_);
    }

    void set(std::exception_ptr failure) noexcept { failure_ = std::move(failure); }

private:
    generator_state& state_;
    boost::asio::awaitable<T> operation_;
    awaitable_result<T> result_;
    std::exception_ptr failure_;
};

/// A deferred operation is started by the body itself. Its results come out as Asio's own coroutines give them.
template <typename Operation, typename Signature>
class operation_awaiter;

template <typename Operation, typename... Results>
class operation_awaiter<Operation, void(Results...)> {
public:
    operation_awaiter(generator_state& state, Operation operation)
        : state_(state), operation_(std::move(operation))
    {}

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<>)
    {
        std::move(operation_)(generator_handler<operation_awaiter>(state_, *this));
        return state_.in_flight;
    }
    auto await_resume()
    {
        return std::apply([](auto&&... results) { return unpack(std::move(results)...); },
                          std::move(*results_));
    }

    template <typename... Values>
    void set(Values&&... values)
    {
        results_.emplace(std::forward<Values>(values)...);
    }

private:
    // An error comes first or not at all; it is thrown. What follows is the value, a tuple if there are several.
    static void unpack() {}
    template <typename First, typename... Rest>
    static auto unpack(First&& first, Rest&&... rest)
    {
        using first_type = std::decay_t<First>;
        if constexpr (std::is_same_v<first_type, boost::system::error_code>) {
            if (first)
                throw boost::system::system_error(first);
            return values(std::move(rest)...);
        } else if constexpr (std::is_same_v<first_type, std::exception_ptr>) {
            if (first)
                std::rethrow_exception(std::move(first));
            return values(std::move(rest)...);
        } else {
            return values(std::move(first), std::move(rest)...);
        }
    }
    static void values() {}
    template <typename Value>
    static Value values(Value&& value)
    {
        return std::move(value);
    }
    template <typename... Values>
        requires(sizeof...(Values) > 1)
    static std::tuple<Values...> values(Values&&... several)
    {
        return {std::move(several)...};
    }

    generator_state& state_;
    Operation operation_;
    std::optional<std::tuple<std::decay_t<Results>...>> results_;
};

class executor_awaiter {
public:
    explicit executor_awaiter(boost::asio::any_io_executor executor) noexcept : executor_(std::move(executor))
    {}

    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    boost::asio::any_io_executor await_resume() noexcept { return std::move(executor_); }

private:
    boost::asio::any_io_executor executor_;
};

template <typename T>
struct awaited_value {};
template <typename T>
struct awaited_value<boost::asio::awaitable<T>> {
    using type = T;
};

/// The part of the promise that does not depend on the type of the items.
class generator_promise {
public:
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { state_->failure = std::current_exception(); }
    void return_void() const noexcept {}

    template <typename Awaited>
    auto await_transform(Awaited&& awaited)
    {
        using type = std::remove_cvref_t<Awaited>;
        if constexpr (std::is_same_v<type, boost::asio::this_coro::executor_t>) {
            return executor_awaiter(state_->executor);
        } else if constexpr (requires { typename awaited_value<type>::type; }) {
            return awaitable_awaiter<typename awaited_value<type>::type>(*state_,
                                                                         std::forward<Awaited>(awaited));
        } else {
            static_assert(boost::asio::is_async_operation<type>::value,
                          "an async_generator awaits asio::awaitable<T>, operations with asio::deferred, and "
                          "asio::this_coro::executor");
            using signature = boost::asio::completion_signature_of_t<type>;
            return operation_awaiter<type, signature>(*state_, std::forward<Awaited>(awaited));
        }
    }

protected:
    generator_state* state_ = nullptr; // outlives the body
};

} // namespace fullon_coro::detail
