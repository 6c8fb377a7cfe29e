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

/// A block: a bot keeps all others from trading a symbol at an exchange. Times are measured by the clock of
/// Redis, so that all machines agree on them.
struct held_block {
    std::string exchange{}; ///< or an exchange account, as the services wrote it
    std::string symbol{};
    std::string bot_id{}; ///< the bot that holds the block
    /// When the block was taken, epoch seconds. Empty, like `age`, if a Python service took it.
    std::optional<double> since{};
    std::optional<std::chrono::milliseconds> age{}; ///< since `since`; never below zero
    /// Until the lease ends; zero or less once it has. Empty if the block has no lease.
    std::optional<std::chrono::milliseconds> lease_left{};

    /// Whether the lease has ended: bot_cache::take_over_block() may take the block over.
    bool stale() const noexcept { return lease_left && *lease_left <= std::chrono::milliseconds::zero(); }

    bool operator==(const held_block&) const = default;
};

/// Reads the status of bots, and their claims on symbols: blocks, and positions that are being opened.
///
/// Redis:
/// - hash `bot_status`, field = bot id, value = JSON object,
/// - hash `block_exchange`, field = `{exchange}:{symbol}`, value = bot id,
/// - hash `opening_position`, field = `{exchange}:{symbol}`, value = `{bot_id}:{ISO 8601}`,
/// - hash `fullon_cache:block_notes` of this library, same field: since when a block is held, and its lease.
///
/// The exchange is whatever the services write there: its name, or an exchange account. Exchange and symbol
/// are looked up exactly as they are spelled.
///
/// \code
/// const fullon_cache::bot_reader bots(redis); // redis: a started fullon_cache::connection
/// const auto holder = co_await bots.is_blocked("kraken", "BTC/USDT");
/// if (!holder)
///     consider_trading();
/// \endcode
///
/// \par Errors as in cache_base. Methods that take an exchange and a symbol throw `errc::invalid_argument`
///             when the exchange is empty or contains a ':', or when the symbol is empty or has no character
///             but '/'. In lists, entries that cannot be read are left out, and logged.
class bot_reader : public cache_base {
public:
    explicit bot_reader(const connection& redis) : bot_reader(redis.shared_link()) {}
    explicit bot_reader(std::shared_ptr<redis_link> link) : cache_base(std::move(link), "fullon.cache.bot") {}

    /// Who blocks a symbol (HGET).
    ///
    /// A block may be taken between this answer and the next call: to block what is free use
    /// bot_cache::try_block_exchange(). While Redis is down this throws; it never answers "free".
    /// \returns the id of the bot, or an empty optional if nobody blocks the symbol.
    boost::asio::awaitable<std::optional<std::string>> is_blocked(std::string exchange,
                                                                  std::string symbol) const;

    /// Reads every block with its age and lease, in no particular order, as a snapshot of one instant.
    ///
    /// Redis: a transaction (MULTI, EXEC) of two HGETALL and TIME.
    /// \throws cache_error `errc::permission_denied` if the Redis user may not run one of these.
    boost::asio::awaitable<std::vector<held_block>> get_blocks() const;
    /// Reads who blocks what, with the number of fields that name no exchange and symbol. Read in chunks
    /// (HSCAN), and not a snapshot.
    boost::asio::awaitable<listing<fullon_orm::block>> list_blocks() const;

    /// Whether a bot has marked that it is opening a position there.
    boost::asio::awaitable<bool> is_opening_position(std::string exchange, std::string symbol) const;

    /// The bot that is opening a position there, and since when (HGET).
    /// \returns an empty optional if none is. `since` is empty if the stored text has no readable time.
    boost::asio::awaitable<std::optional<fullon_orm::opening_position>>
    get_opening_position(std::string exchange, std::string symbol) const;

    /// Reads every position that is being opened, in no particular order, with the number of fields that name
    /// no exchange and symbol.
    boost::asio::awaitable<listing<fullon_orm::opening_position>> list_opening_positions() const;

    /// Reads the status of one bot (HGET).
    /// \returns an empty optional if the cache does not have the bot.
    /// \throws cache_error `errc::serialization` if the stored value cannot be read; `errc::invalid_argument`
    ///         if the id is empty.
    boost::asio::awaitable<std::optional<fullon_orm::bot_status>> get_bot(std::string bot_id) const;

    /// Reads the status of every bot, in no particular order. The hash is read in chunks (HSCAN): the result
    /// is not a snapshot of one instant.
    boost::asio::awaitable<std::vector<fullon_orm::bot_status>> get_bots() const;

    /// The same, with the number of unreadable bots.
    boost::asio::awaitable<listing<fullon_orm::bot_status>> list_bots() const;

    /// The stored text of every bot as pairs of id and value, unparsed: unreadable ones are included.
    boost::asio::awaitable<std::vector<std::pair<std::string, std::string>>> get_bot_texts() const;

private:
    struct calls;
};

} // namespace fullon_cache
