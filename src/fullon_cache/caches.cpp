// The caches and what they share.
#include <fullon_cache/impl/base_cache.ipp>
#include <fullon_cache/impl/config.ipp>
#include <fullon_cache/impl/error.ipp>
#include <fullon_cache/impl/reply.ipp>
#include <fullon_cache/impl/tick_cache.ipp>
#include <fullon_cache/impl/ticker_scan.ipp>
