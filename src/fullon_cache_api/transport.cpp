// WebSocket frames over connections.
#include <fullon_cache_api/detail/net/frame_codec.ipp>
#include <fullon_cache_api/detail/net/frame_writer.ipp>
#include <fullon_cache_api/detail/net/peer_watch.ipp>
#include <fullon_cache_api/detail/net/websocket_transport.ipp>
