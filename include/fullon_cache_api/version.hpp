// The version of the library.
#pragma once

#include <string_view>

namespace fullon_cache_api {

/// Major, minor and patch number. The build reads it from this line.
inline constexpr std::string_view version = "0.1.0";

} // namespace fullon_cache_api
