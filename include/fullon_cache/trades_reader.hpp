// Trades: public ones of an exchange, and when they were last written.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/listing.hpp>

#include <fullon_orm/trade.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {

/// A list of trades that wait to be taken, described by its first and last element.
struct trade_queue {
    std::string key{};
    std::string exchange{};
    std::string symbol{};     ///< as the newest trade spells it; else as the key does, without '/'
    std::int64_t length = 0;  ///< number of trades, unreadable ones included
    /// Time of the oldest trade, epoch seconds; empty if that trade is unreadable or has no time.
    std::optional<double> oldest{};
    std::optional<double> newest{}; ///< the same of the newest
    std::int64_t unreadable = 0;    ///< how many of these two are unreadable: 0 to 2
};

/// Reads trades without taking them out of their lists; trades_cache takes them.
///
/// Redis: lists `trades:{exchange}:{symbol without "/"}`, elements = JSON of a `fullon_orm::trade`, the
/// newest at the end; strings `TRADE:STATUS:{key}` and `USER_TRADE:STATUS:{key}`, value = ISO 8601 time of
/// the last write. `BTC/USDT` and `BTCUSDT` name the same list.
///
/// \code
/// const fullon_cache::trades_reader trades(redis); // redis: a started fullon_cache::connection
/// for (const auto& trade : co_await trades.get_trades("kraken", "BTC/USDT", 100))
///     use(trade.time, trade.price, trade.volume);
/// \endcode
///
/// \par Errors as in cache_base. An unreadable trade is left out and logged.
class trades_reader : public cache_base {
public:
    explicit trades_reader(const connection& redis) : trades_reader(redis.shared_link()) {}
    explicit trades_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.trades")
    {}

    /// Reads the newest `limit` trades of a list, or all of them without a limit, oldest first. One LRANGE: a
    /// snapshot of one instant.
    /// \returns an empty list if there is none. Unreadable trades count towards the limit.
    /// \throws cache_error `errc::invalid_argument` if the limit is below 1, the exchange is empty or
    ///         contains a ':', or the symbol is empty or has no character but '/'.
    boost::asio::awaitable<std::vector<fullon_orm::trade>>
    get_trades(std::string exchange, std::string symbol, std::optional<std::int64_t> limit = {}) const;

    /// Describes every list of trades, or those of one exchange if it is named, sorted by key.
    ///
    /// Costs a walk of the key space (SCAN) and three commands for each list; the result is not a snapshot of
    /// one instant. `listing::unreadable` counts keys that name no exchange and symbol (`trades:odd`); for
    /// unreadable trades see trade_queue::unreadable.
    /// \throws cache_error `errc::invalid_argument` if the exchange contains a ':'.
    boost::asio::awaitable<listing<trade_queue>> list_trade_queues(std::string exchange = {}) const;

    /// When trades were last written under a key, in epoch seconds (GET of `TRADE:STATUS:{key}`).
    /// \param key the exchange, as trades_cache::push_trade() notes it, or any other text.
    /// \returns an empty optional if nothing is noted.
    /// \throws cache_error `errc::serialization` if what is stored is no time; `errc::invalid_argument` if
    ///         the key is empty.
    boost::asio::awaitable<std::optional<double>> get_trade_status(std::string key) const;

    /// The same for every Redis key that begins with the prefix, by its full name. Walks the key space
    /// (SCAN); what is no time is left out and logged.
    /// \param prefix taken literally, not empty; `USER_TRADE:STATUS` selects those of users.
    boost::asio::awaitable<std::map<std::string, double>>
    get_all_trade_statuses(std::string prefix = "TRADE:STATUS") const;

    /// The names of these keys alone, sorted.
    boost::asio::awaitable<std::vector<std::string>>
    get_trade_status_keys(std::string prefix = "TRADE:STATUS") const;

private:
    struct calls;
};

} // namespace fullon_cache
