// How much there is in Redis of each kind of data, and what Redis says about itself.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/server_facts.hpp>

#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace fullon_cache {

/// Picks the facts out of the text that INFO answers. A line that is missing, or is no number where one
/// belongs, leaves its member empty. Does no I/O.
server_facts facts_of(const std::string& info_text);

/// Counts keys by kind instead of reading them, and asks Redis about itself: for supervision.
///
/// \code
/// const fullon_cache::overview_reader overview(redis); // redis: a started fullon_cache::connection
/// for (const auto& [kind, count] : co_await overview.count_keys())
///     use(kind, count.keys, count.entries); // such as "tickers", 3, 1200
/// const auto facts = co_await overview.get_server_facts();
/// use(facts.used_memory.value_or(0)); // bytes
/// \endcode
///
/// \par Errors as in cache_base.
class overview_reader : public cache_base {
public:
    explicit overview_reader(const connection& redis) : overview_reader(redis.shared_link()) {}
    explicit overview_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.base")
    {}

    /// Counts the keys and entries of each kind: `tickers`, `ticker_times`, `positions`, `balances`,
    /// `orders`, `bots`, `blocks`, `opening_positions`, `trades`, `trade_status`, `bars`, `processes`,
    /// `active_processes` and `components`. The map has all of them, also those with none.
    ///
    /// Walks the key space once (SCAN), then asks for the length of each hash and list (HLEN, LLEN, 500 keys
    /// in a round trip); the result is not a snapshot of one instant. Strings are counted by their names. A
    /// key that is not of the type of its kind is not counted.
    boost::asio::awaitable<std::map<std::string, key_count>> count_keys() const;

    /// Asks Redis about itself (INFO). If the Redis user may not run INFO, all members are empty; that is no
    /// error.
    boost::asio::awaitable<server_facts> get_server_facts() const;

private:
    struct calls;
};

} // namespace fullon_cache
