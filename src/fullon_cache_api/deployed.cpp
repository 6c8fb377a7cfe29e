// The deployed dialect.
#include <fullon_cache_api/impl/deployed_messages.ipp>
#include <fullon_cache_api/impl/deployed_queries.ipp>
#include <fullon_cache_api/impl/deployed_session.ipp>
#include <fullon_cache_api/impl/deployed_stream_kinds.ipp>
#include <fullon_cache_api/impl/deployed_streams.ipp>
#include <fullon_cache_api/impl/websocket_path.ipp>
