// Growing pauses between attempts, with jitter. Sans-io: says how long to wait, and waits for nothing.
#pragma once

#include <fullon_coro/random.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace fullon_coro {

/// Pauses between attempts that double from `min` to `max`, with jitter: each is drawn at random from the
/// upper half of its range, so that many clients of one server that died do not come back in step.
///
/// \code
/// backoff pause(std::chrono::milliseconds(100), std::chrono::seconds(5), random_seed());
/// for (;;) {
///     const bool connected = co_await try_to_connect();
///     if (connected)
///         break;
///     timer.expires_after(pause.next()); // 50 to 100 ms, then 100 to 200 ms, ... at most 5 s
///     co_await timer.async_wait(boost::asio::use_awaitable);
/// }
/// pause.reset();
/// \endcode
///
/// A plain value that waits for nothing itself.
/// \par Concurrency one thread at a time.
class backoff {
public:
    using duration = std::chrono::milliseconds;

    /// \param min  upper bound of the first pause
    /// \param max  upper bound of every pause
    /// \param seed such as random_seed(); a fixed one gives the same pauses each time
    backoff(duration min, duration max, std::uint64_t seed) noexcept
        : min_(min), max_(max), next_(min), random_(seed)
    {}

    /// The next pause.
    duration next() noexcept
    {
        const auto full = next_.count();
        next_ = std::min(max_, next_ * 2);
        return duration(full - full / 2 + static_cast<duration::rep>(random_() % (full / 2 + 1)));
    }

    /// Begins again with `min`, after a success.
    void reset() noexcept { next_ = min_; }

private:
    duration min_;
    duration max_;
    duration next_;
    splitmix64 random_;
};

} // namespace fullon_coro
