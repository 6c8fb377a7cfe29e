// What there is in the scale test: exchanges, symbols, accounts, bots. Few enough that writers meet each other, and that
// every stream changes often.
#pragma once

#include <cstddef>
#include <string>

namespace scale {

inline constexpr std::size_t exchanges = 20;
inline constexpr std::size_t symbols = 20; // of an exchange
inline constexpr std::size_t accounts = 100;
inline constexpr std::size_t position_symbols = 6;
inline constexpr std::size_t orders = 40; // of an exchange
inline constexpr std::size_t bots = 40;
inline constexpr std::size_t traded_symbols = 8; // of an exchange

inline std::string exchange(std::size_t number)
{
    return "exchange_" + std::to_string(number % exchanges);
}
inline std::string symbol(std::size_t number)
{
    return "S" + std::to_string(number % symbols) + "/USDT";
}
/// As keys of trades and bars have it.
inline std::string slashless(std::string symbol)
{
    std::erase(symbol, '/');
    return symbol;
}
inline std::string account(std::size_t number)
{
    return std::to_string(1 + number % accounts);
}
inline std::string bot_id(std::size_t number)
{
    return "bot_" + std::to_string(number % bots);
}

} // namespace scale
