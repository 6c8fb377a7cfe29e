// What there is in a made-up market: exchanges, symbols, accounts, bots, by number.
#pragma once

#include <cstddef>
#include <string>

namespace support {

/// How many there are of each; numbers beyond come round again. Few enough that writers meet each other, and that every
/// stream changes often.
struct market {
    std::size_t exchanges = 20;
    std::size_t symbols = 20; // of an exchange
    std::size_t accounts = 100;
    std::size_t position_symbols = 6;
    std::size_t orders = 40; // of an exchange
    std::size_t bots = 40;
    std::size_t traded_symbols = 8; // of an exchange

    // How it is written.
    std::size_t writes_of_a_bar = 100; // until time has gone on by one
    std::size_t writes_between_removals = 2000; // of much at once
    std::size_t much_text = 0; // bytes in some bots

    std::string exchange(std::size_t number) const
    {
        return "exchange_" + std::to_string(number % exchanges);
    }
    std::string symbol(std::size_t number) const { return "S" + std::to_string(number % symbols) + "/USDT"; }
    std::string traded_symbol(std::size_t number) const { return symbol(number % traded_symbols); }
    std::string account(std::size_t number) const { return std::to_string(1 + number % accounts); }
    std::string bot_id(std::size_t number) const { return "bot_" + std::to_string(number % bots); }
    std::string order_id(std::size_t number) const { return "order_" + std::to_string(number % orders); }
};

/// As keys of trades and bars have it.
inline std::string slashless(std::string symbol)
{
    std::erase(symbol, '/');
    return symbol;
}

} // namespace support
