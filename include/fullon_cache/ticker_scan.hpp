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

/// One field of the hash `tickers:{exchange}`: absent, unreadable or a tick.
struct stored_tick {
    std::string symbol;       ///< the field
    bool present = false;     ///< the hash has the field
    bool readable = false;    ///< `value` is valid
    fullon_orm::tick value{};
    std::string reason{};     ///< why it is not readable, if it is present
    std::string text{};       ///< the value as it is stored
};

/// Decodes one stored value; an empty optional means that the field is absent. Never fails: what cannot be
/// parsed is not readable. Does no I/O.
stored_tick read_stored_tick(std::string_view exchange, std::string symbol, std::optional<std::string> json);

/// The command that reads these symbols: HMGET.
command ticks_command(std::string_view exchange, const std::vector<std::string>& symbols);
/// Decodes its answer: one result for each symbol, in order, present or not. Does no I/O.
/// \throws cache_error for an error reply; `errc::protocol` if the answer has another number of values
std::vector<stored_tick> ticks_of(std::string_view exchange, std::vector<std::string> symbols, reply answer);

/// Reads any number of symbols, 512 in a round trip. Not a snapshot of one instant if there are more.
///
/// \code
/// std::vector<std::string> symbols{"BTC/USDT", "ETH/USDT"}; // link: a shared_ptr<redis_link>
/// const auto ticks = co_await read_ticks(link, "kraken", std::move(symbols));
/// for (const auto& one : ticks)
///     if (one.readable)
///         use(one.value.price);
/// \endcode
/// \throws cache_error as ticks_of() and redis_link::execute()
boost::asio::awaitable<std::vector<stored_tick>>
read_ticks(std::shared_ptr<redis_link> redis, std::string exchange, std::vector<std::string> symbols);

/// One step over the hash.
struct tick_page {
    std::string cursor; ///< for the next step; `0` after the last one
    std::vector<stored_tick> ticks{}; ///< all of them present
};
/// Reads one step (HSCAN); `0` begins. A symbol may come more than once: the later value counts.
/// \throws cache_error as redis_link::execute()
boost::asio::awaitable<tick_page> scan_ticks(std::shared_ptr<redis_link> redis, std::string exchange,
                                             std::string cursor);

/// Counts a field for the log of unreadable entries; does nothing if it is absent.
void count_tick(reading& into, const stored_tick& one);

} // namespace fullon_cache
