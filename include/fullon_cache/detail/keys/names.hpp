// Names that keys are made of: the one place where they are checked.
#pragma once

#include <fullon_cache/detail/keys/arguments.hpp>

#include <string>

namespace fullon_cache::detail {

// A key is `{exchange}:{symbol}` behind a prefix, or `{symbol}:{timeframe}`. Symbols may have a ':' (BTC/USDT:USDT). If
// anything else had one, two pairs would share a key.

/// An exchange, or what services write in its place. \throws cache_error invalid_argument
inline void require_exchange(const std::string& value, const char* name = "exchange")
{
    require_text(value, name);
    require(value.find(':') == std::string::npos, name, "not contain ':'");
}

/// \throws cache_error invalid_argument
inline void require_symbol(const std::string& value, const char* name = "symbol")
{
    require_text(value, name);
    // Keys of trades and bars have it without '/'.
    require(value.find_first_not_of('/') != std::string::npos, name, "be more than '/'");
}

/// \throws cache_error invalid_argument
inline void require_pair(const std::string& exchange, const std::string& symbol)
{
    require_exchange(exchange);
    require_symbol(symbol);
}

/// \throws cache_error invalid_argument
inline void require_timeframe(const std::string& value)
{
    require_exchange(value, "timeframe");
}

} // namespace fullon_cache::detail
