// Names of topics: what updates are numbered by, and what streams are sets of.
#pragma once

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

} // namespace fullon_cache_api::protocol
