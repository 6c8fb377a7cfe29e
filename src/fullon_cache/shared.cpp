// What the caches share.
#include <fullon_cache/impl/cache_base.ipp>
#include <fullon_cache/impl/compare_and_set.ipp>
#include <fullon_cache/impl/config.ipp>
#include <fullon_cache/impl/error.ipp>
#include <fullon_cache/impl/hash_page.ipp>
#include <fullon_cache/impl/list_tail.ipp>
#include <fullon_cache/impl/pop.ipp>
#include <fullon_cache/impl/process_health.ipp>
#include <fullon_cache/impl/reply.ipp>
#include <fullon_cache/impl/subscription.ipp>
#include <fullon_cache/impl/ticker_scan.ipp>
