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

} // namespace fullon_cache_api
