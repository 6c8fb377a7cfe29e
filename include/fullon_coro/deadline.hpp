// with_deadline(): bounds the time of any awaitable.
#pragma once

#include <fullon_coro/detail/awaitable_result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancel_at.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

namespace fullon_coro {
namespace detail {

// co_spawn enables terminal alone; what the caller has enabled is its own matter.
template <typename T>
boost::asio::awaitable<void> store_cancellable(awaitable_result<T>* result,
                                               boost::asio::awaitable<T> operation)
{
    co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
    co_await store_result(result, std::move(operation));
}

} // namespace detail

/// Awaits an operation, and cancels it (terminal) at a deadline.
///
/// \code
/// try {
///     const auto reply = co_await with_deadline(std::chrono::seconds(2), ask());
///     use(reply);
/// } catch (const boost::system::system_error& failure) {
///     if (failure.code() != boost::asio::error::timed_out)
///         throw;
/// }
/// \endcode
///
/// \param deadline   by the steady clock
/// \param operation  runs in a coroutine of its own on the caller's executor, with terminal, partial and total
///                   cancellation enabled
/// \par Completes    when the operation has ended. After the deadline that is as soon as it honours the
///                   cancellation, so this is only for operations that can be cancelled without harm.
/// \returns          the operation's result, also one that came at the last moment: nothing is lost
/// \throws           what the operation threw, unless that is operation_aborted because of the deadline
/// \throws boost::system::system_error `boost::asio::error::timed_out` when the deadline ended the operation
/// \par Cancellation terminal, partial, total, as far as the caller has them enabled: passed on to the
///                   operation, ends with operation_aborted.
template <typename T>
boost::asio::awaitable<T> with_deadline(std::chrono::steady_clock::time_point deadline,
                                        boost::asio::awaitable<T> operation)
{
    namespace asio = boost::asio;
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    const auto cancelled_before = cancellation.cancelled();
    detail::awaitable_result<T> result;
    auto bounded = asio::co_spawn(executor, detail::store_cancellable(&result, std::move(operation)),
                                  asio::cancel_at(deadline, asio::deferred));
    try {
        co_await std::move(bounded);
    } catch (const boost::system::system_error& error) {
        const bool ours =
            std::chrono::steady_clock::now() >= deadline && cancellation.cancelled() == cancelled_before;
        if (!ours || error.code() != asio::error::operation_aborted)
            throw;
        throw boost::system::system_error(asio::error::timed_out);
    }
    if constexpr (!std::is_void_v<T>)
        co_return std::move(*result);
}

/// The same with a time-out counted from now. A time-out that no time point of the steady clock can hold,
/// such as `steady_clock::duration::max()`, means no deadline.
template <typename T, typename Rep, typename Period>
boost::asio::awaitable<T> with_deadline(std::chrono::duration<Rep, Period> timeout,
                                        boost::asio::awaitable<T> operation)
{
    using std::chrono::steady_clock;
    const auto now = steady_clock::now();
    using seconds = std::chrono::duration<double>; // no overflow
    const bool endless = seconds(timeout) >= seconds(steady_clock::time_point::max() - now);
    const auto deadline =
        endless ? steady_clock::time_point::max() : now + std::chrono::ceil<steady_clock::duration>(timeout);
    return with_deadline(deadline, std::move(operation));
}

} // namespace fullon_coro
