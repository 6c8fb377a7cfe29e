// Topics and their sources in Redis.
#include <fullon_cache_api/impl/bar_series.ipp>
#include <fullon_cache_api/impl/group_book.ipp>
#include <fullon_cache_api/impl/group_source.ipp>
#include <fullon_cache_api/impl/hub.ipp>
#include <fullon_cache_api/impl/objects.ipp>
#include <fullon_cache_api/impl/series_book.ipp>
#include <fullon_cache_api/impl/series_groups.ipp>
#include <fullon_cache_api/impl/server_config.ipp>
#include <fullon_cache_api/impl/session_streams.ipp>
#include <fullon_cache_api/impl/state_book.ipp>
#include <fullon_cache_api/impl/state_groups.ipp>
#include <fullon_cache_api/impl/ticker.ipp>
#include <fullon_cache_api/impl/ticker_book.ipp>
#include <fullon_cache_api/impl/ticker_source.ipp>
#include <fullon_cache_api/impl/trade_series.ipp>
