// Every body of fullon_coro: for exactly one file of a host that uses the library header-only.
#pragma once

#include <fullon_coro/detail/async_generator.ipp>
#include <fullon_coro/detail/notifier.ipp>
#include <fullon_coro/detail/random.ipp>
#include <fullon_coro/detail/task_group.ipp>
