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

/// The connection to Redis that all caches of a program share.
///
/// It has up to three physical connections: one for queries, over which all commands are pipelined, one for
/// channels, and a third one while something waits for a key. They are made again after an outage, without
/// any call. One connection object is enough for a program.
///
/// \code
/// boost::asio::io_context io;
/// fullon_cache::connection redis(io.get_executor(), fullon_cache::config::from_env());
/// redis.start();
/// co_spawn(io, fullon_cache::base_cache(redis).set("key", "value"), report); // takes the std::exception_ptr
/// io.run(); // until redis.stop() has completed
/// \endcode
///
/// \par Concurrency everything runs on the executor, which must be serial: a strand, or an io_context with
///                  one thread. Any number of operations may be under way at once.
/// \par Lifetimes an operation owns what it needs from the call on, not only from when it is awaited: its
///                cache and this connection may be destroyed before. Caches may outlive the connection; their
///                operations then fail with `errc::closed`. Connection and caches may be destroyed before or
///                after their io_context; everything that is under way ends with the io_context. If the
///                executor is a strand, neither may outlive its io_context.
class connection {
public:
    /// Does nothing before start(). Durations above a hundred years are shortened.
    /// \throws configuration_error if the settings are not valid: see validate().
    explicit connection(boost::asio::any_io_executor executor, config settings = {});
    connection(connection&&) noexcept = default;
    connection& operator=(connection&&) = delete;

    /// Closes the connections at once, if stop() was not called; background tasks end on the executor. What
    /// was taken out of a list and not handed out goes back when `config::take_lease` is over, and so may
    /// what was handed out in this turn of the event loop.
    ~connection();

    /// Starts to connect, and to connect again after each outage, until stop(). Never fails: while Redis
    /// cannot be reached, operations do. Further calls do nothing.
    void start();

    /// Gives back what was taken out of lists and not kept (for at most one second), then closes the
    /// connections.
    ///
    /// Takes that wait fail with `errc::closed`; other operations that are under way with
    /// `errc::unavailable`, or `errc::unknown_outcome` for writes that were sent. Completes when all
    /// background tasks have ended.
    /// \par Cancellation terminal; the connections are closed all the same.
    boost::asio::awaitable<void> stop();

    /// Completes when the link is up. Optional: operations wait for the first attempt to connect by
    /// themselves.
    /// \throws cache_error when `timeout` passes first: `errc::unavailable`, or why Redis refuses the link
    ///         (`errc::authentication`); `errc::closed`
    boost::asio::awaitable<void> ready(std::chrono::milliseconds timeout = std::chrono::seconds(5));

    /// Whether operations are sent now. False from when the watchdog, a PING every `config::ping_interval`,
    /// finds that Redis does not answer until there is a new session.
    bool up() const noexcept;

    /// Sends one command, and completes with its reply.
    ///
    /// Commands that change the shared connection, or that have others wait, are refused: SUBSCRIBE, MONITOR,
    /// SELECT, CLIENT REPLY, WATCH, BLPOP, XREAD BLOCK, WAIT, ...
    /// \par Cancellation terminal; if the command was sent it may still be executed, and its reply is
    ///                   discarded.
    /// \throws cache_error for any error reply; `errc::unavailable`, at once while Redis is known to be down;
    ///         `errc::timeout`; instead of both, `errc::unknown_outcome` if the command was sent and this
    ///         library does not know that it only reads; `errc::too_large`; `errc::closed`;
    ///         `errc::invalid_argument` for a refused command.
    boost::asio::awaitable<reply> execute(command one);

    /// Sends several commands in one write, and completes with one reply each, in order. Error replies stay
    /// in their place: use reply::checked(). MULTI and its EXEC must be in one pipeline.
    /// \throws cache_error as above except for error replies; `errc::unknown_outcome` if one of them may
    ///         write.
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands);

    boost::asio::any_io_executor get_executor() const;

    /// The link, for the constructors of caches and for code that follows Redis' pushes.
    const std::shared_ptr<redis_link>& shared_link() const noexcept { return link_; }

private:
    struct calls;

    std::shared_ptr<redis_link> link_;
};

} // namespace fullon_cache
