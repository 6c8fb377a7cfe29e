// Generic reading and writing: any key of Redis.
#pragma once

#include <fullon_cache/base_reader.hpp>

namespace fullon_cache {

/// Writes keys of any name, as plain Redis commands.
///
/// Lifetimes are whole seconds, a hundred years at most (longer ones are shortened). Each method says under
/// "Retry" what it means to call it again after `errc::unknown_outcome` or a cancellation.
///
/// \code
/// const fullon_cache::base_cache jobs(redis, "jobs"); // redis: a started fullon_cache::connection
/// co_await jobs.set("state", "ready", std::chrono::hours(1)); // SETEX jobs:state 3600 ready
/// while (const auto job = co_await jobs.blpop("queue", std::chrono::seconds(30)))
///     run(*job);
/// \endcode
///
/// \par Errors as in base_reader. `errc::invalid_argument` if a key is empty, a list of values, fields or ids
///             is empty, or a lifetime is below one second.
class base_cache : public base_reader {
public:
    using base_reader::base_reader;

    /// SET, or SETEX with a lifetime. Without one, a lifetime that the key had ends.
    /// \par Retry safe; it may undo what others have written meanwhile.
    boost::asio::awaitable<void> set(std::string key, std::string value,
                                     std::optional<std::chrono::seconds> lifetime = {}) const;
    /// set() of a value as JSON text (boost/json/value.hpp).
    /// \par Retry safe, as set().
    /// \throws cache_error `errc::invalid_argument` also if the value could not be read back: nested deeper
    ///         than 32 levels, a number that is not finite, text that is not UTF-8.
    boost::asio::awaitable<void> set_json(std::string key, boost::json::value value,
                                          std::optional<std::chrono::seconds> lifetime = {}) const;

    /// DEL. \returns whether the key existed.
    /// \par Retry safe; it may delete what was written meanwhile.
    boost::asio::awaitable<bool> remove(std::string key) const;
    /// Deletes several keys with one DEL each, in one write: not in one step.
    /// \returns how many there were.
    /// \par Retry safe; it may delete what was written meanwhile.
    boost::asio::awaitable<std::int64_t> remove_all(std::vector<std::string> keys) const;

    /// Deletes every key that matches: get_keys() and remove_all(). Not in one step.
    /// \returns how many there were.
    /// \par Retry safe; it may delete what was written meanwhile.
    boost::asio::awaitable<std::int64_t> delete_pattern(std::string pattern) const;

    /// EXPIRE. \returns whether the key exists.
    /// \par Retry safe; the lifetime begins anew.
    boost::asio::awaitable<bool> expire(std::string key, std::chrono::seconds lifetime) const;

    /// HSET of one field, or of several. \returns how many fields are new.
    /// \par Retry safe; it may undo what others have written meanwhile.
    boost::asio::awaitable<std::int64_t> hset(std::string key, std::string field, std::string value) const;
    boost::asio::awaitable<std::int64_t> hset(std::string key,
                                              std::map<std::string, std::string> fields) const;
    /// HDEL of one field. \returns whether it existed.
    /// \par Retry safe; it may delete what was written meanwhile.
    boost::asio::awaitable<bool> hdel(std::string key, std::string field) const;
    /// HDEL of several fields, in one step. \returns how many there were.
    /// \par Retry safe; it may delete what was written meanwhile.
    boost::asio::awaitable<std::int64_t> hdel_all(std::string key, std::vector<std::string> fields) const;

    /// LPUSH, RPUSH: adds values at the front, at the end. LPUSH adds them one after the other, so the last
    /// one ends up first. \returns the new length of the list.
    /// \par Retry not safe: the values may be in the list twice.
    boost::asio::awaitable<std::int64_t> lpush(std::string key, std::vector<std::string> values) const;
    boost::asio::awaitable<std::int64_t> rpush(std::string key, std::vector<std::string> values) const;

    /// Takes the first element of a list: blpop() without a wait.
    boost::asio::awaitable<std::optional<std::string>> lpop(std::string key) const;

    /// Takes the first element of a list out, and waits for one if the list is empty. Whoever waits longest
    /// is served first within a connection. All waits of a connection share one physical connection.
    ///
    /// This is not Redis' BLPOP, which can lose an element when the connection breaks. A script moves the
    /// element into a key of this connection, `fullon_cache:taken:{key}:...`, where it stays until it is
    /// handed out, and then deletes it. If the caller is cancelled or too late, or the connection is lost, it
    /// goes back to the front of the list, in its old order. What a killed process had taken goes back with
    /// the next take from that list through this library, once `config::take_lease` is over. All of this also
    /// works when Redis is out of memory.
    /// \param timeout how long to wait; zero or less does not wait.
    /// \returns an empty optional if there was no element in time.
    /// \par Delivery exactly once, with this exception: the element is deleted when the event loop next runs
    ///               after the call has completed. A process that is killed before, that destroys the
    ///               connection without connection::stop(), or that blocks its event loop or loses Redis for
    ///               longer than `config::take_lease`, has it delivered again (at least once).
    /// \par Cancellation terminal; nothing is taken.
    /// \par Retry safe: never fails with `errc::unknown_outcome`; after any error nothing was taken, or it
    ///            goes back.
    /// \throws cache_error `errc::unavailable` as soon as the session with Redis ends; `errc::timeout` if
    ///         Redis has not answered `config::socket_timeout` after the wait; `errc::closed`
    boost::asio::awaitable<std::optional<std::string>> blpop(std::string key,
                                                             std::chrono::milliseconds timeout) const;

    /// LTRIM: keeps the elements from index `start` to index `stop`, both included; negative ones count from
    /// the end.
    /// \par Retry not safe, unless `start` is 0: elements that were to be kept may be removed.
    boost::asio::awaitable<void> ltrim(std::string key, std::int64_t start, std::int64_t stop) const;

    /// PUBLISH. The channel is never prefixed.
    /// \returns how many connections to Redis received it; several subscriptions of one connection count
    /// once.
    /// \par Retry not safe: it may be received twice.
    boost::asio::awaitable<std::int64_t> publish(std::string channel, std::string message) const;

    /// XADD: appends an entry to a stream.
    /// \param max_length cut the stream to this many entries, the newest; without it none is removed.
    /// \param approximate let Redis keep some more, which is much cheaper.
    /// \returns the id of the entry.
    /// \par Retry not safe: there may be two entries.
    boost::asio::awaitable<std::string> xadd(std::string stream,
                                             std::vector<std::pair<std::string, std::string>> fields,
                                             std::optional<std::int64_t> max_length = {},
                                             bool approximate = true) const;
    /// XDEL. \returns how many of these entries there were.
    /// \par Retry safe.
    boost::asio::awaitable<std::int64_t> xdel(std::string stream, std::vector<std::string> ids) const;
    /// XTRIM: cuts a stream as xadd() does. \returns how many entries were removed.
    /// \par Retry safe.
    boost::asio::awaitable<std::int64_t> xtrim(std::string stream, std::int64_t max_length,
                                               bool approximate = true) const;

    /// Sends any commands in one write: see connection::execute(). Their keys get no prefix.
    /// \returns one reply for each command, errors among them: use reply::checked().
    /// \par Retry depends on the commands.
    /// \throws cache_error `errc::unknown_outcome` if one of them may write; `errc::invalid_argument` for a
    ///         command that a shared connection does not carry
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands) const;

    /// The same as one transaction (MULTI, EXEC): nobody sees half of it.
    /// \returns one reply for each command; none of them is an error.
    /// \par Retry depends on the commands: all of them were executed, or none.
    /// \throws cache_error also the error reply of a command. As in Redis, the other commands were done if it
    ///         failed while it was executed (`errc::wrong_type`).
    boost::asio::awaitable<std::vector<reply>> execute_atomically(pipeline commands) const;

    /// Deletes everything in this database (FLUSHDB), whatever the prefix.
    /// \par Retry safe; it may delete what was written meanwhile.
    boost::asio::awaitable<void> flush() const;
    /// The same as flush(), for programs that run before the services start.
    boost::asio::awaitable<void> prepare_cache() const { return flush(); }

    /// Reports an error to the services: RPUSH of `{message}:{component}` to `global_error`, without a
    /// prefix.
    /// \par Retry not safe: it may be reported twice.
    /// \throws cache_error `errc::invalid_argument` if the message is empty
    boost::asio::awaitable<void> push_global_error(std::string message, std::string component) const;
    /// Takes the oldest of these reports out, and waits for one if there is none: see blpop().
    boost::asio::awaitable<std::optional<std::string>>
    pop_global_error(std::chrono::milliseconds timeout = std::chrono::milliseconds(500)) const;

private:
    struct calls;
};

} // namespace fullon_cache
