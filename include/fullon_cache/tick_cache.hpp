// Tickers: the latest tick of each symbol at each exchange.
#pragma once

#include <fullon_cache/base_cache.hpp>

#include <fullon_orm/symbol.hpp>
#include <fullon_orm/tick.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fullon_cache {

/// Reads tickers. Redis: hash `tickers:{exchange}`, field = symbol; channel `ticker_updates:{exchange}:{symbol}`
/// (older producers: `next_ticker:...`). Parameters stand in the order of the Python library: symbol first.
/// Strings are copied. Errors and cancellation: see base_cache. In lists an unreadable entry is skipped and
/// logged with its key.
class tick_reader : public base_cache {
public:
    using base_cache::base_cache;

    /// The tick; empty when the cache has none. \throws cache_error serialization when it is unreadable.
    boost::asio::awaitable<std::optional<fullon_orm::tick>> get_ticker(std::string symbol,
                                                                       std::string exchange) const;
    /// The same for the symbol's own exchange (`exchange_name`).
    boost::asio::awaitable<std::optional<fullon_orm::tick>> get_ticker(fullon_orm::symbol symbol) const;

    /// Every tick of an exchange, in no particular order; of all exchanges for an empty name. Big hashes are
    /// read in chunks, so the result is no instantaneous picture.
    boost::asio::awaitable<std::vector<fullon_orm::tick>> get_all_tickers(std::string exchange = {}) const;

    /// The newest tick of this symbol at any exchange.
    boost::asio::awaitable<std::optional<fullon_orm::tick>> get_any_ticker(std::string symbol) const;

    /// Waits for the next publication of this ticker; empty when none came within `timeout`.
    /// \throws cache_error unavailable when Redis goes away meanwhile.
    boost::asio::awaitable<std::optional<fullon_orm::tick>>
    get_next_ticker(std::string symbol, std::string exchange, std::chrono::milliseconds timeout) const;

    /// Price of the symbol at the exchange, or of any exchange when none is named; empty when unknown.
    boost::asio::awaitable<std::optional<double>> get_price(std::string symbol,
                                                            std::string exchange = {}) const;

    /// Names of the exchanges that have tickers.
    boost::asio::awaitable<std::vector<std::string>> get_ticker_exchanges() const;
};

/// Writes tickers, in the commands of the Python library, each in one round trip.
class tick_cache : public tick_reader {
public:
    using tick_reader::tick_reader;

    /// HSET of the tick, SET of `ticker_time:{exchange}:{symbol}`, PUBLISH: one pipeline.
    /// \throws cache_error invalid_argument when exchange or symbol is empty, or the price is not finite.
    boost::asio::awaitable<void> set_ticker(fullon_orm::tick value) const;

    /// \returns whether there was one.
    boost::asio::awaitable<bool> delete_ticker(std::string symbol, std::string exchange) const;
    boost::asio::awaitable<bool> delete_ticker(fullon_orm::symbol symbol) const;

    /// \returns how many tickers there were.
    boost::asio::awaitable<std::int64_t> delete_exchange_tickers(std::string exchange) const;
};

} // namespace fullon_cache
