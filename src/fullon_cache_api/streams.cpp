// What a stream's consumer holds, over a connection and in process, and the errors of both. A program that only connects
// links this, calls.cpp, client.cpp and connect.cpp, and no server.
#include <fullon_cache_api/impl/client_messages.ipp>
#include <fullon_cache_api/impl/error.ipp>
#include <fullon_cache_api/impl/event_topic.ipp>
#include <fullon_cache_api/impl/merge_core.ipp>
#include <fullon_cache_api/impl/stream_channel.ipp>
#include <fullon_cache_api/impl/stream_track.ipp>
#include <fullon_cache_api/impl/update_decoder.ipp>
