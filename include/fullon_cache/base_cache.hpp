// Generic reading and writing: any key of Redis.
#pragma once

#include <fullon_cache/base_reader.hpp>

namespace fullon_cache {

/// Writes keys of any name. Lifetimes are whole seconds.
class base_cache : public base_reader {
public:
    using base_reader::base_reader;

    /// SET, or SETEX with a lifetime. \throws cache_error invalid_argument for a lifetime below one second.
    boost::asio::awaitable<void> set(std::string key, std::string value,
                                     std::optional<std::chrono::seconds> lifetime = {}) const;
    /// The type is in boost/json/value.hpp.
    boost::asio::awaitable<void> set_json(std::string key, boost::json::value value,
                                          std::optional<std::chrono::seconds> lifetime = {}) const;

    /// \returns whether it was there.
    boost::asio::awaitable<bool> remove(std::string key) const;
    /// \returns how many there were. One DEL each, in one write: not atomic together.
    boost::asio::awaitable<std::int64_t> remove_all(std::vector<std::string> keys) const;

    /// Deletes every key that matches. \returns how many there were.
    boost::asio::awaitable<std::int64_t> delete_pattern(std::string pattern) const;

    /// \returns whether the key is there.
    boost::asio::awaitable<bool> expire(std::string key, std::chrono::seconds lifetime) const;

    /// \returns how many fields are new.
    boost::asio::awaitable<std::int64_t> hset(std::string key, std::string field, std::string value) const;
    boost::asio::awaitable<std::int64_t> hset(std::string key,
                                              std::map<std::string, std::string> fields) const;
    /// \returns whether it was there.
    boost::asio::awaitable<bool> hdel(std::string key, std::string field) const;
    /// \returns how many fields there were.
    boost::asio::awaitable<std::int64_t> hdel_all(std::string key, std::vector<std::string> fields) const;

    /// \returns the new length.
    boost::asio::awaitable<std::int64_t> lpush(std::string key, std::vector<std::string> values) const;
    boost::asio::awaitable<std::int64_t> rpush(std::string key, std::vector<std::string> values) const;
    boost::asio::awaitable<std::optional<std::string>> lpop(std::string key) const;

    /// Takes the first element; waits up to `timeout` for one, on a connection of its own (0: does not wait).
    /// \par Cancellation terminal; nothing is lost: what Redis had given already is put back at the head.
    boost::asio::awaitable<std::optional<std::string>> blpop(std::string key,
                                                             std::chrono::milliseconds timeout) const;

    /// Keeps the elements from `start` to `stop`, both included.
    boost::asio::awaitable<void> ltrim(std::string key, std::int64_t start, std::int64_t stop) const;

    /// \returns how many connections to Redis got it; several subscriptions of one connection count once.
    boost::asio::awaitable<std::int64_t> publish(std::string channel, std::string message) const;

    /// Appends an entry; keeps the newest `max_length` entries, or some more where `approximate`. \returns its id.
    boost::asio::awaitable<std::string> xadd(std::string stream,
                                             std::vector<std::pair<std::string, std::string>> fields,
                                             std::optional<std::int64_t> max_length = {},
                                             bool approximate = true) const;
    /// \returns how many there were.
    boost::asio::awaitable<std::int64_t> xdel(std::string stream, std::vector<std::string> ids) const;
    /// \returns how many entries were removed.
    boost::asio::awaitable<std::int64_t> xtrim(std::string stream, std::int64_t max_length,
                                               bool approximate = true) const;

    /// Sends the commands in one write, their keys as they are (no prefix). One reply each, errors among them.
    boost::asio::awaitable<std::vector<reply>> execute(pipeline commands) const;

    /// The same between MULTI and EXEC: nobody sees half of it. All keys of one slot, where Redis is a cluster.
    /// \throws cache_error also what a command was answered; those before it were done.
    boost::asio::awaitable<std::vector<reply>> execute_atomically(pipeline commands) const;

    /// Deletes everything in this database (FLUSHDB).
    boost::asio::awaitable<void> flush() const;
    /// Before the services start: the same.
    boost::asio::awaitable<void> prepare_cache() const { return flush(); }

    /// Tells all services of an error. Redis: list `global_error`, `{message}:{component}`.
    boost::asio::awaitable<void> push_global_error(std::string message, std::string component) const;
    /// Takes the oldest one; waits for it.
    boost::asio::awaitable<std::optional<std::string>>
    pop_global_error(std::chrono::milliseconds timeout = std::chrono::milliseconds(500)) const;
};

} // namespace fullon_cache
