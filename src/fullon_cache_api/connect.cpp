// The client's side of opening a WebSocket.
#include <fullon_cache_api/impl/connect_websocket.ipp>
