// Writing trades, and taking them out of their queues.
#pragma once

#include <fullon_cache/trades_reader.hpp>

#include <chrono>

namespace fullon_cache {

/// Writes trades, and takes them out of their lists, with the Redis formats of the Python library.
///
/// Redis: lists `trades:{exchange}:{symbol without "/"}` and `user_trades:{uid}:{exchange}`; strings
/// `TRADE:STATUS:{key}` and `USER_TRADE:STATUS:{key}`, value = time of the last write.
///
/// \code
/// const fullon_cache::trades_cache trades(redis); // redis: a started fullon_cache::connection
/// fullon_orm::trade trade;
/// trade.symbol = "BTC/USDT";
/// trade.price = 47000.5;
/// trade.volume = 0.25;
/// trade.time = fullon_orm::now_seconds();
/// co_await trades.push_trade("kraken", trade);
/// const auto taken = co_await trades.take_trades("kraken", "BTC/USDT"); // in another service
/// \endcode
///
/// \par Errors as in cache_base. `errc::invalid_argument` if an exchange is empty or contains a ':', a symbol
///             is empty or has no character but '/', a user id or key is empty, or a number of a trade is not
///             finite.
class trades_cache : public trades_reader {
public:
    using trades_reader::trades_reader;

    /// Appends a trade to the list of its symbol (`value.symbol`) and notes the time under
    /// `TRADE:STATUS:{exchange}`, in one step.
    /// \returns the length of the list.
    /// \par Retry not safe: the trade may be in the list twice.
    boost::asio::awaitable<std::int64_t> push_trade(std::string exchange, fullon_orm::trade value) const;

    /// The same for the list of the symbol that is named here; `value.symbol` is stored as it is.
    boost::asio::awaitable<std::int64_t> push_trade(std::string exchange, std::string symbol,
                                                    fullon_orm::trade value) const;

    /// Takes all trades out of a list in one step, oldest first. Does not wait.
    ///
    /// Each trade is delivered to exactly one caller, among all services: see "Delivery" at
    /// base_cache::blpop(). Unreadable trades are taken out too, and logged. Of trades that another caller
    /// gives back at this moment, some may only come with the next call.
    /// \returns an empty list if there are none.
    /// \par Cancellation terminal; nothing is taken.
    /// \par Retry safe after any error.
    boost::asio::awaitable<std::vector<fullon_orm::trade>> take_trades(std::string exchange,
                                                                       std::string symbol) const;

    /// Notes that trades of this key (an exchange) were written now: SET of `TRADE:STATUS:{key}`.
    /// \par Retry safe.
    boost::asio::awaitable<void> update_trade_status(std::string key) const;

    /// Appends a user's own trade: RPUSH to `user_trades:{uid}:{exchange}`.
    /// \returns the length of the list.
    /// \par Retry not safe after `errc::unknown_outcome`: the trade may be in the list twice.
    boost::asio::awaitable<std::int64_t> push_user_trade(std::string exchange, std::string uid,
                                                         fullon_orm::trade value) const;

    /// Takes the oldest trade of a user out of its list, and waits for one if there is none: see
    /// base_cache::blpop().
    /// \param timeout how long to wait; zero or less does not wait.
    /// \returns an empty optional if there was no trade in time.
    /// \par Cancellation terminal; nothing is taken.
    /// \par Retry safe after any error.
    /// \throws cache_error `errc::serialization` if the oldest trade is unreadable: it goes back to the front
    ///         of the list, where every further call finds it.
    boost::asio::awaitable<std::optional<fullon_orm::trade>>
    pop_user_trade(std::string exchange, std::string uid,
                   std::chrono::milliseconds timeout = std::chrono::milliseconds::zero()) const;

    /// Notes that trades of a user were written: SET of `USER_TRADE:STATUS:{key}`.
    /// \param time epoch seconds of the years 1 to 9999; now unless given.
    /// \par Retry safe.
    boost::asio::awaitable<void> update_user_trade_status(std::string key,
                                                          std::optional<double> time = {}) const;

    /// Deletes all notes `USER_TRADE:STATUS:*`. Walks the key space (SCAN); not in one step.
    /// \returns how many there were.
    /// \par Retry safe.
    boost::asio::awaitable<std::int64_t> delete_user_trade_statuses() const;

private:
    struct calls;
};

} // namespace fullon_cache
