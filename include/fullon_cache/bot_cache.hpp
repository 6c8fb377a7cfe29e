// Writing the status of bots, and blocking symbols.
#pragma once

#include <fullon_cache/bot_reader.hpp>

#include <boost/json/object.hpp>

namespace fullon_cache {

/// Writes bots and blocks, in the commands of the Python library.
class bot_cache : public bot_reader {
public:
    using bot_reader::bot_reader;

    /// Blocks the symbol, whoever blocked it before. \throws cache_error invalid_argument when a parameter is empty.
    boost::asio::awaitable<void> block_exchange(std::string exchange, std::string symbol,
                                                std::string bot_id) const;

    /// Blocks the symbol unless another bot does already, in one step. \returns whether it is ours now.
    boost::asio::awaitable<bool> try_block_exchange(std::string exchange, std::string symbol,
                                                    std::string bot_id) const;

    /// \returns whether it was blocked.
    boost::asio::awaitable<bool> unblock_exchange(std::string exchange, std::string symbol) const;

    /// Says that the bot is opening a position, since now.
    boost::asio::awaitable<void> mark_opening_position(std::string exchange, std::string symbol,
                                                       std::string bot_id) const;

    /// \returns whether there was a mark.
    boost::asio::awaitable<bool> unmark_opening_position(std::string exchange, std::string symbol) const;

    /// Replaces the bot's status. Each feed (member that is an object) gets now as its `timestamp`.
    boost::asio::awaitable<void> update_bot(std::string bot_id, boost::json::object status) const;

    /// \returns whether there was one.
    boost::asio::awaitable<bool> del_bot(std::string bot_id) const;

    /// Deletes the status of all bots. \returns whether there was any.
    boost::asio::awaitable<bool> del_status() const;
};

} // namespace fullon_cache
