// The client.
#include <fullon_cache_api/impl/client.ipp>
#include <fullon_cache_api/impl/client_messages.ipp>
#include <fullon_cache_api/impl/client_overviews.ipp>
#include <fullon_cache_api/impl/client_queries.ipp>
#include <fullon_cache_api/impl/client_requests.ipp>
#include <fullon_cache_api/impl/client_state.ipp>
#include <fullon_cache_api/impl/event_topic.ipp>
#include <fullon_cache_api/impl/merge_core.ipp>
#include <fullon_cache_api/impl/stream_book.ipp>
#include <fullon_cache_api/impl/stream_channel.ipp>
#include <fullon_cache_api/impl/stream_track.ipp>
#include <fullon_cache_api/impl/update_decoder.ipp>
#include <fullon_cache_api/impl/websocket_url.ipp>
