// Names of topics: what updates are numbered by, and what streams are sets of.
#pragma once

#include <fullon_orm/number_text.hpp>

#include <string>
#include <string_view>

namespace fullon_cache_api::protocol {

/// `tickers:{exchange}:{symbol}`. Symbols may contain ':', exchanges may not.
inline std::string ticker_topic(std::string_view exchange, std::string_view symbol)
{
    std::string name;
    name.reserve(9 + exchange.size() + symbol.size());
    return name.append("tickers:").append(exchange).append(":").append(symbol);
}

/// `positions:{account}`
inline std::string positions_topic(std::string_view account)
{
    return std::string("positions:").append(account);
}

/// `queue:{exchange}`
inline std::string queue_topic(std::string_view exchange)
{
    return std::string("queue:").append(exchange);
}

/// `bots:{id}`
inline std::string bot_topic(std::string_view bot_id)
{
    return std::string("bots:").append(bot_id);
}

/// `trades:{exchange}:{symbol without "/"}`
inline std::string trades_topic(std::string_view exchange, std::string_view symbol)
{
    return std::string("trades:").append(exchange).append(":").append(symbol);
}

/// `ohlcv:{symbol without "/"}:{timeframe}`
inline std::string bars_topic(std::string_view symbol, std::string_view timeframe)
{
    return std::string("ohlcv:").append(symbol).append(":").append(timeframe);
}

/// `metrics:{seconds}`
inline std::string metrics_topic(double interval)
{
    std::string name = "metrics:";
    fullon_orm::append_number(name, interval);
    return name;
}

inline constexpr std::string_view process_topic = "process";

/// All bots as one value, for the compat dialect alone.
inline constexpr std::string_view bot_map_topic = "bots";

} // namespace fullon_cache_api::protocol
