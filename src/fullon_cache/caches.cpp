// The caches.
#include <fullon_cache/impl/account_cache.ipp>
#include <fullon_cache/impl/account_reader.ipp>
#include <fullon_cache/impl/base_cache.ipp>
#include <fullon_cache/impl/base_reader.ipp>
#include <fullon_cache/impl/bot_cache.ipp>
#include <fullon_cache/impl/bot_reader.ipp>
#include <fullon_cache/impl/ohlcv_cache.ipp>
#include <fullon_cache/impl/ohlcv_reader.ipp>
#include <fullon_cache/impl/orders_cache.ipp>
#include <fullon_cache/impl/orders_reader.ipp>
#include <fullon_cache/impl/overview_reader.ipp>
#include <fullon_cache/impl/process_cache.ipp>
#include <fullon_cache/impl/process_reader.ipp>
#include <fullon_cache/impl/tick_cache.ipp>
#include <fullon_cache/impl/tick_reader.ipp>
#include <fullon_cache/impl/trades_cache.ipp>
#include <fullon_cache/impl/trades_reader.ipp>
