// Random writes through the caches, as the services make them, removals among them.
#pragma once

#include "support/market.hpp"

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/connection.hpp>
#include <fullon_cache/ohlcv_cache.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/process_cache.hpp>
#include <fullon_cache/tick_cache.hpp>
#include <fullon_cache/trades_cache.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace support {

/// One of several services that write at the same time, each write when the one before is done. What it writes follows
/// from its seed; how the writes of several come to stand in Redis does not.
///
/// Each write has a mark, a number of its own, that only grows: the price of a ticker, of a trade and of a position, the
/// volume of a bar, the member `n` of a bot's feed.
class market_writer {
public:
    /// Is told of a mark before it is written: the topic of it, and which.
    using listener = std::function<void(std::string topic, std::int64_t mark)>;

    /// `number` tells writers apart, less than a thousand.
    market_writer(fullon_cache::connection& redis, market what, std::size_t number, unsigned seed,
                  listener on_write = {});
    market_writer(const market_writer&) = delete;
    market_writer& operator=(const market_writer&) = delete;

    /// Of whom a mark is.
    static std::int64_t writer_of(std::int64_t mark) { return mark % most_writers; }

    /// What it makes of the time of its ticks; as services do it whose clocks nobody looks after.
    enum class clock : std::uint8_t {
        usual,
        milliseconds,
        whole_seconds,
        backwards,
        jumping,
        standing,
        none
    };
    void set_clock(clock how) { clock_ = how; }

    /// What it writes from here on follows from `seed`, but for the marks.
    void reseed(unsigned seed) { random_.seed(seed); }

    boost::asio::awaitable<void> write(std::size_t count);

    /// Tickers that are told to nobody: the hash alone.
    boost::asio::awaitable<void> write_silent_ticker();

    /// A bot with a text of that size.
    boost::asio::awaitable<void> write_bot(std::size_t text);

    /// A sign of life of each of its processes, so that none goes stale while a test looks.
    boost::asio::awaitable<void> report();

private:
    static constexpr std::int64_t most_writers = 1000;

    boost::asio::awaitable<void> write_one();
    boost::asio::awaitable<void> write_ticker();
    boost::asio::awaitable<void> write_positions();
    boost::asio::awaitable<void> write_order();
    boost::asio::awaitable<void> write_process();
    boost::asio::awaitable<void> write_trade();
    boost::asio::awaitable<void> write_bar();
    boost::asio::awaitable<void> remove_much();

    fullon_orm::tick make_tick();
    std::optional<double> time_of_tick();

    // Also tells of it.
    std::int64_t mark(const std::string& topic);

    std::size_t below(std::size_t end) { return random_() % end; }
    bool once_in(std::size_t times) { return below(times) == 0; }

    market what_;
    listener on_write_;
    fullon_cache::connection& redis_;
    fullon_cache::tick_cache ticks_;
    fullon_cache::account_cache accounts_;
    fullon_cache::orders_cache orders_;
    fullon_cache::bot_cache bots_;
    fullon_cache::process_cache processes_;
    fullon_cache::trades_cache trades_;
    fullon_cache::ohlcv_cache bars_;
    std::string name_;
    std::mt19937 random_;
    std::vector<std::string> running_; // its processes
    std::size_t number_;
    std::size_t made_ = 0;
    std::int64_t marks_ = 0;
    clock clock_ = clock::usual;
};

} // namespace support
