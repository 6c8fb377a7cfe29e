// The caches.
#include <fullon_cache/detail/caches/account_cache.ipp>
#include <fullon_cache/detail/caches/account_reader.ipp>
#include <fullon_cache/detail/caches/base_cache.ipp>
#include <fullon_cache/detail/caches/base_reader.ipp>
#include <fullon_cache/detail/caches/bot_cache.ipp>
#include <fullon_cache/detail/caches/bot_reader.ipp>
#include <fullon_cache/detail/caches/ohlcv_cache.ipp>
#include <fullon_cache/detail/caches/ohlcv_reader.ipp>
#include <fullon_cache/detail/caches/orders_cache.ipp>
#include <fullon_cache/detail/caches/orders_reader.ipp>
#include <fullon_cache/detail/caches/overview_reader.ipp>
#include <fullon_cache/detail/caches/process_cache.ipp>
#include <fullon_cache/detail/caches/process_reader.ipp>
#include <fullon_cache/detail/caches/tick_cache.ipp>
#include <fullon_cache/detail/caches/tick_reader.ipp>
#include <fullon_cache/detail/caches/trades_cache.ipp>
#include <fullon_cache/detail/caches/trades_reader.ipp>
