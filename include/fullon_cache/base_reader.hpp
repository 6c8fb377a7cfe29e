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

/// What came over a channel.
struct published {
    std::string channel;
    std::string payload;
    std::uint64_t missed = 0; ///< messages before this one that were dropped, because the queue was full
};

/// An entry of a Redis stream.
struct stream_entry {
    std::string id; ///< such as `1762500000123-0`
    std::vector<std::pair<std::string, std::string>> fields;

    bool operator==(const stream_entry&) const = default;
};

/// Reads keys of any name. With a prefix, keys stand in Redis as `{prefix}:{key}`; channels are never prefixed. A key
/// that is not there is an empty result, never an error. Errors and cancellation: see cache_base; a key of another
/// type is `errc::wrong_type`.
class base_reader : public cache_base {
public:
    explicit base_reader(const connection& redis, std::string key_prefix = {})
        : base_reader(redis.shared_link(), std::move(key_prefix))
    {}
    explicit base_reader(std::shared_ptr<redis_link> link, std::string key_prefix = {})
        : cache_base(std::move(link), "fullon.cache.base"), prefix_(std::move(key_prefix))
    {}

    /// Whether Redis answers: false instead of an error.
    boost::asio::awaitable<bool> test() const;

    boost::asio::awaitable<std::optional<std::string>> get(std::string key) const;

    /// The type is in boost/json/value.hpp. \throws cache_error serialization when it is no JSON.
    boost::asio::awaitable<std::optional<boost::json::value>> get_json(std::string key) const;

    boost::asio::awaitable<bool> exists(std::string key) const;
    /// How many of these there are; a key that is named twice counts twice.
    boost::asio::awaitable<std::int64_t> count_existing(std::vector<std::string> keys) const;

    boost::asio::awaitable<std::optional<std::string>> hget(std::string key, std::string field) const;
    boost::asio::awaitable<std::map<std::string, std::string>> hgetall(std::string key) const;

    /// Elements from `start` to `stop`, both included; negative ones count from the end.
    boost::asio::awaitable<std::vector<std::string>> lrange(std::string key, std::int64_t start,
                                                            std::int64_t stop) const;
    boost::asio::awaitable<std::int64_t> llen(std::string key) const;
    boost::asio::awaitable<std::int64_t> scard(std::string key) const;

    /// Entries after `after` (`0`: from the first one on), at most `count`. Where there are none, waits up to `block` for
    /// the first; 0 does not wait. `$` as `after`: what comes from now on.
    boost::asio::awaitable<std::vector<stream_entry>>
    xread(std::string stream, std::string after, std::optional<std::int64_t> count = {},
          std::chrono::milliseconds block = std::chrono::milliseconds::zero()) const;
    boost::asio::awaitable<std::int64_t> xlen(std::string stream) const;

    /// Keys that match a pattern (`*`, `?`, `[ab]`), without the prefix; `count` is how many Redis looks at in one step.
    /// A key that is there all the time comes at least once, maybe more often.
    fullon_coro::async_generator<std::string> scan_keys(std::string pattern = "*",
                                                        std::int64_t count = 100) const;

    /// The same at once, sorted, each once.
    boost::asio::awaitable<std::vector<std::string>> get_keys(std::string pattern) const;

    /// What is published on the channel from the first `next()` on. Of messages that nobody takes the `capacity`
    /// newest are kept. Ends with `errc::unavailable` when the link goes down: what is published meanwhile is lost.
    fullon_coro::async_generator<published> subscribe(std::string channel,
                                                      std::size_t capacity = 10000) const;
    /// The same of several channels.
    fullon_coro::async_generator<published> subscribe_all(std::vector<std::string> channels,
                                                          std::size_t capacity = 10000) const;

    /// INFO: what Redis says about itself, such as `redis_version`.
    boost::asio::awaitable<std::map<std::string, std::string>> info() const;

protected:
    /// As it stands in Redis.
    std::string full(const std::string& key) const { return prefix_.empty() ? key : prefix_ + ":" + key; }

private:
    struct calls;

    std::string prefix_;
};

} // namespace fullon_cache
