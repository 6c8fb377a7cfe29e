// Writing tickers.
#pragma once

#include <fullon_cache/tick_reader.hpp>

#include <cstdint>

namespace fullon_cache {

/// Writes tickers, in the commands of the Python library, each in one round trip.
class tick_cache : public tick_reader {
public:
    using tick_reader::tick_reader;

    /// HSET of the tick, SET of `ticker_time:{exchange}:{symbol}`, PUBLISH: one step. What is not stored is not published.
    /// \par Retry safe; it is published again, and may replace a newer tick.
    /// \throws cache_error invalid_argument when the exchange is empty or has a ':', the symbol is empty or `/`, a number is
    ///         not finite.
    boost::asio::awaitable<void> set_ticker(fullon_orm::tick value) const;

    /// Its time goes with it. \returns whether there was one.
    /// \par Retry safe, but for what was written meanwhile; then it says whether there was one then.
    boost::asio::awaitable<bool> delete_ticker(std::string exchange, std::string symbol) const;
    boost::asio::awaitable<bool> delete_ticker(fullon_orm::symbol symbol) const;

    /// All tickers of the exchange with their times, at once. \returns how many there were.
    /// \par Retry safe, but for what was written meanwhile.
    boost::asio::awaitable<std::int64_t> delete_exchange_tickers(std::string exchange) const;

private:
    struct calls;
};

} // namespace fullon_cache
