// The account cache of fullon_cache: balances and positions of exchange accounts, as the service that follows
// the accounts writes them and bots read them. Starts a Redis of its own. By hand, at yours: redis-cli HGET
// accounts 7 shows all balances of account 7, redis-cli HGET account_positions 7 its positions.
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/account_cache.hpp>

#include <boost/asio/this_coro.hpp>
#include <boost/json/object.hpp>
#include <fmt/core.h>

#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using examples::expect;
using fullon_orm::balance;
using fullon_orm::position;

namespace {

position make_position(std::string symbol, double volume, double price)
{
    position made;
    made.symbol = std::move(symbol);
    made.volume = volume; // below zero: a short one
    made.price = price;
    made.cost = volume * price;
    return made; // fee, count and timestamp stay empty
}

asio::awaitable<void> write_balances(fullon_cache::account_cache cache)
{
    // A list that is passed to something awaited has a name: g++ 12 does not compile a brace list there.
    const std::vector<balance> balances{
        {.currency = "USDT", .total = 10000, .available = 7500, .reserved = 2500},
        {.currency = "BTC", .total = 0.75, .available = 0.5},
    };
    co_await cache.upsert_user_account("7", balances);

    // Or as an exchange reports it, in its own spelling.
    const boost::json::object reported{{"ETH", {{"total", 12.5}, {"free", 10.0}, {"used", 2.5}}}};
    co_await cache.upsert_user_account("8", reported);
    fmt::print("written   balances of the accounts 7 and 8\n");
}

asio::awaitable<void> read_balances(fullon_cache::account_cache cache)
{
    const auto account = co_await cache.get_account_balances("7");
    expect(account && account->balances.size() == 2 && account->date,
           "two currencies, and when they were written");
    for (const auto& one : account->balances)
        fmt::print("balance   7: {:<4} {:>8} of {:>8} available\n", one.currency, *one.available, *one.total);

    const auto btc = co_await cache.get_full_account("7", "BTC");
    expect(btc && btc->reserved == 0.25, "what was not given is total - available");
    fmt::print("balance   7: BTC  {:>8} reserved\n", *btc->reserved);

    const auto eth = co_await cache.get_full_account("8", "ETH");
    expect(eth && eth->available == 10.0, "the same balance, in either spelling");
    fmt::print("balance   8: ETH  {:>8} of {:>8} available\n", *eth->available, *eth->total);

    expect(!co_await cache.get_full_account("7", "EUR"),
           "an empty optional for a currency that is not there");
    fmt::print("balance   7: EUR  not in the cache\n");
    expect((co_await cache.get_all_accounts()).size() == 2, "two accounts");
}

asio::awaitable<void> positions(fullon_cache::account_cache cache)
{
    std::vector<position> held;
    held.push_back(make_position("BTC/USDT", 0.25, 47000));
    held.push_back(make_position("ETH/USDT", -4, 3700));
    co_await cache.upsert_positions("7", held); // replaces all of the account

    // One of them alone: the others stay, also where somebody else writes this account at the same time.
    auto more = make_position("BTC/USDT", 0.5, 46900);
    more.ex_id = "7";
    more.timestamp = 1640995200.5;
    co_await cache.upsert_position(more);
    for (const auto& one : co_await cache.get_positions("7"))
        fmt::print("position  7: {:<8} {:>5} at {}\n", one.symbol, *one.volume, *one.price);

    const auto btc = co_await cache.get_position("7", "BTC/USDT");
    expect(btc && btc->volume == 0.5 && btc->cost == 0.5 * 46900, "the position as it was written last");
    const auto newer = co_await cache.get_position("7", "BTC/USDT", 1640995200.5);
    expect(!newer, "nothing newer than what we know");
    fmt::print("position  7: BTC/USDT: nothing newer than {:.1f}\n", *btc->timestamp);

    // Nothing changed, but the account was looked at: say so.
    const auto before = co_await cache.get_account_positions("7");
    expect(co_await cache.touch_positions("7"), "there are positions to touch");
    const auto after = co_await cache.get_account_positions("7");
    expect(before && after && *after->timestamp > *before->timestamp && after->positions == before->positions,
           "a later time, the same positions");
    fmt::print("touched   7: the same positions, {:.1f} ms later\n",
               1000 * (*after->timestamp - *before->timestamp));
}

asio::awaitable<void> remove(fullon_cache::account_cache cache)
{
    const std::vector<position> none;
    co_await cache.upsert_positions("7", none);
    expect(!co_await cache.get_account_positions("7"), "no positions: no entry");
    expect(co_await cache.clean_positions() == 1, "balances alone were left");
    expect((co_await cache.get_all_accounts()).empty(), "and now nothing is");
    fmt::print("deleted   all positions of 7, then everything of all accounts\n");
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
    const fullon_cache::account_cache cache(connection);
    co_await write_balances(cache);
    co_await read_balances(cache);
    co_await positions(cache);
    co_await remove(cache);
    co_await connection.stop();
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(
        argc, argv, "The account cache of fullon_cache: balances and positions of exchange accounts.");
    return examples::run(example());
}
