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

/// The sizes that tick_reader::round_down() takes, in the base currency, and returns, in US dollars.
struct order_sizes {
    double free = 0;
    double used = 0;
    double total = 0;

    bool operator==(const order_sizes&) const = default;
};

/// Reads tickers: the latest tick of each symbol at each exchange.
///
/// Redis: hash `tickers:{exchange}`, field = symbol, value = JSON of a `fullon_orm::tick`. Each write is
/// published on the channel `ticker_updates:{exchange}:{symbol}`; older producers publish on
/// `next_ticker:{exchange}:{symbol}`.
///
/// The exchange always comes before the symbol. A symbol is looked up exactly as it is spelled: `BTC/USDT`
/// and `BTC-USDT` are different fields.
///
/// \code
/// const fullon_cache::tick_reader tickers(redis); // redis: a started fullon_cache::connection
/// if (const auto tick = co_await tickers.get_ticker("kraken", "BTC/USDT"))
///     use(tick->price, tick->time);
/// \endcode
///
/// \par Errors as in cache_base. Methods that take an exchange and a symbol throw `errc::invalid_argument`
///             when the exchange is empty or contains a ':', or when the symbol is empty or has no character
///             but '/'. Methods that return several ticks leave out unreadable ones and log how many there
///             were.
class tick_reader : public cache_base {
public:
    explicit tick_reader(const connection& redis) : tick_reader(redis.shared_link()) {}
    explicit tick_reader(std::shared_ptr<redis_link> link) : cache_base(std::move(link), "fullon.cache.tick")
    {}

    /// Reads one tick (HGET).
    /// \returns the tick, or an empty optional if the exchange has no such field.
    /// \throws cache_error `errc::serialization` if the stored value is no JSON object with a finite price.
    boost::asio::awaitable<std::optional<fullon_orm::tick>> get_ticker(std::string exchange,
                                                                       std::string symbol) const;
    /// The same for `symbol.symbol` at `symbol.exchange_name`.
    boost::asio::awaitable<std::optional<fullon_orm::tick>> get_ticker(fullon_orm::symbol symbol) const;

    /// Reads every tick of an exchange, or of all exchanges if the name is empty, in no particular order.
    ///
    /// Hashes are read in chunks (HSCAN), all exchanges one after the other (SCAN finds them): the result is
    /// not a snapshot of one instant.
    boost::asio::awaitable<std::vector<fullon_orm::tick>> get_all_tickers(std::string exchange = {}) const;
    /// The same for one exchange, with the number of unreadable ticks.
    /// \throws cache_error `errc::invalid_argument` if the name is empty.
    boost::asio::awaitable<listing<fullon_orm::tick>> list_tickers(std::string exchange) const;

    /// Finds the newest tick of a symbol at any exchange, by `tick::time`; a tick without a time counts as
    /// the oldest.
    ///
    /// Costs a walk of the key space (SCAN) and one pipeline of HGET.
    /// \returns an empty optional if no exchange has a readable tick of it.
    boost::asio::awaitable<std::optional<fullon_orm::tick>> get_any_ticker(std::string symbol) const;

    /// Reads the tick; if there is none yet, waits for it.
    ///
    /// Completes at once with the stored tick. Otherwise subscribes to both channels and reads again on each
    /// publication, until a tick is stored. For every publication use base_reader::subscribe().
    /// \param timeout how long to wait for a publication; round trips to Redis come on top. Zero or less
    ///                looks twice and does not wait.
    /// \returns an empty optional if no tick was stored in time.
    /// \throws cache_error `errc::unavailable` if the link goes down meanwhile; what Redis says if it refuses
    ///         the channels (`errc::permission_denied`); else as get_ticker().
    boost::asio::awaitable<std::optional<fullon_orm::tick>>
    get_next_ticker(std::string exchange, std::string symbol, std::chrono::milliseconds timeout) const;

    /// `tick::price` of get_ticker(): empty if there is no tick.
    boost::asio::awaitable<std::optional<double>> get_price(std::string exchange, std::string symbol) const;
    /// `tick::price` of get_any_ticker(): empty if no exchange has a tick.
    boost::asio::awaitable<std::optional<double>> get_any_price(std::string symbol) const;

    /// The exchanges that have a hash of tickers, sorted, each once. Walks the key space (SCAN).
    boost::asio::awaitable<std::vector<std::string>> get_ticker_exchanges() const;

    /// The configuration of the tick crawlers by their names, as JSON objects (boost/json/object.hpp).
    ///
    /// Redis: hash `tick`, field = crawler, value = JSON object. A value that is none is skipped and logged.
    boost::asio::awaitable<std::map<std::string, boost::json::object>> get_tick_crawlers() const;

    /// Converts sizes in a symbol's base currency to US dollars, at the exchange's prices.
    ///
    /// The factor is the symbol's price; if the quote currency does not contain `USD`, times the price of
    /// `{quote}/USDT`, `{quote}/USDC` or `{quote}/USD`, the first that is in the cache. If `free` comes out
    /// below 2 dollars, all sizes are 0. Sizes are returned as they are, without a read, if all are 0, for
    /// futures, for a symbol without a '/', and if the base currency is BTC.
    /// \returns an empty optional if a price is not in the cache.
    /// \throws cache_error as get_ticker()
    boost::asio::awaitable<std::optional<order_sizes>>
    round_down(std::string exchange, std::string symbol, order_sizes sizes, bool futures = false) const;

private:
    struct calls;
};

} // namespace fullon_cache
