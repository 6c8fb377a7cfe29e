// The calls that client and server have in common.
#include <fullon_cache_api/detail/calls/cache_calls_overviews.ipp>
#include <fullon_cache_api/detail/calls/cache_calls_queries.ipp>
#include <fullon_cache_api/detail/calls/cache_calls_streams.ipp>
