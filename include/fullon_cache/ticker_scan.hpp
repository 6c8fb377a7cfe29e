// Reading the ticker hash of an exchange: shared by the cache's readers and the server's verification.
#pragma once

#include <fullon_cache/redis_link.hpp>
#include <fullon_cache/unreadable_log.hpp>

#include <fullon_orm/tick.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fullon_cache {

/// One field of the hash. `readable` is false when it is there but no tick can be made of it, for `reason`.
struct stored_tick {
    std::string symbol;
    bool present = false;
    bool readable = false;
    fullon_orm::tick value{};
    std::string reason{};
    std::string text{}; ///< as it is stored
};

/// Decodes one stored value.
stored_tick read_stored_tick(std::string_view exchange, std::string symbol, std::optional<std::string> json);

/// HMGET of these symbols; and what it answered, in their order, present or not.
/// \throws cache_error (an error reply; protocol for what answers no HMGET of them)
command ticks_command(std::string_view exchange, const std::vector<std::string>& symbols);
std::vector<stored_tick> ticks_of(std::string_view exchange, std::vector<std::string> symbols, reply answer);

/// The same for any number of symbols, in several steps.
boost::asio::awaitable<std::vector<stored_tick>>
read_ticks(std::shared_ptr<redis_link> redis, std::string exchange, std::vector<std::string> symbols);

/// One HSCAN step over the hash.
struct tick_page {
    std::string cursor; ///< "0" after the last page
    std::vector<stored_tick> ticks{};
};
boost::asio::awaitable<tick_page> scan_ticks(std::shared_ptr<redis_link> redis, std::string exchange,
                                             std::string cursor);

/// Counts it, where it is there.
void count_tick(reading& into, const stored_tick& one);

} // namespace fullon_cache
