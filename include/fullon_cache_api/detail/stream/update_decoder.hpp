// From an update on the wire to an item of a typed stream. Sans-io.
#pragma once

#include <fullon_cache_api/detail/stream/stream_message.hpp>
#include <fullon_cache_api/detail/wire/client_messages.hpp>

#include <optional>

namespace fullon_cache_api::detail {

/// Empty for an update whose type is unknown here, or that cannot be read.
std::optional<stream_message> decode_update(protocol::server_message&& message);

} // namespace fullon_cache_api::detail
