// Writing the status of bots, and blocking symbols.
#pragma once

#include <fullon_cache/bot_reader.hpp>

#include <boost/json/object.hpp>

#include <chrono>

namespace fullon_cache {

/// Writes the status of bots, and blocks symbols for them, with the Redis formats of the Python library.
///
/// A block may have a lease. When it was taken and how long it lasts is noted in the hash
/// `fullon_cache:block_notes`, by the clock of Redis. Python services do not know these notes: they see a
/// block until it is deleted, and blocks of theirs have no age and no lease. Let each bot block through one
/// of the two libraries: if it blocks through Python after a lease of its own has ended here, that block
/// counts as the old one.
///
/// \code
/// using namespace std::chrono_literals;
/// const fullon_cache::bot_cache bots(redis); // redis: a started fullon_cache::connection
/// if (co_await bots.try_block_exchange("kraken", "BTC/USDT", "bot-7", 30s)) {
///     co_await trade(); // for longer, ask for the block again before the lease ends
///     co_await bots.unblock_exchange("kraken", "BTC/USDT", "bot-7");
/// }
/// \endcode
///
/// \par Errors as in cache_base. `errc::invalid_argument` if an exchange is empty or contains a ':', a symbol
///             is empty or has no character but '/', or the id of a bot is empty.
class bot_cache : public bot_reader {
public:
    using bot_reader::bot_reader;

    /// Blocks a symbol without a lease, and takes the block away from whoever has it.
    /// \par Retry safe for this bot; it takes the block away from a bot that got it meanwhile.
    boost::asio::awaitable<void> block_exchange(std::string exchange, std::string symbol,
                                                std::string bot_id) const;

    /// Blocks a symbol unless another bot has blocked it, in one step (a script).
    ///
    /// If this bot has the block already, its lease is renewed, with the length that is given now.
    /// \param lease after this time others may take the block over; zero: never. At most ten years.
    /// \returns whether the block is this bot's now. A block of another bot whose lease has ended is still a
    ///          block: see take_over_block().
    /// \par Retry safe.
    /// \throws cache_error `errc::invalid_argument` also if the lease is below zero
    boost::asio::awaitable<bool>
    try_block_exchange(std::string exchange, std::string symbol, std::string bot_id,
                       std::chrono::milliseconds lease = std::chrono::milliseconds::zero()) const;

    /// Takes over the block of a bot whose lease has ended, in one step (a script). get_blocks() tells which
    /// have.
    /// \param former_bot_id the bot that is expected to hold the block.
    /// \param lease          of the new block, as in try_block_exchange().
    /// \returns whether the block is this bot's now: false if the former bot no longer holds it, has renewed
    ///          its lease, or has none.
    /// \par Retry safe.
    /// \throws cache_error `errc::invalid_argument` also if the lease is below zero
    boost::asio::awaitable<bool>
    take_over_block(std::string exchange, std::string symbol, std::string former_bot_id, std::string bot_id,
                    std::chrono::milliseconds lease = std::chrono::milliseconds::zero()) const;

    /// Frees a symbol if this bot blocks it, in one step.
    /// \returns whether the bot blocked it.
    /// \par Retry safe; false then, if the first call was done.
    boost::asio::awaitable<bool> unblock_exchange(std::string exchange, std::string symbol,
                                                  std::string bot_id) const;

    /// Frees a symbol, whoever blocks it: what `unblock_exchange` of the Python library does.
    /// \returns whether it was blocked.
    /// \par Retry not safe: it may free what another bot has blocked meanwhile.
    boost::asio::awaitable<bool> force_unblock_exchange(std::string exchange, std::string symbol) const;

    /// Marks that a bot is opening a position, from now on (HSET). Replaces the mark of another bot.
    /// \par Retry safe for this bot; it replaces a mark that another bot made meanwhile.
    boost::asio::awaitable<void> mark_opening_position(std::string exchange, std::string symbol,
                                                       std::string bot_id) const;

    /// Deletes the mark if it is this bot's. The mark is deleted only as it was read.
    /// \returns whether it was this bot's.
    /// \par Retry safe.
    /// \throws cache_error `errc::timeout` also if others kept changing the mark
    boost::asio::awaitable<bool> unmark_opening_position(std::string exchange, std::string symbol,
                                                         std::string bot_id) const;

    /// Deletes the mark, whosever it is: what `unmark_opening_position` of the Python library does.
    /// \returns whether there was a mark.
    /// \par Retry not safe: it may delete a mark that another bot made meanwhile.
    boost::asio::awaitable<bool> force_unmark_opening_position(std::string exchange,
                                                               std::string symbol) const;

    /// Replaces the status of a bot (HSET). Each feed (a member that is an object) gets the time as its
    /// `timestamp`.
    /// \par Retry safe.
    /// \throws cache_error `errc::invalid_argument` also if the status could not be read back: nested deeper
    ///         than 32 levels, a number that is not finite, text that is not UTF-8.
    boost::asio::awaitable<void> update_bot(std::string bot_id, boost::json::object status) const;

    /// Deletes the status of one bot. Its blocks and marks stay.
    /// \returns whether there was one.
    /// \par Retry safe.
    boost::asio::awaitable<bool> del_bot(std::string bot_id) const;

    /// Deletes the status of all bots (DEL of the hash). Their blocks and marks stay.
    /// \returns whether there was any.
    /// \par Retry safe; it may delete what was written meanwhile.
    boost::asio::awaitable<bool> del_status() const;

private:
    struct calls;
};

} // namespace fullon_cache
