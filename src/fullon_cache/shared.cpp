// What the caches share.
#include <fullon_cache/detail/caches/cache_base.ipp>
#include <fullon_cache/detail/caches/process_health.ipp>
#include <fullon_cache/detail/keys/storable.ipp>
#include <fullon_cache/detail/lists/block_writes.ipp>
#include <fullon_cache/detail/lists/compare_and_set.ipp>
#include <fullon_cache/detail/lists/hash_page.ipp>
#include <fullon_cache/detail/lists/joint_writes.ipp>
#include <fullon_cache/detail/lists/list_tail.ipp>
#include <fullon_cache/detail/lists/merge_queue.ipp>
#include <fullon_cache/detail/lists/stored_document.ipp>
#include <fullon_cache/detail/lists/ticker_scan.ipp>
#include <fullon_cache/detail/lists/unreadable_log.ipp>
#include <fullon_cache/detail/redis/config.ipp>
#include <fullon_cache/detail/redis/error.ipp>
#include <fullon_cache/detail/redis/reply.ipp>
#include <fullon_cache/detail/redis/subscription.ipp>
