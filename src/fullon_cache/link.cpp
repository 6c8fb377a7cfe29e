// The Redis link.
#include <fullon_cache/detail/redis/connection.ipp>
#include <fullon_cache/detail/redis/key_watch.ipp>
#include <fullon_cache/detail/redis/link.ipp>
#include <fullon_cache/detail/redis/link_channels.ipp>
#include <fullon_cache/detail/redis/link_commands.ipp>
#include <fullon_cache/detail/redis/link_takes.ipp>
#include <fullon_cache/detail/redis/list_taker.ipp>
#include <fullon_cache/detail/redis/script.ipp>
#include <fullon_cache/detail/redis/take_script.ipp>
#include <fullon_cache/detail/redis/taken.ipp>
