// A small random generator, for jitter and identifiers.
#pragma once

#include <cstdint>

namespace fullon_coro {

/// The splitmix64 generator: 8 bytes of state, all 64 bits of each number usable. Not for secrets: its
/// numbers can be predicted.
///
/// \code
/// splitmix64 random(random_seed());
/// const auto id = random();
/// \endcode
class splitmix64 {
public:
    /// Equal seeds give equal sequences.
    explicit splitmix64(std::uint64_t seed) noexcept : state_(seed) {}

    /// The next number, evenly distributed over 64 bits.
    std::uint64_t operator()() noexcept
    {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

private:
    std::uint64_t state_;
};

/// 64 bits of the system's entropy (`std::random_device`), whose exceptions it passes on.
std::uint64_t random_seed();

} // namespace fullon_coro
