// Writing tickers.
#pragma once

#include <fullon_cache/tick_reader.hpp>

#include <cstdint>

namespace fullon_cache {

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
