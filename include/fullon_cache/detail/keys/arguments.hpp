// Checks of what a caller passes in.
#pragma once

#include <fullon_cache/error.hpp>

#include <cmath>
#include <string>

namespace fullon_cache::detail {

/// \throws cache_error invalid_argument
inline void require(bool condition, const char* name, const char* must)
{
    if (!condition)
        throw cache_error(errc::invalid_argument, std::string(name) + ": must " + must);
}

inline void require_text(const std::string& value, const char* name)
{
    require(!value.empty(), name, "not be empty");
}

inline void require_finite(double value, const char* name)
{
    require(std::isfinite(value), name, "be a finite number");
}

} // namespace fullon_cache::detail
