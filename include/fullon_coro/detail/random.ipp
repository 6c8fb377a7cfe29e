// Bodies of random.hpp.
#pragma once

#include <fullon_coro/random.hpp>

#include <random>

namespace fullon_coro {

std::uint64_t random_seed()
{
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32) | device();
}

} // namespace fullon_coro
