// Recorded trades as an endless sequence of ticks. No I/O but reading the file.
#pragma once

#include <fullon_orm/number_text.hpp>
#include <fullon_orm/tick.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace demo {

struct trade {
    double time; ///< epoch seconds
    bool buy;    ///< the taker bought: the price is an ask
    double price;
    double amount;
};

/// CSV with the header timestamp_ms,trade_id,side,price,amount,cost. \throws std::runtime_error
inline std::vector<trade> read_trades(const std::filesystem::path& file)
{
    std::ifstream in(file);
    std::string line;
    if (!std::getline(in, line))
        throw std::runtime_error("cannot read " + file.string());
    std::vector<trade> trades;
    while (std::getline(in, line)) {
        std::vector<std::string_view> cells;
        for (std::string_view rest = line;;) {
            const auto comma = rest.find(',');
            cells.push_back(rest.substr(0, comma));
            if (comma == std::string_view::npos)
                break;
            rest.remove_prefix(comma + 1);
        }
        const auto cell = [&](std::size_t i) {
            return i < cells.size() ? fullon_orm::parse_number(cells[i]) : std::nullopt;
        };
        const auto time = cell(0), price = cell(3), amount = cell(4);
        if (!time || !price || !amount)
            throw std::runtime_error("unreadable line in " + file.string() + ": " + line);
        trades.push_back({*time / 1000, cells[2] == "buy", *price, *amount});
    }
    if (trades.size() < 2)
        throw std::runtime_error("no trades in " + file.string());
    return trades;
}

/// The trades from one of them on, again from the beginning when they are over, with times shifted so that they
/// only grow (of several trades in one millisecond each is a microsecond later).
class replay {
public:
    replay(const std::vector<trade>& trades, std::size_t first, std::string exchange, std::string symbol)
        : trades_(trades), position_(first), begin_(trades[first].time)
    {
        tick_.exchange = std::move(exchange);
        tick_.symbol = std::move(symbol);
    }

    /// The tick after the next trade: price = last = of the trade; bid and ask = the last price that was sold
    /// and bought at, but bid always below ask; volume = traded since the replay began.
    const fullon_orm::tick& next()
    {
        const auto& traded = trades_[position_];
        const double recorded = due_time();
        tick_.time = tick_.time ? std::max(recorded, *tick_.time + 1e-6) : recorded;
        tick_.price = traded.price;
        tick_.last = traded.price;
        // The recording has no quotes: the side that was not traded gives way where the price has passed it.
        (traded.buy ? tick_.ask : tick_.bid) = traded.price;
        if (tick_.bid && tick_.ask && !(*tick_.bid < *tick_.ask))
            (traded.buy ? tick_.bid : tick_.ask) =
                std::round(traded.price * 100 + (traded.buy ? -1 : 1)) / 100;
        tick_.volume = tick_.volume.value_or(0) + traded.amount;
        if (++position_ == trades_.size()) {
            position_ = 0;
            shift_ += trades_.back().time - trades_.front().time + 0.1;
        }
        return tick_;
    }

    /// Recorded seconds from the beginning of this replay to the next trade.
    double due() const { return due_time() - begin_; }

private:
    double due_time() const { return trades_[position_].time + shift_; }

    const std::vector<trade>& trades_;
    std::size_t position_;
    double begin_;
    double shift_ = 0;
    fullon_orm::tick tick_;
};

} // namespace demo
