// Generic reading and writing: any key of Redis.
#pragma once

#include <fullon_cache/base_reader.hpp>

namespace fullon_cache {

/// Writes keys of any name. Lifetimes are whole seconds, a hundred years at most.
///
/// Each method says whether it may be repeated after `errc::unknown_outcome` or a cancellation ("Retry"). Where nothing is
/// said it may: the second time changes nothing, and only what it returns may be different (whether something was there).
class base_cache : public base_reader {
public:
    using base_reader::base_reader;

    /// SET, or SETEX with a lifetime. \throws cache_error invalid_argument for a lifetime below one second.
    /// \par Retry safe; it may undo what others have written meanwhile.
    boost::asio::awaitable<void> set(std::string key, std::string value,
                                     std::optional<std::chrono::seconds> lifetime = {}) const;
    /// The type is in boost/json/value.hpp.
    /// \par Retry safe, as set().
    /// \throws cache_error invalid_argument also when it could not be read back: nested deeper than 32 levels, a number that is
    ///         not finite, text that is no UTF-8.
    boost::asio::awaitable<void> set_json(std::string key, boost::json::value value,
                                          std::optional<std::chrono::seconds> lifetime = {}) const;

    /// \returns whether it was there.
    /// \par Retry safe, but for what was written meanwhile.
    boost::asio::awaitable<bool> remove(std::string key) const;
    /// \returns how many there were. One DEL each, in one write: not atomic together.
    /// \par Retry safe, but for what was written meanwhile.
    boost::asio::awaitable<std::int64_t> remove_all(std::vector<std::string> keys) const;

    /// Deletes every key that matches. \returns how many there were.
    /// \par Retry safe, but for what was written meanwhile.
    boost::asio::awaitable<std::int64_t> delete_pattern(std::string pattern) const;

    /// \returns whether the key is there.
    /// \par Retry safe; the lifetime begins anew.
    boost::asio::awaitable<bool> expire(std::string key, std::chrono::seconds lifetime) const;

    /// \returns how many fields are new.
    /// \par Retry safe; it may undo what others have written meanwhile.
    boost::asio::awaitable<std::int64_t> hset(std::string key, std::string field, std::string value) const;
    boost::asio::awaitable<std::int64_t> hset(std::string key,
                                              std::map<std::string, std::string> fields) const;
    /// \returns whether it was there.
    /// \par Retry safe, but for what was written meanwhile.
    boost::asio::awaitable<bool> hdel(std::string key, std::string field) const;
    /// \returns how many fields there were.
    /// \par Retry safe, but for what was written meanwhile.
    boost::asio::awaitable<std::int64_t> hdel_all(std::string key, std::vector<std::string> fields) const;

    /// \returns the new length.
    /// \par Retry not safe: the values may be in the list twice then.
    boost::asio::awaitable<std::int64_t> lpush(std::string key, std::vector<std::string> values) const;
    boost::asio::awaitable<std::int64_t> rpush(std::string key, std::vector<std::string> values) const;

    /// Takes the first element: blpop() without a wait.
    boost::asio::awaitable<std::optional<std::string>> lpop(std::string key) const;

    /// Takes the first element; waits up to `timeout` for one (0: does not wait). All that wait share one connection.
    ///
    /// Nothing is lost: what is taken stands in a key of this connection, `fullon_cache:taken:{key}:...`, until it is
    /// handed out, and is then deleted. When the caller is cancelled or too late, or the connection is lost, it goes back to
    /// the front of the list, in its old order; what a process that was killed had taken goes back with the next take of
    /// this library from that list, once `config::take_lease` is over. Needs no memory in Redis.
    /// \par Delivery exactly once, except: it is deleted when its caller next lets the event loop run. Who is killed before,
    ///               destroys the connection without stop(), keeps the event loop from running for longer than
    ///               `take_lease`, or loses the connection for that long, has it delivered again (at least once).
    /// \par Cancellation terminal; nothing is taken then.
    /// \par Retry safe: it never fails with `unknown_outcome`, and after any error nothing is taken, or goes back.
    /// \throws cache_error unavailable as soon as the session with Redis is over; timeout when Redis has not answered for
    ///         `config::socket_timeout` more; closed
    boost::asio::awaitable<std::optional<std::string>> blpop(std::string key,
                                                             std::chrono::milliseconds timeout) const;

    /// Keeps the elements from `start` to `stop`, both included.
    /// \par Retry not safe, unless `start` is 0: elements that were to be kept may be removed.
    boost::asio::awaitable<void> ltrim(std::string key, std::int64_t start, std::int64_t stop) const;

    /// \returns how many connections to Redis got it; several subscriptions of one connection count once.
    /// \par Retry not safe: it may be heard twice.
    boost::asio::awaitable<std::int64_t> publish(std::string channel, std::string message) const;

    /// Appends an entry; keeps the newest `max_length` entries, or some more where `approximate`. \returns its id.
    /// \par Retry not safe: there may be two entries.
    boost::asio::awaitable<std::string> xadd(std::string stream,
                                             std::vector<std::pair<std::string, std::string>> fields,
                                             std::optional<std::int64_t> max_length = {},
                                             bool approximate = true) const;
    /// \returns how many there were.
    /// \par Retry safe.
    boost::asio::awaitable<std::int64_t> xdel(std::string stream, std::vector<std::string> ids) const;
    /// \returns how many entries were removed.
    /// \par Retry safe.
    boost::asio::awaitable<std::int64_t> xtrim(std::string stream, std::int64_t max_length,
                                               bool approximate = true) const;

    /// Sends the commands in one write, their keys as they are (no prefix). One reply each, errors among them. What a shared
    /// connection does not carry is refused: see connection::execute().
    /// \par Retry as the commands are. \throws cache_error unknown_outcome where one of them may write
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands) const;

    /// The same between MULTI and EXEC: nobody sees half of it. All keys of one slot, where Redis is a cluster.
    /// \par Retry as the commands are: all of them were done, or none.
    /// \throws cache_error also what a command was answered; those before it were done.
    boost::asio::awaitable<std::vector<reply>> execute_atomically(pipeline commands) const;

    /// Deletes everything in this database (FLUSHDB).
    /// \par Retry safe, but for what was written meanwhile.
    boost::asio::awaitable<void> flush() const;
    /// Before the services start: the same.
    boost::asio::awaitable<void> prepare_cache() const { return flush(); }

    /// Tells all services of an error. Redis: list `global_error`, `{message}:{component}`.
    /// \par Retry not safe: it may be told twice.
    boost::asio::awaitable<void> push_global_error(std::string message, std::string component) const;
    /// Takes the oldest one; waits for it. As blpop().
    boost::asio::awaitable<std::optional<std::string>>
    pop_global_error(std::chrono::milliseconds timeout = std::chrono::milliseconds(500)) const;

private:
    struct calls;
};

} // namespace fullon_cache
