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

/// A list of trades, by its ends.
struct trade_queue {
    std::string key{};
    std::string exchange{};
    std::string symbol{}; ///< as the newest trade spells it, else as the key does
    std::int64_t length = 0;
    std::optional<double> oldest{}; ///< epoch seconds; empty where that trade is unreadable or has no time
    std::optional<double> newest{};
    std::int64_t unreadable = 0; ///< of the two
};

/// Reads trades, and never takes any out. Redis: lists `trades:{exchange}:{symbol without "/"}`, newest at the end;
/// strings `TRADE:STATUS:{key}` and `USER_TRADE:STATUS:{key}`, value = ISO 8601 time of the last write. Errors and
/// cancellation: see cache_base. In lists an unreadable entry is skipped.
class trades_reader : public cache_base {
public:
    explicit trades_reader(const connection& redis) : trades_reader(redis.shared_link()) {}
    explicit trades_reader(std::shared_ptr<redis_link> link)
        : cache_base(std::move(link), "fullon.cache.trades")
    {}

    /// The newest `limit` trades that wait in the list (all without a limit), oldest first, as they are
    /// at one instant.
    boost::asio::awaitable<std::vector<fullon_orm::trade>>
    get_trades(std::string exchange, std::string symbol, std::optional<std::int64_t> limit = {}) const;

    /// Every list that has trades (of one exchange where it is named), by their keys. They are read one after the other: no
    /// instantaneous picture. Unreadable is a list whose key names no exchange and symbol (`trades:odd`); what cannot be
    /// read inside a list is counted with it.
    boost::asio::awaitable<listing<trade_queue>> list_trade_queues(std::string exchange = {}) const;

    /// When trades of this key (an exchange) were last written, in epoch seconds; empty when unknown.
    /// \throws cache_error serialization when it is no time.
    boost::asio::awaitable<std::optional<double>> get_trade_status(std::string key) const;

    /// The same of every key: those that are called `{prefix}...`, by their whole names.
    boost::asio::awaitable<std::map<std::string, double>>
    get_all_trade_statuses(std::string prefix = "TRADE:STATUS") const;

    /// Their names alone, sorted.
    boost::asio::awaitable<std::vector<std::string>>
    get_trade_status_keys(std::string prefix = "TRADE:STATUS") const;

private:
    struct calls;
};

} // namespace fullon_cache
