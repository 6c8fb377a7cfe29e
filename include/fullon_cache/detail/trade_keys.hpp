// Names of the lists of trades and bars.
#pragma once

#include <fullon_cache/detail/keys.hpp>

#include <fullon_orm/trade.hpp>

#include <string>
#include <string_view>

namespace fullon_cache::detail {

inline constexpr std::string_view trades_prefix = "trades:";
inline constexpr std::string_view bars_prefix = "ohlcv:";

inline std::string trades_list(std::string_view exchange, std::string_view symbol)
{
    return make_key(trades_prefix, exchange, fullon_orm::without_slash(symbol));
}

inline std::string user_trades_list(std::string_view uid, std::string_view exchange)
{
    return make_key("user_trades:", uid, exchange);
}

inline std::string bars_list(std::string_view symbol, std::string_view timeframe)
{
    return make_key(bars_prefix, symbol, timeframe);
}

} // namespace fullon_cache::detail
