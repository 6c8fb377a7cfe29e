// A small random generator (splitmix64): 8 bytes of state, good enough for jitter and identifiers.
#pragma once

#include <cstdint>

namespace fullon_coro {

class splitmix64 {
public:
    explicit splitmix64(std::uint64_t seed) noexcept : state_(seed) {}

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

/// A seed from the system's entropy.
std::uint64_t random_seed();

} // namespace fullon_coro
