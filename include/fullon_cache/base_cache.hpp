// What every cache has in common: the shared link.
#pragma once

#include <fullon_cache/connection.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace fullon_cache {

/// Generic operations over the shared connection, and the base of the typed caches. Copies are cheap and
/// share the link. Every operation: completes when Redis has answered; fails with `errc::unavailable` at once
/// while Redis is known to be down, and with `errc::timeout` after `config::socket_timeout`; honours
/// terminal cancellation (the reply is then thrown away, a write may still happen).
class base_cache {
public:
    explicit base_cache(const connection& redis) : link_(redis.shared_link()) {}
    explicit base_cache(std::shared_ptr<detail::link> link) : link_(std::move(link)) {}

    /// PING. Completes when Redis answered. \throws cache_error
    boost::asio::awaitable<void> ping() const;

    /// `config::socket_timeout` of the connection.
    std::chrono::milliseconds timeout() const noexcept;

protected:
    const std::shared_ptr<detail::link>& redis() const noexcept { return link_; }

private:
    std::shared_ptr<detail::link> link_;
};

} // namespace fullon_cache
