// What client and server share: errors, messages, the queue of a connection, what a stream's consumer holds. A program that only
// connects links this, calls.cpp, client.cpp and connect.cpp, and no server.
#include <fullon_cache_api/detail/stream/event_topic.ipp>
#include <fullon_cache_api/detail/stream/merge_core.ipp>
#include <fullon_cache_api/detail/stream/stream_channel.ipp>
#include <fullon_cache_api/detail/stream/stream_sequencer.ipp>
#include <fullon_cache_api/detail/stream/update_decoder.ipp>
#include <fullon_cache_api/detail/wire/client_messages.ipp>
#include <fullon_cache_api/detail/wire/error.ipp>
#include <fullon_cache_api/detail/wire/messages.ipp>
#include <fullon_cache_api/detail/wire/outbox.ipp>
#include <fullon_cache_api/detail/wire/plain_request.ipp>
