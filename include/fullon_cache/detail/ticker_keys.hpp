// Redis keys and channels of tickers.
#pragma once

#include <string>
#include <string_view>

namespace fullon_cache::detail {

inline constexpr std::string_view ticker_hash_prefix = "tickers:";
inline constexpr std::string_view ticker_channel_prefix = "ticker_updates:";
inline constexpr std::string_view older_ticker_channel_prefix = "next_ticker:";

inline std::string ticker_hash(std::string_view exchange)
{
    return std::string(ticker_hash_prefix).append(exchange);
}

inline std::string ticker_time_key(std::string_view exchange, std::string_view symbol)
{
    return std::string("ticker_time:").append(exchange).append(":").append(symbol);
}

inline std::string ticker_channel(std::string_view prefix, std::string_view exchange, std::string_view symbol)
{
    return std::string(prefix).append(exchange).append(":").append(symbol);
}

} // namespace fullon_cache::detail
