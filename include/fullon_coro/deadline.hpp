// A deadline around any awaitable.
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

/// Awaits `operation`; at the deadline cancels it (terminal).
/// \par Completes    when the operation has ended, which after the deadline is as soon as it honours the cancellation:
///                   only for operations that can be cancelled without harm. (A Redis request cannot: up to
///                   Boost 1.89 that would end the connection. Abandon it instead.)
/// \returns          the operation's result, also one that came at the last moment: nothing is lost.
/// \throws           system_error(timed_out), or what the operation threw before the deadline.
/// \par Cancellation terminal: passed on, operation_aborted.
template <typename T>
boost::asio::awaitable<T> with_deadline(std::chrono::steady_clock::time_point deadline,
                                        boost::asio::awaitable<T> operation)
{
    namespace asio = boost::asio;
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    const auto cancelled_before = cancellation.cancelled();
    detail::awaitable_result<T> result;
    auto bounded = asio::co_spawn(executor, detail::store_result(&result, std::move(operation)),
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

/// The same, counted from now; `steady_clock::duration::max()` and the like mean no deadline.
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
