// Writing trades, and taking them out of their queues.
#pragma once

#include <fullon_cache/trades_reader.hpp>

#include <chrono>

namespace fullon_cache {

/// Writes trades, in the commands of the Python library. The times of writes are now.
class trades_cache : public trades_reader {
public:
    using trades_reader::trades_reader;

    /// Appends a trade to the list of its symbol and notes the time, in one step: what is not appended is not noted.
    /// \returns how many wait in the list.
    /// \par Retry not safe: the trade may be in the list twice then.
    /// \throws cache_error invalid_argument when the exchange is empty or has a ':', the symbol is empty or `/`, a number is
    ///         not finite.
    boost::asio::awaitable<std::int64_t> push_trade(std::string exchange, fullon_orm::trade value) const;

    /// The same to the list of the symbol that is named here.
    boost::asio::awaitable<std::int64_t> push_trade(std::string exchange, std::string symbol,
                                                    fullon_orm::trade value) const;

    /// Takes all trades out of the list, oldest first, in one step: each goes to exactly one of those who take.
    /// Unreadable ones are taken out too (and logged). Nothing is lost, and it may be repeated after any error: see
    /// base_cache::blpop(). Of what another one has just given back a part may come with the next call.
    /// \par Cancellation terminal; nothing is taken then.
    boost::asio::awaitable<std::vector<fullon_orm::trade>> take_trades(std::string exchange,
                                                                       std::string symbol) const;

    /// Notes that trades of this key were written.
    /// \par Retry safe.
    boost::asio::awaitable<void> update_trade_status(std::string key) const;

    /// Appends a user's own trade. Redis: list `user_trades:{uid}:{exchange}`. \returns how many wait in the list.
    /// \par Retry not safe after `unknown_outcome`: the trade may be in the list twice then.
    boost::asio::awaitable<std::int64_t> push_user_trade(std::string exchange, std::string uid,
                                                         fullon_orm::trade value) const;

    /// Takes the oldest of them out; waits up to `timeout` for one (0: does not wait). An unreadable one stays at the head.
    /// Nothing is lost, and it may be repeated after any error: see base_cache::blpop().
    /// \par Cancellation terminal; nothing is taken then.
    /// \throws cache_error serialization
    boost::asio::awaitable<std::optional<fullon_orm::trade>>
    pop_user_trade(std::string exchange, std::string uid,
                   std::chrono::milliseconds timeout = std::chrono::milliseconds::zero()) const;

    /// Notes that trades of this user were written, now or at a time in epoch seconds.
    /// \par Retry safe.
    boost::asio::awaitable<void> update_user_trade_status(std::string key,
                                                          std::optional<double> time = {}) const;

    /// Forgets all of these notes, one after the other. \returns how many there were.
    /// \par Retry safe.
    boost::asio::awaitable<std::int64_t> delete_user_trade_statuses() const;

private:
    struct calls;
};

} // namespace fullon_cache
