// What bots say of themselves, and which symbols they keep others from.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/listing.hpp>

#include <fullon_orm/bot_status.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {

/// A block, and what this library noted of it. Times are those of Redis' clock.
struct held_block {
    std::string exchange{};
    std::string symbol{};
    std::string bot_id{};
    std::optional<double> since{}; ///< epoch seconds; empty where a Python service has blocked
    std::optional<std::chrono::milliseconds> age{};
    std::optional<std::chrono::milliseconds>
        lease_left{}; ///< below zero when it is over; empty without a lease

    /// Whether its lease is over: bot_cache::take_over_block() may take it.
    bool stale() const noexcept { return lease_left && *lease_left <= std::chrono::milliseconds::zero(); }

    bool operator==(const held_block&) const = default;
};

/// Reads bots and blocks. Redis: hashes `bot_status` (field = bot id, value = JSON), `block_exchange` (field =
/// `{exchange}:{symbol}`, value = bot id) and `opening_position` (same field, value = `{bot_id}:{ISO 8601}`). An exchange
/// is what the services write there: its name, or an account. Errors and cancellation: see cache_base.
class bot_reader : public cache_base {
public:
    explicit bot_reader(const connection& redis) : bot_reader(redis.shared_link()) {}
    explicit bot_reader(std::shared_ptr<redis_link> link) : cache_base(std::move(link), "fullon.cache.bot") {}

    /// The bot that blocks the symbol; empty when it is free. While Redis is down this is an error, never "free".
    boost::asio::awaitable<std::optional<std::string>> is_blocked(std::string exchange,
                                                                  std::string symbol) const;

    /// Every block with its age and its lease, in no particular order, as they are at one instant. Redis: also the hash
    /// `fullon_cache:block_notes` and its TIME.
    boost::asio::awaitable<std::vector<held_block>> get_blocks() const;
    /// Who blocks what alone, and how many are unreadable.
    boost::asio::awaitable<listing<fullon_orm::block>> list_blocks() const;

    /// Whether a bot is opening a position there.
    boost::asio::awaitable<bool> is_opening_position(std::string exchange, std::string symbol) const;

    /// Which one, and since when; empty when none is.
    boost::asio::awaitable<std::optional<fullon_orm::opening_position>>
    get_opening_position(std::string exchange, std::string symbol) const;

    /// Every position that is being opened, in no particular order.
    boost::asio::awaitable<listing<fullon_orm::opening_position>> list_opening_positions() const;

    /// The bot's status; empty when the cache has none. \throws cache_error serialization when it is unreadable.
    boost::asio::awaitable<std::optional<fullon_orm::bot_status>> get_bot(std::string bot_id) const;

    /// Every bot, in no particular order. An unreadable one is skipped and logged.
    boost::asio::awaitable<std::vector<fullon_orm::bot_status>> get_bots() const;

    /// The same, with how many were skipped.
    boost::asio::awaitable<listing<fullon_orm::bot_status>> list_bots() const;

    /// What is stored of every bot, by its id: also what is unreadable.
    boost::asio::awaitable<std::vector<std::pair<std::string, std::string>>> get_bot_texts() const;

private:
    struct calls;
};

} // namespace fullon_cache
