// fullon_cache's async_generator under this library's name.
#pragma once

#include <fullon_cache/async_generator.hpp>

namespace fullon_cache_api {

using fullon_cache::async_generator;

} // namespace fullon_cache_api
