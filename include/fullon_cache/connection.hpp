// The shared connection to Redis that every cache is constructed over.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/config.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/reply.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace fullon_cache {

namespace detail {
class link;
}

/// Owner of the link to Redis: two physical connections, one for queries (everything is pipelined) and one
/// for pushes, which come back by themselves after an outage.
///
/// Lives on one serial executor, with every cache over it. Caches share the link's state: they may outlive
/// the connection, and then fail with `errc::closed`.
class connection {
public:
    /// Nothing is done before start(). \throws configuration_error
    explicit connection(boost::asio::any_io_executor executor, config settings = {});
    connection(connection&&) noexcept = default;
    connection& operator=(connection&&) = delete;

    /// Without stop(): cuts both connections; what runs in the background ends on the executor.
    ~connection();

    /// Begins to connect, and goes on for ever. Never fails: while Redis is not there, operations do.
    void start();

    /// Cuts the connections; operations under way fail with `errc::unavailable`, pops that wait with
    /// `errc::closed` (what cancelled ones had taken is put back before). Completes when everything in the
    /// background has ended.
    boost::asio::awaitable<void> stop();

    /// Completes when Redis has answered. Optional: operations wait for the first attempt by themselves.
    /// \throws cache_error unavailable when `timeout` passes first, closed.
    boost::asio::awaitable<void> ready(std::chrono::milliseconds timeout = std::chrono::seconds(5));

    /// Whether the last watchdog PING was answered.
    bool up() const noexcept;

    /// One command, one reply. While Redis is known to be down it fails at once.
    /// \par Cancellation terminal; the reply, if one still comes, is thrown away.
    /// \throws cache_error unavailable, timeout, closed, and any error reply.
    boost::asio::awaitable<reply> execute(command one);

    /// Many commands in one write. Error replies stay in their place: use reply::checked().
    /// \throws cache_error unavailable, timeout, closed.
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands);

    boost::asio::any_io_executor get_executor() const;

    /// For the caches.
    const std::shared_ptr<detail::link>& shared_link() const noexcept { return link_; }

private:
    std::shared_ptr<detail::link> link_;
};

} // namespace fullon_cache
