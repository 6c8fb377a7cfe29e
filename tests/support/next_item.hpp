// Items of streams, with a deadline.
#pragma once

#include "support/async_test.hpp"

#include <fullon_cache_api/stream.hpp>
#include <fullon_coro/deadline.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace support {

/// The next item, at most 10 s (more under sanitizers) from now. `updates` must outlive it.
/// \throws std::runtime_error at the end of the stream.
template <class X>
boost::asio::awaitable<fullon_cache_api::update<X>> next_item(fullon_cache_api::stream<X>& updates)
{
    auto item = co_await fullon_coro::with_deadline(std::chrono::seconds(10) * patience, updates.next());
    if (!item)
        throw std::runtime_error("the stream ended");
    co_return std::move(*item);
}

} // namespace support
