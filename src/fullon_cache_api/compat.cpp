// The compat dialect.
#include <fullon_cache_api/detail/compat/compat_messages.ipp>
#include <fullon_cache_api/detail/compat/compat_queries.ipp>
#include <fullon_cache_api/detail/compat/compat_session.ipp>
#include <fullon_cache_api/detail/compat/compat_stream_kinds.ipp>
#include <fullon_cache_api/detail/compat/compat_streams.ipp>
#include <fullon_cache_api/detail/compat/websocket_path.ipp>
