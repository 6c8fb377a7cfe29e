// Writing tickers.
#pragma once

#include <fullon_cache/tick_reader.hpp>

#include <cstdint>

namespace fullon_cache {

/// Writes tickers, with the Redis commands of the Python library, each call in one round trip.
///
/// \code
/// const fullon_cache::tick_cache tickers(redis); // redis: a started fullon_cache::connection
/// fullon_orm::tick tick;
/// tick.exchange = "kraken";
/// tick.symbol = "BTC/USDT";
/// tick.price = 47000.5;
/// tick.time = fullon_orm::now_seconds();
/// co_await tickers.set_ticker(tick);
/// \endcode
///
/// \par Errors as in cache_base and tick_reader: `errc::invalid_argument` for an exchange or a symbol that is
///             refused there.
class tick_cache : public tick_reader {
public:
    using tick_reader::tick_reader;

    /// Stores a tick and publishes it.
    ///
    /// Redis, in one step: HSET of the field in `tickers:{exchange}`, SET of
    /// `ticker_time:{exchange}:{symbol}`, PUBLISH on `ticker_updates:{exchange}:{symbol}`. What is not stored
    /// is not published.
    /// \par Retry safe; the tick is published again, and may replace a newer one.
    /// \throws cache_error `errc::invalid_argument` also if a number is not finite.
    boost::asio::awaitable<void> set_ticker(fullon_orm::tick value) const;

    /// Deletes a tick and its time in one step. Nothing is published.
    /// \returns whether there was a tick.
    /// \par Retry safe; it may delete a tick that was written meanwhile.
    boost::asio::awaitable<bool> delete_ticker(std::string exchange, std::string symbol) const;
    /// The same for `symbol.symbol` at `symbol.exchange_name`.
    boost::asio::awaitable<bool> delete_ticker(fullon_orm::symbol symbol) const;

    /// Deletes all ticks of an exchange and their times in one step.
    /// \returns how many ticks there were.
    /// \par Retry safe; it may delete ticks that were written meanwhile.
    boost::asio::awaitable<std::int64_t> delete_exchange_tickers(std::string exchange) const;

private:
    struct calls;
};

} // namespace fullon_cache
