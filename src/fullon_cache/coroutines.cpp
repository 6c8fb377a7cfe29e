// Coroutine primitives.
#include <fullon_cache/impl/async_generator.ipp>
#include <fullon_cache/impl/notifier.ipp>
#include <fullon_cache/impl/task_group.ipp>
