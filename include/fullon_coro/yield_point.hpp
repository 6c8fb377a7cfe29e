// yield_point: pauses in long loops, so that others on the executor get a turn.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace fullon_coro {

/// Lets a long computation on an executor give others a turn. Decoding a hundred thousand entries takes some
/// tenths of a second; without pauses everything else on the executor would wait for all of them.
///
/// \code
/// yield_point pause;
/// for (const auto& entry : entries) {
///     decode(entry);
///     if (pause.due())
///         co_await pause.take();
/// }
/// \endcode
///
/// \par Concurrency one coroutine; use one object for each loop.
class yield_point {
public:
    using clock = std::chrono::steady_clock;

    /// Whether this turn has lasted for more than 2 ms since construction or the last take(). Reads the
    /// clock.
    bool due() const noexcept { return clock::now() - turn_ > longest_turn; }

    /// Gives up the turn. Completes when everything that was ready on the executor has had its turn; then a
    /// new turn begins. It cannot be cut short; a cancelled coroutine throws as usual at its next `co_await`.
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
