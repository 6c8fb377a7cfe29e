// Listeners and HTTP connections: what compiles Beast.
#include <fullon_cache_api/detail/server/cache_websocket_server.ipp>
