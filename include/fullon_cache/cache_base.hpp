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

/// The base of all caches. Copies are cheap and share the link. Every operation of a cache: completes when Redis has
/// answered; fails with `errc::unavailable` at once while Redis is known to be down, and with `errc::timeout` after
/// `config::socket_timeout`, a write that was sent by then with `errc::unknown_outcome`; honours terminal cancellation (the
/// reply is then thrown away, a write may still happen). Where a method writes, "Retry" says what it means to call it again
/// when nobody knows whether it was done. Everything that one call writes is written at once or not at all.
/// It is logged by the cache's component: DEBUG when it starts and ends, WARNING when it was slow, ERROR when it failed.
/// Of slow and failed ones at most 50 are told at once and one a second, for all caches of a connection. Entries that are
/// left out because they cannot be read are told once for each reading of a key (`1000 of 1001 unreadable, first: ...`),
/// and only when that changes.
class cache_base {
public:
    /// PING. Completes when Redis answered. \throws cache_error
    boost::asio::awaitable<void> ping() const;

    /// `config::socket_timeout` of the connection.
    std::chrono::milliseconds timeout() const noexcept;

protected:
    cache_base(std::shared_ptr<redis_link> link, std::string_view component)
        : link_(std::move(link)), log_(fullon_log::get_component_logger(component))
    {}

    const std::shared_ptr<redis_link>& redis() const noexcept { return link_; }

private:
    friend class detail::operation;
    struct calls;

    std::shared_ptr<redis_link> link_;
    fullon_log::logger log_;
};

} // namespace fullon_cache
