// Generic reading: any key of Redis.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_coro/async_generator.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {

/// A message of a channel.
struct published {
    std::string channel;
    std::string payload;      ///< any bytes
    std::uint64_t missed = 0; ///< messages right before this one that were dropped because the queue was full
};

/// An entry of a Redis stream.
struct stream_entry {
    std::string id; ///< such as `1762500000123-0`
    /// Fields with their values, in the order in which they were added.
    std::vector<std::pair<std::string, std::string>> fields;

    bool operator==(const stream_entry&) const = default;
};

/// Reads keys of any name, as plain Redis commands.
///
/// With a prefix, a key is stored as `{prefix}:{key}`; channels are never prefixed. A key that does not exist
/// gives an empty result, never an error. Values are any bytes.
///
/// \code
/// const fullon_cache::base_reader settings(redis, "settings"); // redis: a started fullon_cache::connection
/// const auto level = co_await settings.get("log_level");       // GET settings:log_level
/// auto news = settings.subscribe("announcements");
/// while (const auto message = co_await news.next())
///     use(message->payload, message->missed);
/// \endcode
///
/// \par Errors as in cache_base. `errc::wrong_type` if a key holds another type than the command reads;
///             `errc::invalid_argument` if a key, stream or pattern is empty.
class base_reader : public cache_base {
public:
    explicit base_reader(const connection& redis, std::string key_prefix = {})
        : base_reader(redis.shared_link(), std::move(key_prefix))
    {}
    explicit base_reader(std::shared_ptr<redis_link> link, std::string key_prefix = {})
        : cache_base(std::move(link), "fullon.cache.base"), prefix_(std::move(key_prefix))
    {}

    /// Whether Redis answers a ping(): false instead of any cache_error. Cancellation is thrown.
    boost::asio::awaitable<bool> test() const;

    /// GET. \returns an empty optional if there is no such key.
    boost::asio::awaitable<std::optional<std::string>> get(std::string key) const;

    /// GET, parsed as JSON (boost/json/value.hpp).
    /// \throws cache_error `errc::serialization` if the value is no JSON.
    boost::asio::awaitable<std::optional<boost::json::value>> get_json(std::string key) const;

    /// EXISTS.
    boost::asio::awaitable<bool> exists(std::string key) const;
    /// How many of these keys exist, with one EXISTS each in one write; a key that is named twice counts
    /// twice.
    boost::asio::awaitable<std::int64_t> count_existing(std::vector<std::string> keys) const;

    /// HGET. \returns an empty optional if there is no such hash or field.
    boost::asio::awaitable<std::optional<std::string>> hget(std::string key, std::string field) const;
    /// Every field of a hash with its value. Read in chunks (HSCAN), so that a big hash does not keep Redis
    /// from serving others; not a snapshot of one instant.
    boost::asio::awaitable<std::map<std::string, std::string>> hgetall(std::string key) const;

    /// LRANGE: the elements from index `start` to index `stop`, both included; negative ones count from the
    /// end.
    boost::asio::awaitable<std::vector<std::string>> lrange(std::string key, std::int64_t start,
                                                            std::int64_t stop) const;
    /// The length of a list (LLEN); 0 if there is none.
    boost::asio::awaitable<std::int64_t> llen(std::string key) const;
    /// The number of members of a set (SCARD); 0 if there is none.
    boost::asio::awaitable<std::int64_t> scard(std::string key) const;

    /// Reads entries of one stream (XREAD); if there are none, waits for the first.
    ///
    /// All operations that wait share one connection, on which Redis reports that a key has changed (CLIENT
    /// TRACKING); if Redis refuses that, the stream is read ten times a second. Nothing is consumed, so a
    /// cancelled call loses nothing.
    /// \param after id of the last entry that is known; `0` reads from the first entry on, `$` only what is
    ///              added from now on.
    /// \param count at most so many entries; without it all.
    /// \param block how long to wait; zero or less does not wait.
    /// \returns an empty list if there was nothing in time.
    /// \throws cache_error `errc::invalid_argument` if `after` is empty or `count` is below 1;
    ///         `errc::unavailable` if the session with Redis ends while it waits.
    boost::asio::awaitable<std::vector<stream_entry>>
    xread(std::string stream, std::string after, std::optional<std::int64_t> count = {},
          std::chrono::milliseconds block = std::chrono::milliseconds::zero()) const;
    /// The number of entries of a stream (XLEN); 0 if there is none.
    boost::asio::awaitable<std::int64_t> xlen(std::string stream) const;

    /// Walks the key space (SCAN) for keys that match a pattern, and yields them without the prefix.
    ///
    /// A key that exists during the whole walk comes at least once, maybe more often. Keys in which this
    /// library keeps what it takes out of lists (see base_cache::blpop()) are left out. The generator owns
    /// what it needs and may outlive this cache; `next()` throws what a step throws.
    /// \param pattern `*`, `?`, `[ab]` and `\` as in Redis; applies to the name behind the prefix.
    /// \param count how many keys Redis looks at in one step; one round trip each.
    /// \throws cache_error `errc::invalid_argument`, from the call itself, if the pattern is empty or `count`
    ///         is below 1.
    fullon_coro::async_generator<std::string> scan_keys(std::string pattern = "*",
                                                        std::int64_t count = 100) const;

    /// The same at once, sorted, each key once.
    boost::asio::awaitable<std::vector<std::string>> get_keys(std::string pattern) const;

    /// Subscribes to a channel with the first `next()`, and yields what is published from then on.
    ///
    /// Messages that nobody takes are queued; when the queue is full the oldest is dropped and counted in
    /// published::missed of the next one. Destroying the generator unsubscribes. It may outlive this cache.
    /// It does not end by itself.
    /// \param capacity of the queue, in messages.
    /// \throws cache_error from `next()`: `errc::unavailable` once the link goes down and the queue is empty,
    ///         because what is published meanwhile is lost (subscribe again); what Redis says if it refuses
    ///         the channel (`errc::permission_denied`). From the call itself: `errc::invalid_argument` if the
    ///         channel is empty or the capacity is 0.
    fullon_coro::async_generator<published> subscribe(std::string channel,
                                                      std::size_t capacity = 10000) const;
    /// The same for several channels in one queue.
    /// \throws cache_error as subscribe(), also if there are no channels
    fullon_coro::async_generator<published> subscribe_all(std::vector<std::string> channels,
                                                          std::size_t capacity = 10000) const;

    /// What Redis says about itself (INFO), by name, such as `redis_version`.
    /// \throws cache_error `errc::permission_denied` if the Redis user may not ask.
    boost::asio::awaitable<std::map<std::string, std::string>> info() const;

protected:
    /// The name of a key in Redis: with the prefix.
    std::string full(const std::string& key) const { return prefix_.empty() ? key : prefix_ + ":" + key; }

private:
    struct calls;

    std::string prefix_;
};

} // namespace fullon_cache
