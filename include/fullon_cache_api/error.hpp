// Errors of the API: one value per error code of the wire, and one category.
#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <string_view>
#include <type_traits>

namespace fullon_cache_api {

/// What a call or a stream can fail with; thrown as `boost::system::system_error` whose `what()` starts with
/// the text of the server. A cache miss is no error: queries return an empty optional.
enum class error {
    malformed_message = 1, ///< MALFORMED_MESSAGE: not JSON, not an object, or nested deeper than 32
    invalid_operation,     ///< INVALID_OPERATION: unknown here
    invalid_params,        ///< INVALID_PARAMS: the text names the parameter and what it must be
    cache_miss,            ///< CACHE_MISS: never thrown by typed queries
    corrupt_entry,         ///< CORRUPT_ENTRY: the one thing asked for is there, but unreadable
    cache_unavailable,     ///< CACHE_UNAVAILABLE: Redis is not connected
    timeout,               ///< TIMEOUT: Redis, or the server, did not answer in time
    health_check_failed,   ///< HEALTH_CHECK_FAILED: ping while Redis is down
    rate_limited,          ///< RATE_LIMITED: too many requests in flight
    limit_exceeded,        ///< LIMIT_EXCEEDED: too many streams or connections, or the reply is too large
    unauthenticated,       ///< UNAUTHENTICATED: reserved
    forbidden,             ///< FORBIDDEN: reserved
    shutting_down,         ///< SHUTTING_DOWN: the server is draining
    internal_error,        ///< INTERNAL_ERROR: a bug of the server
    closed,                ///< this client (or server) was closed by its owner
    disconnected,          ///< the connection to the server is down
    protocol,              ///< the server sent something that is not this protocol
    invalid_url,           ///< neither a ws:// nor a wss:// URL
};

/// Category "fullon.cache_api".
const boost::system::error_category& api_category() noexcept;

boost::system::error_code make_error_code(error value) noexcept;

/// "CACHE_MISS" and so on; empty for the values that never travel (closed, disconnected, ...).
std::string_view wire_name(error value) noexcept;

/// The value for a code of the wire; `error::protocol` for one that this version does not know.
error error_from_wire(std::string_view name) noexcept;

} // namespace fullon_cache_api

template <>
struct boost::system::is_error_code_enum<fullon_cache_api::error> : std::true_type {};
