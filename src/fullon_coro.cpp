// Coroutine primitives.
#include <fullon_coro/src.hpp>
