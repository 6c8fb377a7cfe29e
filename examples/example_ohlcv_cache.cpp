// The bars (candles) of fullon_cache, with real ones: BTC/USDT on 2 and 3 January 2023, five minutes each.
// Starts a Redis of its own. By hand, at yours: redis-cli LRANGE ohlcv:BTCUSDT:5m -3 -1 shows the three
// newest as they are stored.
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/ohlcv_cache.hpp>

#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>
#include <fullon_orm/iso_time.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace asio = boost::asio;
using examples::expect;
using fullon_orm::bar;

namespace {

/// Lines of `timestamp_ms,open,high,low,close,volume`, after a title.
std::vector<bar> read_bars(const std::string& file)
{
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    std::vector<bar> bars;
    while (std::getline(in, line)) {
        std::istringstream columns(line);
        std::array<double, 6> numbers{};
        for (auto& number : numbers) {
            columns >> number;
            columns.ignore(); // the comma
        }
        const auto [milliseconds, open, high, low, close, volume] = numbers;
        bars.push_back({milliseconds / 1000, open, high, low, close, volume});
    }
    return bars;
}

void print(const char* what, const bar& one)
{
    fmt::print("{:<9} {}  {:>8} {:>8} {:>8} {:>8}  volume {:>9.3f}\n", what,
               fullon_orm::format_iso(one.timestamp), one.open, one.high, one.low, one.close, one.volume);
}

asio::awaitable<void> write_history(fullon_cache::ohlcv_cache cache, std::vector<bar> history)
{
    co_await cache.update_ohlcv_bars("BTC/USDT", "5m", history); // all in one step
    const auto newest = co_await cache.get_latest_ohlcv_bars("BTC/USDT", "5m", 3);
    expect(newest.size() == 3 && newest.back() == history.back(), "the three newest, the newest last");
    fmt::print("written   {} bars; open, high, low and close of the newest:\n", history.size());
    for (const auto& one : newest)
        print("bar", one);
}

asio::awaitable<void> write_open_bar(fullon_cache::ohlcv_cache cache, bar last)
{
    // A bar that is not over yet is written again and again: of those of one time the last written counts.
    bar open{.timestamp = last.timestamp + 300,
             .open = last.close,
             .high = last.close,
             .low = last.close,
             .close = last.close};
    for (const double price : std::array{16734.5, 16725.25, 16731.0}) {
        open.high = std::max(open.high, price);
        open.low = std::min(open.low, price);
        open.close = price;
        open.volume += 12.5;
        const std::vector<bar> update(1, open);
        co_await cache.update_ohlcv_bars("BTC/USDT", "5m", update);
    }
    const auto newest = co_await cache.get_latest_ohlcv_bars("BTC/USDT", "5m", 2);
    expect(newest.size() == 2 && newest[0] == last && newest[1] == open, "the open bar once, as it is now");
    print("open bar", newest.back());
}

asio::awaitable<void> compute(fullon_cache::ohlcv_cache cache)
{
    const auto hour = co_await cache.get_latest_ohlcv_bars("BTC/USDT", "5m", 12);
    expect(hour.size() == 12, "an hour of bars");
    double high = 0;
    double sum = 0;
    for (const auto& one : hour) {
        high = std::max(high, one.high);
        sum += one.close;
    }
    fmt::print("last hour high {}, average close {:.2f}\n", high, sum / 12);
}

asio::awaitable<void> bounds(fullon_cache::ohlcv_cache cache)
{
    const auto all = co_await cache.get_latest_ohlcv_bars("BTC/USDT", "5m", 1000);
    // 150 entries are kept, and the open bar has three of them.
    expect(all.size() == 148, "as many as there are, when there are less");
    fmt::print("kept      {} bars in 150 entries (config::max_bars), from {}\n", all.size(),
               fullon_orm::format_iso(all.front().timestamp));
    expect((co_await cache.get_latest_ohlcv_bars("BTC/USDT", "1h")).empty(), "no bars of another timeframe");
    fmt::print("bar       BTC/USDT 1h: not in the cache\n");
}

asio::awaitable<void> example()
{
    const auto history = read_bars(FULLON_EXAMPLES_DIR "/data/btc_usdt_5m_candles.csv");
    expect(history.size() == 200, "200 bars in the file");
    support::redis_server redis;
    fullon_cache::config config;
    config.host = redis.host();
    config.port = redis.port();
    config.max_bars = 150; // per symbol and timeframe; 10000 unless set
    fmt::print("redis     a private one, on port {}\n", redis.port());

    fullon_cache::connection connection(co_await asio::this_coro::executor, config);
    connection.start();
    const fullon_cache::ohlcv_cache cache(connection);
    co_await write_history(cache, history);
    co_await write_open_bar(cache, history.back());
    co_await compute(cache);
    co_await bounds(cache);
    co_await connection.stop();
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(argc, argv,
                                "The bars (candles) of fullon_cache, with real ones of BTC/USDT.");
    return examples::run(example());
}
