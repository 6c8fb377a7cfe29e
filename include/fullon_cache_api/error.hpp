// Errors of the API: one value for each error code of the wire, some of the client alone, and their category.
#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <string_view>
#include <type_traits>

namespace fullon_cache_api {

/// The errors of calls and streams. They are thrown as `boost::system::system_error`, whose `what()` begins
/// with the text of the server. A cache miss is no error: typed queries return an empty optional.
///
/// \code
/// try {
///     co_await cache.get_ticker("binance", "BTC/USDT");
/// } catch (const boost::system::system_error& failure) {
///     if (failure.code() == error::cache_unavailable)
///         retry_later();
///     else
///         throw;
/// }
/// \endcode
enum class error {
    malformed_message = 1, ///< MALFORMED_MESSAGE: not JSON, not an object, or nested deeper than 32
    invalid_operation, ///< INVALID_OPERATION: the server has no such operation
    invalid_params, ///< INVALID_PARAMS: the text begins with the parameter and says what it must be
    cache_miss, ///< CACHE_MISS: typed queries return an empty optional or list instead
    corrupt_entry, ///< CORRUPT_ENTRY: the one entry asked for exists and cannot be read
    cache_unavailable, ///< CACHE_UNAVAILABLE: Redis is not connected, or does not serve this server
    timeout, ///< TIMEOUT: Redis, or the server, did not answer in time
    health_check_failed, ///< HEALTH_CHECK_FAILED: ping() while Redis does not answer
    rate_limited, ///< RATE_LIMITED: too many requests of the connection are being answered
    limit_exceeded, ///< LIMIT_EXCEEDED: too many streams or topics; a request or reply too large
    unauthenticated, ///< UNAUTHENTICATED: reserved, not sent by this version
    forbidden, ///< FORBIDDEN: reserved, not sent by this version
    shutting_down, ///< SHUTTING_DOWN: the server is stopping and takes no more requests
    internal_error, ///< INTERNAL_ERROR: a bug of the server; its log says more
    closed, ///< local: the client was closed, or the server in this process was stopped
    disconnected, ///< local: the connection to the server is down
    protocol, ///< local: the server sent something that this protocol does not have
    invalid_url, ///< local: connect() was given neither a ws:// nor a wss:// URL
};

/// The category of `error`, named "fullon.cache_api". Lives as long as the program.
const boost::system::error_category& api_category() noexcept;

/// Makes `error` usable as a `boost::system::error_code`, also in comparisons.
boost::system::error_code make_error_code(error value) noexcept;

/// The code on the wire, such as "CACHE_MISS"; empty for the local values (closed, disconnected, protocol,
/// invalid_url).
std::string_view wire_name(error value) noexcept;

/// The value for a code of the wire; `error::protocol` for a code that this version does not know.
error error_from_wire(std::string_view name) noexcept;

} // namespace fullon_cache_api

/// Lets `error` convert to `boost::system::error_code`.
template <>
struct boost::system::is_error_code_enum<fullon_cache_api::error> : std::true_type {};
