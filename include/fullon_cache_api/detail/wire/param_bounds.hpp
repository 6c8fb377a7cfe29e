// What the values of a parameter are bound to.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace fullon_cache_api {

/// Between which a whole number must be, both included. A params struct with such members has a static constexpr
/// `std::optional<whole_range> range_of(std::string_view member)`; one with other numbers gives a `number_range`.
struct whole_range {
    std::int64_t least;
    std::int64_t most;
};

/// The same for any number.
struct number_range {
    double least;
    double most;
};

/// What a text must be one of. A params struct with such members has a static constexpr
/// `text_choices values_of(std::string_view member)`; empty: any text.
using text_choices = std::span<const std::string_view>;

/// What a text must be to become a part of a key of Redis.
struct text_rule {
    std::string_view without; ///< characters that it must not contain
    bool beyond_slashes = false; ///< keys of trades and bars have it without '/': something must be left

    constexpr bool holds_any() const noexcept { return !without.empty() || beyond_slashes; }
};

/// The rule for a parameter of that name. A key is `{exchange}:{symbol}` or `{symbol}:{timeframe}`, and only a symbol may
/// have a ':' (BTC/USDT:USDT).
constexpr text_rule key_part_rule(std::string_view member)
{
    if (member == "exchange")
        return {.without = ":", .beyond_slashes = false};
    if (member == "timeframe")
        return {.without = ":/", .beyond_slashes = false};
    return {.without = "", .beyond_slashes = member == "symbol" || member == "symbols"};
}

} // namespace fullon_cache_api
