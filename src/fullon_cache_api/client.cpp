// The client.
#include <fullon_cache_api/detail/client/client.ipp>
#include <fullon_cache_api/detail/client/client_requests.ipp>
#include <fullon_cache_api/detail/client/client_state.ipp>
#include <fullon_cache_api/detail/client/stream_registry.ipp>
#include <fullon_cache_api/detail/client/websocket_url.ipp>
#include <fullon_cache_api/detail/wire/split_params.ipp>
