// The Redis link: the one file of the library that compiles Boost.Redis.
#include <fullon_cache/impl/blocking_pool.ipp>
#include <fullon_cache/impl/connection.ipp>
#include <fullon_cache/impl/link.ipp>
#include <fullon_cache/impl/link_commands.ipp>
