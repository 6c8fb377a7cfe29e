// Which version of the library this is.
#pragma once

#include <string_view>

namespace fullon_cache_api {

/// The build reads it from here, too.
inline constexpr std::string_view version = "0.1.0";

} // namespace fullon_cache_api
