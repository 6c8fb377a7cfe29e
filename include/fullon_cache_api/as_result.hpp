// as_result(): a call that returns its error code instead of throwing it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <type_traits>
#include <utility>

namespace fullon_cache_api {

/// Awaits `call` and returns its result, or the error code that it fails with.
///
/// \code
/// const auto found = co_await as_result(cache.get_ticker("binance", "BTC/USDT"));
/// if (found.has_error())
///     report(found.error());         // such as error::cache_unavailable
/// else if (*found)
///     use((*found)->price);          // the ticker is in the cache
/// \endcode
///
/// For any call of `client` and `cache_websocket_server`, and any other awaitable that throws
/// `boost::system::system_error`. Only the code is returned; the text of the exception is lost.
///
/// \param call       is moved into the coroutine, and started when the returned awaitable is awaited
/// \par Completes    when `call` does.
/// \par Cancellation is passed on to `call`; its `boost::asio::error::operation_aborted` is thrown, not
///                   returned.
/// \throws           operation_aborted, and every exception that is not a `boost::system::system_error`
template <class T>
boost::asio::awaitable<boost::system::result<T>> as_result(boost::asio::awaitable<T> call)
{
    boost::system::error_code failed;
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(call);
            co_return boost::system::result<void>();
        } else
            co_return co_await std::move(call);
    } catch (const boost::system::system_error& failure) {
        if (failure.code() == boost::asio::error::operation_aborted)
            throw;
        failed = failure.code();
    }
    co_return failed;
}

} // namespace fullon_cache_api
