// The client's side of opening a WebSocket.
#include <fullon_cache_api/detail/client/connect_websocket.ipp>
