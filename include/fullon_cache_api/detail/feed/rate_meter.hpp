// How often something happened within the last minute. Sans-io.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace fullon_cache_api::detail {

/// Counts by seconds: 60 of them, whatever happens in each. Times are steady and whole seconds; an older one than the
/// last counts as that.
class rate_meter {
public:
    /// What happens is seen from this second on; what was before is forgotten.
    void begin(std::int64_t second) noexcept
    {
        counts_ = {};
        total_ = 0;
        last_ = second;
        began_ = second;
    }
    void end() noexcept { began_.reset(); }
    bool begun() const noexcept { return began_.has_value(); }

    /// per_minute(), once there was a whole minute to count; else empty: what is not known is not 0.
    std::optional<std::uint64_t> rate(std::int64_t second) noexcept
    {
        return began_ && second - *began_ >= seconds ? std::optional(per_minute(second)) : std::nullopt;
    }

    void add(std::int64_t second, std::uint64_t count) noexcept
    {
        pass(second);
        counts_[place(last_)] += static_cast<std::uint32_t>(count);
        total_ += count;
    }

    /// Within the 60 seconds that end with this one.
    std::uint64_t per_minute(std::int64_t second) noexcept
    {
        pass(second);
        return total_;
    }

private:
    static constexpr std::int64_t seconds = 60;

    static std::size_t place(std::int64_t second) noexcept
    {
        return static_cast<std::size_t>((second % seconds + seconds) % seconds);
    }

    void pass(std::int64_t second) noexcept
    {
        if (second - last_ >= seconds) {
            counts_ = {};
            total_ = 0;
            last_ = second;
        }
        while (last_ < second) {
            auto& oldest = counts_[place(++last_)];
            total_ -= oldest;
            oldest = 0;
        }
    }

    std::array<std::uint32_t, seconds> counts_{};
    std::uint64_t total_ = 0;
    std::int64_t last_ = 0;
    std::optional<std::int64_t> began_{};
};

} // namespace fullon_cache_api::detail
