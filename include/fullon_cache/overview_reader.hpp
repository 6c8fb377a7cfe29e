// What is in Redis by kind, and what Redis says of itself.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/server_facts.hpp>

#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace fullon_cache {

/// The server facts in the text of INFO. Sans-io.
server_facts facts_of(const std::string& info_text);

/// Reads about keys instead of what stands in them. Errors and cancellation: see cache_base.
class overview_reader : public cache_base {
public:
    explicit overview_reader(const connection& redis) : overview_reader(redis.shared_link()) {}
    explicit overview_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.base")
    {}

    /// By kind: `tickers`, `ticker_times`, `positions`, `balances`, `orders`, `bots`, `blocks`, `opening_positions`,
    /// `trades`, `trade_status`, `bars`, `processes`, `active_processes`, `components`. Each is there, also with none. The key
    /// space is walked once for all of them, with SCAN alone: the result is no instantaneous picture.
    /// Strings are counted by their names; a list or hash of another type than its kind is not counted.
    boost::asio::awaitable<std::map<std::string, key_count>> count_keys() const;

    /// INFO. A Redis user who may not run it is no error: then nothing is known.
    boost::asio::awaitable<server_facts> get_server_facts() const;

private:
    struct calls;
};

} // namespace fullon_cache
