// The trades cache of fullon_cache: public trades of an exchange, on their way from the service that collects
// them to those who store them, and the trades of users. Starts a Redis of its own. By hand, at yours:
// redis-cli LRANGE trades:kraken:BTCUSDT 0 -1, LRANGE user_trades:42:kraken 0 -1, GET TRADE:STATUS:kraken.
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/trades_cache.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>
#include <fullon_orm/iso_time.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using examples::expect;
using fullon_orm::trade;

namespace {

trade make_trade(std::int64_t id, std::string side, double volume, double price)
{
    trade made;
    made.ex_trade_id = id;
    made.symbol = "BTC/USDT";
    made.side = std::move(side);
    made.volume = volume;
    made.price = price;
    made.cost = volume * price;
    made.time = 1640995200.0 + static_cast<double>(id);
    return made;
}

void print(const char* what, const trade& one)
{
    fmt::print("{:<9} {}: {:<4} {} at {}\n", what, one.symbol, one.side.value_or("?"), one.volume, one.price);
}

asio::awaitable<void> write(fullon_cache::trades_cache cache)
{
    // Each notes also when the exchange's trades were last written: TRADE:STATUS:kraken.
    co_await cache.push_trade("kraken", make_trade(1, "buy", 0.5, 47000.5));
    co_await cache.push_trade("kraken", make_trade(2, "sell", 0.125, 47000));
    const auto waiting = co_await cache.push_trade("kraken", make_trade(3, "buy", 2, 47001));
    expect(waiting == 3, "how many wait in the list now");
    fmt::print("written   {} trades\n", waiting);
}

asio::awaitable<void> read(fullon_cache::trades_cache cache)
{
    // Looking takes nothing out.
    for (const auto& one : co_await cache.get_trades("kraken", "BTC/USDT", 2))
        print("newest", one);
    const auto all = co_await cache.get_trades("kraken", "BTC/USDT");
    expect(all.size() == 3 && all.front().price == 47000.5, "all that wait, the oldest first");

    const auto written = co_await cache.get_trade_status("kraken");
    expect(written.has_value(), "when that was");
    fmt::print("status    kraken: written at {}\n", fullon_orm::format_iso(*written));
}

asio::awaitable<void> take(fullon_cache::trades_cache cache)
{
    // Whoever stores trades takes them out: all at once, and each goes to one taker alone.
    const auto taken = co_await cache.take_trades("kraken", "BTC/USDT");
    expect(taken.size() == 3, "all three of them");
    for (const auto& one : taken)
        print("taken", one);
    expect((co_await cache.take_trades("kraken", "BTC/USDT")).empty(), "and then none");
    fmt::print("taken     no more\n");
}

/// Stands for another program.
asio::awaitable<void> execute_order(fullon_cache::trades_cache cache)
{
    auto own = make_trade(4, "buy", 0.25, 47002);
    own.uid = 42;
    own.ex_order_id = "OX-100";
    co_await cache.push_user_trade("kraken", "42", own);
    co_await cache.update_user_trade_status("kraken");
}

asio::awaitable<void> wait_for_user_trade(fullon_cache::trades_cache cache)
{
    const auto own = co_await cache.pop_user_trade("kraken", "42", std::chrono::seconds(5));
    expect(own && own->price == 47002 && own->ex_order_id, "the trade of user 42 within five seconds");
    print("user 42", *own);
}

asio::awaitable<void> statuses(fullon_cache::trades_cache cache)
{
    const auto none = co_await cache.pop_user_trade("kraken", "42"); // does not wait
    expect(!none, "there was one only");

    co_await cache.update_user_trade_status("binance", 1640995200); // at another time than now
    for (const auto& [key, time] : co_await cache.get_all_trade_statuses("USER_TRADE:STATUS"))
        fmt::print("statuses  {}: {}\n", key, fullon_orm::format_iso(time));
    const auto keys = co_await cache.get_trade_status_keys();
    expect(keys.size() == 1 && keys.front() == "TRADE:STATUS:kraken",
           "public trades have notes of their own");
    expect(co_await cache.delete_user_trade_statuses() == 2, "two notes were there");
    fmt::print("deleted   the notes about users' trades\n");
}

asio::awaitable<void> example()
{
    support::redis_server redis;
    fullon_cache::config config;
    config.host = redis.host();
    config.port = redis.port();
    fmt::print("redis     a private one, on port {}\n", redis.port());

    fullon_cache::connection connection(co_await asio::this_coro::executor, config);
    connection.start();
    const fullon_cache::trades_cache cache(connection);
    co_await write(cache);
    co_await read(cache);
    co_await take(cache);
    co_await (wait_for_user_trade(cache) && execute_order(cache)); // it waits already when the trade comes
    co_await statuses(cache);
    co_await connection.stop();
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(
        argc, argv, "The trades cache of fullon_cache: public trades of an exchange, and those of users.");
    return examples::run(example());
}
