// Random identifiers: request ids for clients that send none, and the epoch of a server.
#pragma once

#include <fullon_coro/random.hpp>

#include <cstdint>
#include <string>

namespace fullon_cache_api::detail {

class random_ids {
public:
    explicit random_ids(std::uint64_t seed = fullon_coro::random_seed()) noexcept : random_(seed) {}

    /// 16 hexadecimal digits.
    std::string hex64() { return digits(random_(), 16); }

    /// A version 4 UUID.
    std::string uuid()
    {
        const auto high = random_();
        const auto low = random_();
        return digits(high >> 32, 8) + "-" + digits(high >> 16, 4) + "-4" + digits(high, 3) + "-" +
               digits((low >> 48 & 0x3fff) | 0x8000, 4) + "-" + digits(low, 12);
    }

private:
    static std::string digits(std::uint64_t value, int count)
    {
        std::string text(static_cast<std::size_t>(count), '0');
        for (auto place = text.rbegin(); place != text.rend(); ++place, value >>= 4)
            *place = "0123456789abcdef"[value & 15];
        return text;
    }

    fullon_coro::splitmix64 random_;
};

} // namespace fullon_cache_api::detail
