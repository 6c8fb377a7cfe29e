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

class redis_link;

/// Owner of the link to Redis: two physical connections, one for queries (everything is pipelined) and one
/// for pushes, which come back by themselves after an outage; a third one when something waits in Redis.
///
/// Lives on one serial executor, with every cache over it. Caches share the link's state: they may outlive
/// the connection, and then fail with `errc::closed`.
///
/// \par Lifetimes every operation owns what it needs from its call on, not only from when it is awaited: its cache, and
///                this connection, may be destroyed before: `co_spawn(io, base_cache(redis).set("key", "value"), ...)`.
///                Connection and caches may be destroyed before their io_context or after it; everything that is
///                under way ends with the io_context. An executor that is a strand must not be outlived.
class connection {
public:
    /// Nothing is done before start(). \throws configuration_error
    explicit connection(boost::asio::any_io_executor executor, config settings = {});
    connection(connection&&) noexcept = default;
    connection& operator=(connection&&) = delete;

    /// Without stop(): cuts the connections; what runs in the background ends on the executor. What was taken out of a list and
    /// not handed out goes back when `config::take_lease` is over; so may what was handed out in this turn of the event loop.
    ~connection();

    /// Begins to connect, and goes on for ever. Never fails: while Redis is not there, operations do.
    void start();

    /// Cuts the connections; operations under way fail with `errc::unavailable` (writes that were sent with
    /// `errc::unknown_outcome`), pops that wait with `errc::closed`: what they had taken is put back before. Completes when
    /// everything in the background has ended.
    boost::asio::awaitable<void> stop();

    /// Completes when Redis has answered. Optional: operations wait for the first attempt by themselves.
    /// \throws cache_error unavailable when `timeout` passes first, closed.
    boost::asio::awaitable<void> ready(std::chrono::milliseconds timeout = std::chrono::seconds(5));

    /// Whether the last watchdog PING was answered.
    bool up() const noexcept;

    /// One command, one reply. While Redis is known to be down it fails at once. Refused is what would change the shared
    /// connection or has others wait: SUBSCRIBE, MONITOR, SELECT, CLIENT REPLY, WATCH, BLPOP, XREAD BLOCK, WAIT, ...
    /// \par Cancellation terminal; the reply, if one still comes, is thrown away.
    /// \throws cache_error unavailable, timeout, closed, unknown_outcome (a command that does not only read, so far as this
    ///         library knows), too_large, invalid_argument (such a command), and any error reply.
    boost::asio::awaitable<reply> execute(command one);

    /// Many commands in one write. Error replies stay in their place: use reply::checked(). MULTI and its EXEC belong into
    /// one pipeline.
    /// \throws cache_error the same but for error replies; `unknown_outcome` where one of them may write.
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands);

    boost::asio::any_io_executor get_executor() const;

    /// For the caches.
    const std::shared_ptr<redis_link>& shared_link() const noexcept { return link_; }

private:
    struct calls;

    std::shared_ptr<redis_link> link_;
};

} // namespace fullon_cache
