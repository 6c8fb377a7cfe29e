// Names of keys and channels in Redis, as all services of the trading system spell them. Nothing is checked
// here: the caches refuse names that would give two things one key (see "Errors" of each cache).
//
//     trades_list("kraken", "BTC/USDT")       // trades:kraken:BTCUSDT
//     bars_list("BTCUSDT", "1m")              // ohlcv:BTCUSDT:1m
//     ticker_time_key("kraken", "BTC/USDT")   // ticker_time:kraken:BTC/USDT
#pragma once

#include <fullon_orm/trade.hpp>

#include <string>
#include <string_view>

namespace fullon_cache {

// Accounts.
inline constexpr std::string_view positions_hash = "account_positions"; ///< field = account
inline constexpr std::string_view balances_hash = "accounts"; ///< field = account

// Orders.
inline constexpr std::string_view orders_hash_prefix = "order_status:"; ///< + exchange; field = order id

// Bots; the field of the three hashes of places is `{exchange}:{symbol}`.
inline constexpr std::string_view blocks_hash = "block_exchange"; ///< value = id of the bot
/// Since when a block is held, and its lease. Only this library reads and writes it.
inline constexpr std::string_view block_notes_hash = "fullon_cache:block_notes";
inline constexpr std::string_view opening_hash = "opening_position"; ///< value = `{bot_id}:{ISO 8601}`
inline constexpr std::string_view bots_hash = "bot_status"; ///< field = id of the bot

// When trades were last written: strings with an ISO 8601 time.
inline constexpr std::string_view trade_status_prefix = "TRADE:STATUS:"; ///< + exchange, or another key
inline constexpr std::string_view user_trade_status_prefix = "USER_TRADE:STATUS:"; ///< + any key

// Processes.
inline constexpr std::string_view process_data_prefix = "process:data:"; ///< + id; a string
inline constexpr std::string_view process_active_prefix = "process:active:"; ///< + type; field = id
inline constexpr std::string_view process_components_hash = "process:components"; ///< field = component
inline constexpr std::string_view process_channel_prefix = "process:broadcast:"; ///< + type; a channel

inline constexpr std::string_view tick_crawlers_hash = "tick"; ///< field = crawler
inline constexpr std::string_view global_errors_list = "global_error"; ///< elements `{message}:{component}`

/// `{prefix}{rest}`.
inline std::string make_key(std::string_view prefix, std::string_view rest)
{
    std::string key(prefix);
    return key.append(rest);
}

/// `{prefix}{first}:{second}`.
inline std::string make_key(std::string_view prefix, std::string_view first, std::string_view second)
{
    std::string key(prefix);
    return key.append(first).append(":").append(second);
}

/// `order_status:{exchange}`: the hash of an exchange's orders.
inline std::string orders_hash(std::string_view exchange)
{
    return make_key(orders_hash_prefix, exchange);
}

// Tickers. The symbol keeps its '/'.
inline constexpr std::string_view ticker_hash_prefix = "tickers:"; ///< + exchange; field = symbol
inline constexpr std::string_view ticker_channel_prefix =
    "ticker_updates:"; ///< what this library publishes on
inline constexpr std::string_view older_ticker_channel_prefix = "next_ticker:"; ///< of older producers

/// `tickers:{exchange}`: the hash of an exchange's ticks.
inline std::string ticker_hash(std::string_view exchange)
{
    return std::string(ticker_hash_prefix).append(exchange);
}

/// `ticker_time:{exchange}:{symbol}`: a string, the time of the last tick: epoch seconds or `None`.
inline std::string ticker_time_key(std::string_view exchange, std::string_view symbol)
{
    return std::string("ticker_time:").append(exchange).append(":").append(symbol);
}

/// The channel on which writes of a tick are published. \param prefix one of the two above
inline std::string ticker_channel(std::string_view prefix, std::string_view exchange, std::string_view symbol)
{
    return std::string(prefix).append(exchange).append(":").append(symbol);
}

// Lists of trades and bars, the newest element at the end.
inline constexpr std::string_view trades_prefix = "trades:";
inline constexpr std::string_view bars_prefix = "ohlcv:";

/// `trades:{exchange}:{symbol without "/"}`: the public trades of a symbol.
inline std::string trades_list(std::string_view exchange, std::string_view symbol)
{
    return make_key(trades_prefix, exchange, fullon_orm::without_slash(symbol));
}

/// `user_trades:{uid}:{exchange}`: a user's own trades. In the key the user stands first.
inline std::string user_trades_list(std::string_view exchange, std::string_view uid)
{
    return make_key("user_trades:", uid, exchange);
}

/// `ohlcv:{symbol}:{timeframe}`, with the symbol as it is given: services write both spellings.
inline std::string bars_list(std::string_view symbol, std::string_view timeframe)
{
    return make_key(bars_prefix, symbol, timeframe);
}

} // namespace fullon_cache
