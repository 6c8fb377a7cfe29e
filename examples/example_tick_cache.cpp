// The ticker cache of fullon_cache, writing and reading: what a service that collects prices uses.
// Starts a Redis of its own. By hand, at yours: redis-cli HGETALL tickers:kraken shows what is stored,
// redis-cli SUBSCRIBE ticker_updates:kraken:BTC/USDT what is published.
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/tick_cache.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>

#include <chrono>
#include <optional>
#include <string>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using examples::expect;
using fullon_orm::tick;

namespace {

tick make_tick(std::string exchange, std::string symbol, double price, double time)
{
    tick made;
    made.exchange = std::move(exchange);
    made.symbol = std::move(symbol);
    made.price = price;
    made.last = price;
    made.bid = price - 0.5; // what is left out stays empty: made.volume, made.ask
    made.time = time;
    return made;
}

asio::awaitable<void> write(fullon_cache::tick_cache cache)
{
    // One round trip each: the hash, the time of the last tick, and the publication for those who listen.
    co_await cache.set_ticker(make_tick("kraken", "BTC/USDT", 47000.5, 1640995200.1));
    co_await cache.set_ticker(make_tick("kraken", "ETH/USDT", 3700.25, 1640995200.2));
    co_await cache.set_ticker(make_tick("binance", "BTC/USDT", 47010, 1640995200.3));
    fmt::print("written   3 tickers at 2 exchanges\n");
}

asio::awaitable<void> read(fullon_cache::tick_cache cache)
{
    const auto btc = co_await cache.get_ticker("kraken", "BTC/USDT");
    expect(btc && btc->price == 47000.5 && btc->bid == 47000.0 && !btc->volume,
           "the ticker as it was written");
    fmt::print("get       {} at {}: {}, bid {}\n", btc->symbol, btc->exchange, btc->price, *btc->bid);

    const auto nothing = co_await cache.get_ticker("kraken", "DOGE/USDT");
    expect(!nothing, "an empty optional for a ticker that is not there");
    fmt::print("get       DOGE/USDT at kraken: not in the cache\n");

    for (const auto& one : co_await cache.get_all_tickers("kraken"))
        fmt::print("all       {} at {}: {}\n", one.symbol, one.exchange, one.price);
    expect((co_await cache.get_all_tickers("kraken")).size() == 2, "two tickers at kraken");
    expect((co_await cache.get_ticker_exchanges()).size() == 2, "two exchanges");

    const auto any = co_await cache.get_any_ticker("BTC/USDT");
    expect(any && any->exchange == "binance", "the newest BTC/USDT of all exchanges");
    fmt::print("any       BTC/USDT: {} at {}, the newest\n", any->price, any->exchange);

    const auto price = co_await cache.get_any_price("ETH/USDT");
    expect(price == 3700.25, "the price of ETH/USDT");
    fmt::print("price     ETH/USDT: {}\n", *price);
}

asio::awaitable<void> value_in_dollars(fullon_cache::tick_cache cache)
{
    fullon_cache::order_sizes sizes;
    sizes.free = 0.5;
    sizes.total = 2;
    const auto worth = co_await cache.round_down("kraken", "ETH/USDT", sizes);
    expect(worth && worth->free == 0.5 * 3700.25 && worth->total == 2 * 3700.25, "size x price");
    fmt::print("worth     {} ETH: {} US dollars\n", sizes.total, worth->total);

    sizes.free = 0.0005;
    const auto dust = co_await cache.round_down("kraken", "ETH/USDT", sizes);
    expect(dust && dust->total == 0, "nothing where less than 2 dollars are free");
    fmt::print("worth     {} ETH, {} of them free: too little\n", sizes.total, sizes.free);
}

asio::awaitable<void> listen(fullon_cache::tick_cache cache, bool* heard)
{
    const auto next = co_await cache.get_next_ticker("kraken", "SOL/USDT", std::chrono::seconds(10));
    *heard = true;
    expect(next && next->price > 47000.5, "a first tick within ten seconds");
    fmt::print("next      {} at {}: {}\n", next->symbol, next->exchange, next->price);
}

asio::awaitable<void> publish(fullon_cache::tick_cache cache, const bool* heard)
{
    double price = 47000.5;
    while (!*heard) {
        price += 1;
        co_await cache.set_ticker(make_tick("kraken", "SOL/USDT", price, 1640995200 + price));
    }
}

asio::awaitable<void> wait_for_next(fullon_cache::tick_cache reader, fullon_cache::tick_cache writer)
{
    const auto stored = co_await reader.get_next_ticker("kraken", "BTC/USDT", std::chrono::seconds(0));
    expect(stored.has_value(), "what is stored comes at once");
    // Where nothing is, the first that comes: the writer goes on until the reader has heard it.
    bool heard = false;
    co_await (listen(reader, &heard) && publish(writer, &heard));

    const auto none = co_await reader.get_next_ticker("nowhere", "BTC/USDT", std::chrono::milliseconds(100));
    expect(!none, "an empty optional after the time-out");
    fmt::print("next      BTC/USDT at nowhere: none within 100 ms\n");
}

asio::awaitable<void> remove(fullon_cache::tick_cache cache)
{
    expect(co_await cache.delete_ticker("kraken", "BTC/USDT"), "there was one to delete");
    expect(!co_await cache.delete_ticker("kraken", "BTC/USDT"), "and then no more");
    expect(co_await cache.delete_exchange_tickers("kraken") == 2, "two were left at kraken");
    expect((co_await cache.get_all_tickers()).size() == 1, "binance's is the only one now");
    fmt::print("deleted   BTC/USDT at kraken, then all of kraken\n");
}

asio::awaitable<void> example()
{
    support::redis_server redis;
    fullon_cache::config config;
    config.host = redis.host();
    config.port = redis.port();
    fmt::print("redis     a private one, on port {}\n", redis.port());

    // One connection, shared by as many caches as there are.
    fullon_cache::connection connection(co_await asio::this_coro::executor, config);
    connection.start();
    const fullon_cache::tick_cache cache(connection);
    co_await write(cache);
    co_await read(cache);
    co_await value_in_dollars(cache);
    co_await wait_for_next(cache, cache);
    co_await remove(cache);
    co_await connection.stop();
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(argc, argv, "The ticker cache of fullon_cache, writing and reading.");
    return examples::run(example());
}
