// Errors of the cache library: one enum, one category, and the exception that carries Redis's own words.
#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <string>
#include <type_traits>

namespace fullon_cache {

/// What can go wrong in a cache operation. A miss is no error: it is an empty optional or list.
///
/// A write that did not fail was done once. A write that failed with `unknown_outcome`, or was cancelled, may
/// have been done or not. After every other error it was not done: it was not sent, or Redis refused it
/// (where a method says so, a part may have been done). The library never repeats a write by itself.
///
/// \code
/// try {
///     co_await trades.push_trade("kraken", trade); // trades: a fullon_cache::trades_cache
/// } catch (const fullon_cache::cache_error& failure) {
///     if (failure.code() == fullon_cache::errc::unknown_outcome)
///         look_whether_it_is_there(); // pushing again might store it twice
///     log(failure.code().message(), failure.diagnostics());
/// }
/// \endcode
enum class errc {
    unavailable = 1, ///< Redis is not connected (known-down fails at once), or is loading its data
    timeout, ///< Redis did not answer within `config::socket_timeout`; a write was not sent
    serialization, ///< the one stored value that was asked for is there, but unreadable
    wrong_type, ///< the key holds another Redis type (WRONGTYPE)
    permission_denied, ///< the Redis user may not run this command or touch this key (NOPERM)
    authentication, ///< user or password refused (WRONGPASS, NOAUTH)
    out_of_memory, ///< Redis refuses writes (OOM)
    read_only, ///< a replica or a failing disk refuses writes (READONLY, MISCONF)
    server_error, ///< any other error reply; its text is in the diagnostics
    protocol, ///< a reply of a shape that the command cannot have
    invalid_argument, ///< a parameter is empty or out of range; the diagnostics name it
    closed, ///< the connection was stopped by its owner
    unknown_outcome, ///< a write was sent and no answer came in time, or before the connection ended
    too_many_clients, ///< Redis takes no more connections (maxclients)
    no_replicas, ///< too few replicas follow this Redis, it refuses writes (NOREPLICAS)
    unblocked, ///< somebody had Redis end the wait (UNBLOCKED)
    too_large, ///< a value, or what a command has of them, is larger than Redis takes (proto-max-bulk-len)
};

/// The category of `errc`, with the name "fullon.cache".
const boost::system::error_category& cache_category() noexcept;

boost::system::error_code make_error_code(errc value) noexcept;

/// What cache operations throw. `code()` compares with `errc`; `diagnostics()` is the text of Redis, or of
/// this library where Redis said nothing (`invalid_argument` names the parameter).
///
/// The diagnostics may quote stored data: show them in logs, not to untrusted peers.
class cache_error : public boost::system::system_error {
public:
    explicit cache_error(errc code, std::string diagnostics = {});

    const std::string& diagnostics() const noexcept { return diagnostics_; }

private:
    std::string diagnostics_;
};

/// The `errc` for the text of a Redis error reply ("WRONGTYPE Operation against ...").
errc classify_redis_error(const std::string& text) noexcept;

} // namespace fullon_cache

template <>
struct boost::system::is_error_code_enum<fullon_cache::errc> : std::true_type {};
