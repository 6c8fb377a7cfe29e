// Where a spawned awaitable leaves its result: co_spawn alone demands default-constructible ones.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace fullon_coro::detail {

template <typename T>
using awaitable_result = std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>>;

/// Awaits `operation` and puts what it returns into `*result`, which whoever awaits this owns.
template <typename T>
boost::asio::awaitable<void> store_result(awaitable_result<T>* result, boost::asio::awaitable<T> operation)
{
    if constexpr (std::is_void_v<T>) {
        co_await std::move(operation);
        result->emplace();
    } else {
        result->emplace(co_await std::move(operation));
    }
}

} // namespace fullon_coro::detail
