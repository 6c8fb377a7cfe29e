// What client and server share: errors, messages, the queue of a connection, what a stream's consumer holds. A program that only
// connects links this, calls.cpp, client.cpp and connect.cpp, and no server.
#include <fullon_cache_api/impl/client_messages.ipp>
#include <fullon_cache_api/impl/error.ipp>
#include <fullon_cache_api/impl/event_topic.ipp>
#include <fullon_cache_api/impl/merge_core.ipp>
#include <fullon_cache_api/impl/messages.ipp>
#include <fullon_cache_api/impl/outbox.ipp>
#include <fullon_cache_api/impl/stream_channel.ipp>
#include <fullon_cache_api/impl/stream_track.ipp>
#include <fullon_cache_api/impl/update_decoder.ipp>
