// What every cache has in common: the shared link, and the log of its component.
#pragma once

#include <fullon_cache/connection.hpp>

#include <fullon_log/logger.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

namespace fullon_cache {

namespace detail {
class operation;
}

/// The base of all caches: what holds for each of their operations unless a method says otherwise.
///
/// A cache is a handle to the link of its connection. Copies are cheap and share the link. Operations are
/// coroutines that complete when Redis has answered. Arguments are passed by value and checked when the
/// operation is awaited; results own their data.
///
/// \code
/// boost::asio::awaitable<void> watch(fullon_cache::tick_reader tickers) // any cache
/// {
///     co_await tickers.ping();
///     try {
///         const auto tick = co_await tickers.get_ticker("kraken", "BTC/USDT");
///         use(tick); // an empty optional: the cache has no such ticker
///     } catch (const fullon_cache::cache_error& failure) {
///         if (failure.code() == fullon_cache::errc::unavailable)
///             retry_later();
///     }
/// }
/// \endcode
///
/// \par Lifetimes an operation owns a copy of its cache. Cache and connection may be destroyed before it is
///                awaited or while it waits; after connection::stop() it fails with `errc::closed`.
/// \par Concurrency everything runs on the executor of the connection, which must be serial: a strand or an
///                  io_context with one thread. Any number of operations may be under way at once, on one
///                  cache or several; their commands are pipelined over the shared connection.
/// \par Cancellation terminal: throws `boost::asio::error::operation_aborted`. A command that was not sent
///                   yet is not sent; of one that was, the answer is discarded, so a write may have been
///                   done.
/// \par Errors cache_error. While the connection makes its first attempt, operations wait for its outcome.
///             While Redis is known to be down, at once `errc::unavailable` (or the reason why Redis refuses
///             the link, such as `errc::authentication`). `errc::timeout` if a round trip takes longer than
///             `config::socket_timeout`; instead of both, `errc::unknown_outcome` for a write that was sent.
///             `errc::closed` before connection::start() and after connection::stop(). Error replies of
///             Redis, such as `errc::wrong_type` or `errc::permission_denied`. `errc::invalid_argument` names
///             the parameter.
/// \par Writes everything that one call writes is written in one step or not at all. "Retry" in the
///             description of a method says what happens if it is called again although the first call may
///             have been done.
/// \par Logging each operation is logged under the component of its cache: its start and end as DEBUG, a slow
///              one as WARNING, a failed one as ERROR. All caches of a connection share a limit of 50 lines
///              about slow or failed operations, refilled by one a second. Entries that are left out because
///              they are unreadable are one line for each read (`1000 of 1001 unreadable, first: ...`), and
///              only when that changes.
class cache_base {
public:
    /// Completes when Redis has answered PING. A Redis that cannot save its data refuses PING but serves
    /// reads: that counts as an answer.
    boost::asio::awaitable<void> ping() const;

    /// The limit of one round trip: `config::socket_timeout` of the connection.
    std::chrono::milliseconds timeout() const noexcept;

protected:
    /// \param component the logger's name, such as `fullon.cache.tick`; not kept.
    cache_base(std::shared_ptr<redis_link> link, std::string_view component)
        : link_(std::move(link)), log_(fullon_log::get_component_logger(component))
    {}

    /// The link that all copies of this cache share.
    const std::shared_ptr<redis_link>& redis() const noexcept { return link_; }

private:
    friend class detail::operation;
    struct calls;

    std::shared_ptr<redis_link> link_;
    fullon_log::logger log_;
};

} // namespace fullon_cache
