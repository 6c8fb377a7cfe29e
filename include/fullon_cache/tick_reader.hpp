// Tickers: the latest tick of each symbol at each exchange.
#pragma once

#include <fullon_cache/cache_base.hpp>
#include <fullon_cache/listing.hpp>

#include <fullon_orm/symbol.hpp>
#include <fullon_orm/tick.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/json/fwd.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache {

/// Sizes of an order, as round_down() takes and gives them: in the base currency, or in US dollars.
struct order_sizes {
    double free = 0;
    double used = 0;
    double total = 0;

    bool operator==(const order_sizes&) const = default;
};

/// Reads tickers. Redis: hash `tickers:{exchange}`, field = symbol; channel `ticker_updates:{exchange}:{symbol}`
/// (older producers: `next_ticker:...`). The exchange stands first, as everywhere.
/// Strings are copied. Errors and cancellation: see cache_base. In lists an unreadable entry is skipped.
class tick_reader : public cache_base {
public:
    explicit tick_reader(const connection& redis) : tick_reader(redis.shared_link()) {}
    explicit tick_reader(std::shared_ptr<redis_link> link) : cache_base(std::move(link), "fullon.cache.tick")
    {}

    /// The tick; empty when the cache has none. \throws cache_error serialization when it is unreadable.
    boost::asio::awaitable<std::optional<fullon_orm::tick>> get_ticker(std::string exchange,
                                                                       std::string symbol) const;
    /// The same for the symbol's own exchange (`exchange_name`).
    boost::asio::awaitable<std::optional<fullon_orm::tick>> get_ticker(fullon_orm::symbol symbol) const;

    /// Every tick of an exchange, in no particular order; of all exchanges for an empty name. Big hashes are
    /// read in chunks, so the result is no instantaneous picture.
    boost::asio::awaitable<std::vector<fullon_orm::tick>> get_all_tickers(std::string exchange = {}) const;
    /// Those of one exchange, and how many are unreadable.
    boost::asio::awaitable<listing<fullon_orm::tick>> list_tickers(std::string exchange) const;

    /// The newest tick of this symbol at any exchange.
    boost::asio::awaitable<std::optional<fullon_orm::tick>> get_any_ticker(std::string symbol) const;

    /// The stored tick, at once; where there is none, the first that is stored and published within `timeout`, else empty.
    /// (base_reader::subscribe() has every publication.) \throws cache_error unavailable when Redis goes away meanwhile,
    /// serialization when it is unreadable.
    boost::asio::awaitable<std::optional<fullon_orm::tick>>
    get_next_ticker(std::string exchange, std::string symbol, std::chrono::milliseconds timeout) const;

    /// Price of the symbol at the exchange, as get_ticker() has it; empty when unknown.
    boost::asio::awaitable<std::optional<double>> get_price(std::string exchange, std::string symbol) const;
    /// The same of any exchange, as get_any_ticker() has it.
    boost::asio::awaitable<std::optional<double>> get_any_price(std::string symbol) const;

    /// Names of the exchanges that have tickers.
    boost::asio::awaitable<std::vector<std::string>> get_ticker_exchanges() const;

    /// Configuration of the tick crawlers. Redis: hash `tick`, field = crawler, value = JSON object (boost/json/object.hpp). An unreadable one is
    /// skipped and logged.
    boost::asio::awaitable<std::map<std::string, boost::json::object>> get_tick_crawlers() const;

    /// What sizes of a symbol's base currency are worth in US dollars: size x price, and where the quote currency is none
    /// of dollars, x price of `{quote}/USDT` (or USDC, USD); all 0 when the free ones are worth less than 2. Unchanged are
    /// sizes of futures, of BTC, and of a symbol without "/". Empty when a price is not in the cache.
    boost::asio::awaitable<std::optional<order_sizes>>
    round_down(std::string exchange, std::string symbol, order_sizes sizes, bool futures = false) const;

private:
    struct calls;
};

} // namespace fullon_cache
