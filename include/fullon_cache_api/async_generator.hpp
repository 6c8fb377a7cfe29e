// fullon_coro::async_generator under this library's name: the type of client::events().
#pragma once

#include <fullon_coro/async_generator.hpp>

namespace fullon_cache_api {

/// An asynchronous sequence of values: see fullon_coro/async_generator.hpp.
using fullon_coro::async_generator;

} // namespace fullon_cache_api
