// Growing pauses between attempts, with jitter. Sans-io: a value that says how long to wait.
#pragma once

#include <fullon_coro/random.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace fullon_coro {

/// Doubles from `min` to `max`; each pause is drawn from the upper half of its range, so that many clients
/// of one server that died do not come back in step.
class backoff {
public:
    using duration = std::chrono::milliseconds;

    backoff(duration min, duration max, std::uint64_t seed) noexcept
        : min_(min), max_(max), next_(min), random_(seed)
    {}

    duration next() noexcept
    {
        const auto full = next_.count();
        next_ = std::min(max_, next_ * 2);
        return duration(full - full / 2 + static_cast<duration::rep>(random_() % (full / 2 + 1)));
    }

    void reset() noexcept { next_ = min_; }

private:
    duration min_;
    duration max_;
    duration next_;
    splitmix64 random_;
};

} // namespace fullon_coro
