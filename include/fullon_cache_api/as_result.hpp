// A call whose failure is a value.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <type_traits>
#include <utility>

namespace fullon_cache_api {

/// What `call` gives, or the code that it fails with:
///
///     const auto found = co_await as_result(cache.get_ticker("binance", "BTC/USDT"));
///     if (found.has_error()) ...           // found.error() == error::cache_unavailable
///     else if (*found) use(**found);       // it is there
///
/// Any call of `client` and `cache_websocket_server`, and any other awaitable that throws `boost::system::system_error`.
/// The words of the failure are lost. \throws only what else it throws, and its cancellation (`asio::error::operation_aborted`).
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
