// One connection to Redis.
#include <fullon_cache/detail/redis/command_facts.ipp>
#include <fullon_cache/detail/redis/redis_connection.ipp>
#include <fullon_cache/detail/redis/redis_wire.ipp>
#include <fullon_cache/detail/redis/reply_router.ipp>
#include <fullon_cache/detail/redis/resp3_reader.ipp>
