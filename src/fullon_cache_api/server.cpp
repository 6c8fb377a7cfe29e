// Listeners and sessions: with connect.cpp the only files that compile Beast's WebSocket.
#include <fullon_cache_api/detail/server/cache_websocket_server.ipp>
