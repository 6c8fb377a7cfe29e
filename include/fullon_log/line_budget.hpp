// line_budget: bounds how often a line that others can cause is logged.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

namespace fullon_log {

/// Bounds how often a line is logged that clients, peers or stored data can cause: `burst` lines at once,
/// then one every `interval`. Lines that did not fit are counted, so that the next one can say how many are
/// missing.
///
/// \code
/// line_budget budget(10, std::chrono::minutes(1));
/// ...
/// if (budget.take())
///     log.warning("accept failed", {{"error", text}, {"lines_left_out", budget.left_out()}});
/// \endcode
///
/// \par Concurrency one thread at a time.
class line_budget {
public:
    using clock = std::chrono::steady_clock;

    /// A full budget.
    /// \param burst    lines that fit at once
    /// \param interval after which there is room for one more, up to `burst`; above zero
    constexpr line_budget(std::uint32_t burst, clock::duration interval) noexcept
        : burst_(burst), interval_(interval), lines_(burst)
    {}

    /// Takes the room of one line.
    /// \returns whether there was room; if not, the line counts as left out
    bool take(clock::time_point now = clock::now()) noexcept
    {
        refill(now);
        if (lines_ == 0) {
            ++left_out_;
            return false;
        }
        --lines_;
        return true;
    }

    /// The number of lines that were left out since the last call; begins again with 0.
    std::uint64_t left_out() noexcept { return std::exchange(left_out_, 0); }

private:
    void refill(clock::time_point now) noexcept
    {
        if (lines_ == burst_ || now < since_)
            since_ = now;
        const auto more = (now - since_) / interval_;
        if (more <= 0)
            return;
        if (more >= static_cast<std::int64_t>(burst_ - lines_)) {
            lines_ = burst_;
            since_ = now;
        } else {
            lines_ += static_cast<std::uint32_t>(more);
            since_ += more * interval_;
        }
    }

    std::uint32_t burst_;
    clock::duration interval_;
    std::uint32_t lines_;
    std::uint64_t left_out_ = 0;
    clock::time_point since_{}; // one line more each interval after this
};

} // namespace fullon_log
