// Names of what is in Redis: keys, fields and channels.
#pragma once

#include <fullon_orm/trade.hpp>

#include <string>
#include <string_view>

namespace fullon_cache {

inline constexpr std::string_view positions_hash = "account_positions";
inline constexpr std::string_view balances_hash = "accounts";
inline constexpr std::string_view orders_hash_prefix = "order_status:";
inline constexpr std::string_view blocks_hash = "block_exchange";
inline constexpr std::string_view block_notes_hash =
    "fullon_cache:block_notes"; ///< ours: see block_writes.hpp
inline constexpr std::string_view opening_hash = "opening_position";
inline constexpr std::string_view bots_hash = "bot_status";
inline constexpr std::string_view trade_status_prefix = "TRADE:STATUS:";
inline constexpr std::string_view user_trade_status_prefix = "USER_TRADE:STATUS:";
inline constexpr std::string_view process_data_prefix = "process:data:";
inline constexpr std::string_view process_active_prefix = "process:active:";
inline constexpr std::string_view process_components_hash = "process:components";
inline constexpr std::string_view process_channel_prefix = "process:broadcast:";
inline constexpr std::string_view tick_crawlers_hash = "tick";
inline constexpr std::string_view global_errors_list = "global_error";

/// `prefix` and what follows it.
inline std::string make_key(std::string_view prefix, std::string_view rest)
{
    std::string key(prefix);
    return key.append(rest);
}

/// `{first}:{second}` behind a prefix.
inline std::string make_key(std::string_view prefix, std::string_view first, std::string_view second)
{
    std::string key(prefix);
    return key.append(first).append(":").append(second);
}

inline std::string orders_hash(std::string_view exchange)
{
    return make_key(orders_hash_prefix, exchange);
}

// Tickers.
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

// Lists of trades and bars.
inline constexpr std::string_view trades_prefix = "trades:";
inline constexpr std::string_view bars_prefix = "ohlcv:";

inline std::string trades_list(std::string_view exchange, std::string_view symbol)
{
    return make_key(trades_prefix, exchange, fullon_orm::without_slash(symbol));
}

inline std::string user_trades_list(std::string_view exchange, std::string_view uid)
{
    return make_key("user_trades:", uid, exchange);
}

inline std::string bars_list(std::string_view symbol, std::string_view timeframe)
{
    return make_key(bars_prefix, symbol, timeframe);
}

} // namespace fullon_cache
