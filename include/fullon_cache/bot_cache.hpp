// Writing the status of bots, and blocking symbols.
#pragma once

#include <fullon_cache/bot_reader.hpp>

#include <boost/json/object.hpp>

#include <chrono>

namespace fullon_cache {

/// Writes bots and blocks, in the commands of the Python library. With each block it notes since when and for how long, in
/// the hash `fullon_cache:block_notes`, by Redis' clock: Python services do not look there, and go on to see the block for
/// as long as Redis has it. What they block has no age and no lease. A bot should block by one of the two libraries: a
/// block of Python under a name whose lease here was over is taken for that one.
///
/// A place is an exchange and a symbol. \throws cache_error invalid_argument everywhere when the exchange is empty or has a
/// ':', the symbol is empty or `/`, a bot's id is empty.
class bot_cache : public bot_reader {
public:
    using bot_reader::bot_reader;

    /// Blocks the symbol, whoever blocked it before, without a lease.
    /// \par Retry safe for the bot; takes the block away from whoever got it meanwhile.
    boost::asio::awaitable<void> block_exchange(std::string exchange, std::string symbol,
                                                std::string bot_id) const;

    /// Blocks the symbol unless another bot does already, in one step. \returns whether it is ours now.
    /// \param lease  after that others may take the block over, unless it was asked for again (then the lease begins
    ///        anew, as it is given then); zero: never. At most ten years.
    /// \par Retry safe.
    /// \throws cache_error invalid_argument also when the lease is below zero
    boost::asio::awaitable<bool>
    try_block_exchange(std::string exchange, std::string symbol, std::string bot_id,
                       std::chrono::milliseconds lease = std::chrono::milliseconds::zero()) const;

    /// Takes the block of a bot whose lease is over, in one step (get_blocks() tells which are). \returns whether it is
    /// ours now: false where the former bot does not hold it any more, has renewed it, or has it without a lease.
    /// \par Retry safe.
    boost::asio::awaitable<bool>
    take_over_block(std::string exchange, std::string symbol, std::string former_bot_id, std::string bot_id,
                    std::chrono::milliseconds lease = std::chrono::milliseconds::zero()) const;

    /// Frees the symbol if this bot blocks it, in one step. \returns whether it did.
    /// \par Retry safe; then it says whether the bot still blocked it then.
    boost::asio::awaitable<bool> unblock_exchange(std::string exchange, std::string symbol,
                                                  std::string bot_id) const;

    /// Frees the symbol, whoever blocks it: what Python's `unblock_exchange` does. \returns whether it was blocked.
    /// \par Retry not safe: it may free what another bot has blocked meanwhile.
    boost::asio::awaitable<bool> force_unblock_exchange(std::string exchange, std::string symbol) const;

    /// Says that the bot is opening a position, since now, whoever said it before.
    /// \par Retry safe for the bot; replaces the mark of whoever made one meanwhile.
    boost::asio::awaitable<void> mark_opening_position(std::string exchange, std::string symbol,
                                                       std::string bot_id) const;

    /// Takes this bot's mark away. \returns whether there was one.
    /// \par Retry safe.
    boost::asio::awaitable<bool> unmark_opening_position(std::string exchange, std::string symbol,
                                                         std::string bot_id) const;

    /// Takes the mark away, whose ever it is: what Python's `unmark_opening_position` does. \returns whether there was one.
    /// \par Retry not safe: it may take another bot's mark.
    boost::asio::awaitable<bool> force_unmark_opening_position(std::string exchange,
                                                               std::string symbol) const;

    /// Replaces the bot's status. Each feed (member that is an object) gets now as its `timestamp`.
    /// \par Retry safe.
    /// \throws cache_error invalid_argument when it could not be read back: nested deeper than 32 levels, a number that is
    ///         not finite, text that is no UTF-8.
    boost::asio::awaitable<void> update_bot(std::string bot_id, boost::json::object status) const;

    /// \returns whether there was one.
    /// \par Retry safe.
    boost::asio::awaitable<bool> del_bot(std::string bot_id) const;

    /// Deletes the status of all bots. \returns whether there was any.
    /// \par Retry safe, but for what was written meanwhile.
    boost::asio::awaitable<bool> del_status() const;

private:
    struct calls;
};

} // namespace fullon_cache
