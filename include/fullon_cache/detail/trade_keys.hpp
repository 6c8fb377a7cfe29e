// Names of the lists of trades and bars.
#pragma once

#include <fullon_cache/detail/keys.hpp>

#include <fullon_orm/trade.hpp>

#include <string>
#include <string_view>

namespace fullon_cache::detail {

inline std::string trades_list(std::string_view exchange, std::string_view symbol)
{
    return make_key("trades:", exchange, fullon_orm::without_slash(symbol));
}

inline std::string user_trades_list(std::string_view uid, std::string_view exchange)
{
    return make_key("user_trades:", uid, exchange);
}

inline std::string bars_list(std::string_view symbol, std::string_view timeframe)
{
    return make_key("ohlcv:", symbol, timeframe);
}

} // namespace fullon_cache::detail
