// The client.
#include <fullon_cache_api/impl/client.ipp>
#include <fullon_cache_api/impl/client_requests.ipp>
#include <fullon_cache_api/impl/client_state.ipp>
#include <fullon_cache_api/impl/stream_book.ipp>
#include <fullon_cache_api/impl/websocket_url.ipp>
