// Pauses in loops over much that was read.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace fullon_coro {

/// A hundred thousand entries take some tenths of a second to decode: nobody else on the executor should wait for all of
/// them.
///
///     if (pause.due())
///         co_await pause.take();
class yield_point {
public:
    using clock = std::chrono::steady_clock;

    bool due() const noexcept { return clock::now() - turn_ > longest_turn; }

    /// Completes when everything that was ready has had its turn.
    boost::asio::awaitable<void> take()
    {
        co_await boost::asio::post(boost::asio::use_awaitable);
        turn_ = clock::now();
    }

private:
    static constexpr std::chrono::milliseconds longest_turn{2};

    clock::time_point turn_ = clock::now();
};

} // namespace fullon_coro
