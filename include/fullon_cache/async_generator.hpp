// fullon_coro's async_generator under this library's name.
#pragma once

#include <fullon_coro/async_generator.hpp>

namespace fullon_cache {

using fullon_coro::async_generator;

} // namespace fullon_cache
