// One loop over several kinds of streams.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>

/// What it has seen live when it ends, which is with the first bar that is closed.
struct market_seen {
    market_seen() = default;
    int prices = 0;
    int trades = 0;
    double traded = 0;    ///< volume of the trades
    double bar_close = 0; ///< of the bar
};

boost::asio::awaitable<market_seen> follow(std::string url);
