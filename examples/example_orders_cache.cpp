// The orders cache of fullon_cache: the life of an order, as a bot and the service that talks to the exchange
// see it. Starts a Redis of its own. By hand, at yours: redis-cli HGETALL order_status:kraken shows what is
// stored, redis-cli LRANGE new_orders:LOCAL-1 0 -1 what nobody has picked up.
#include "support/pause.hpp"
#include "support/run.hpp"

#include "support/redis_server.hpp" // tests/support

#include <fullon_cache/orders_cache.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>

#include <chrono>
#include <string>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using examples::expect;
using examples::pause;
using fullon_orm::order;

namespace {

void print(const order& one)
{
    fmt::print("order     {}: {} {} of {}, {} filled, {}\n", one.order_id, one.side.value_or("?"),
               one.volume.value_or(0), one.symbol.value_or("?"), one.final_volume.value_or(0),
               one.status.value_or("?"));
}

/// The service: the exchange has taken the order and has given it an id.
asio::awaitable<void> place(fullon_cache::orders_cache cache)
{
    order placed;
    placed.ex_order_id = "OX-100"; // the field under which it is stored; without one, order_id
    placed.bot_id = 7;
    placed.symbol = "BTC/USDT";
    placed.order_type = "limit";
    placed.side = "buy";
    placed.volume = 0.25;
    placed.price = 47000;
    placed.status = "open";
    co_await cache.save_order("kraken", placed);
    co_await cache.push_open_order("OX-100", "LOCAL-1");
    fmt::print("service   the exchange calls LOCAL-1 OX-100\n");
}

/// The bot: waits for that id, which another program writes.
asio::awaitable<void> wait_for_id(fullon_cache::orders_cache cache)
{
    const auto id = co_await cache.pop_open_order("LOCAL-1", std::chrono::seconds(5));
    expect(id == "OX-100", "the id of the exchange within five seconds");
    fmt::print("bot       LOCAL-1 is {}\n", *id);
    const auto none = co_await cache.pop_open_order("LOCAL-1", std::chrono::milliseconds(50));
    expect(!none, "the id was taken out");

    const auto placed = co_await cache.get_order_status("kraken", *id);
    expect(placed && placed->status == "open" && placed->timestamp, "the order, and when it was written");
    print(*placed);
}

asio::awaitable<void> fill(fullon_cache::orders_cache cache)
{
    // What an update leaves empty stays as it is stored, also where two services update one order at a time.
    order part;
    part.ex_order_id = "OX-100";
    part.status = "partially_filled";
    part.final_volume = 0.1;
    co_await cache.save_order_data("kraken", part);
    const auto after = co_await cache.get_order_status("kraken", "OX-100");
    expect(after && after->final_volume == 0.1 && after->price == 47000.0,
           "both what is new and what was there");
    print(*after);

    part.status = "filled";
    part.final_volume = 0.25;
    co_await cache.update_order("kraken", part); // another name of the same
    const auto found = co_await cache.find_order("OX-100"); // at whichever exchange
    expect(found && found->exchange == "kraken" && found->status == "filled", "the order, and where it is");
    print(*found);
}

asio::awaitable<void> cancel(fullon_cache::orders_cache cache)
{
    order other;
    other.order_id = "LOCAL-2"; // the exchange has not answered yet
    other.symbol = "ETH/USDT";
    other.side = "sell";
    other.volume = 4;
    other.status = "open";
    co_await cache.save_order("kraken", other);
    order canceled;
    canceled.order_id = "LOCAL-2";
    canceled.status = "canceled";
    co_await cache.save_order_data("kraken", canceled);
    const auto kept = co_await cache.get_order_status("kraken", "LOCAL-2");
    expect(kept && kept->status == "canceled" && kept->volume == 4.0, "cancelled, and for now still there");
    print(*kept);
}

/// A cancelled order is kept for config::order_lifetime. Redis 7.4 then deletes it by itself; older ones
/// keep it until the next order is cancelled at that exchange.
asio::awaitable<void> outlive(fullon_cache::orders_cache cache)
{
    fmt::print("all       kraken has {} orders\n", co_await cache.get_queue_length("kraken"));
    co_await pause(std::chrono::milliseconds(1100));
    order another;
    another.order_id = "LOCAL-3";
    another.status = "canceled";
    co_await cache.save_order_data("kraken", another);

    expect(!co_await cache.get_order_status("kraken", "LOCAL-2"), "its time is over");
    fmt::print("order     LOCAL-2: no longer in the cache\n");
    for (const auto& one : co_await cache.get_orders("kraken"))
        fmt::print("all       {}: {}\n", one.order_id, one.status.value_or("?"));
    expect(co_await cache.get_queue_length("kraken") == 2, "the others are there");
    expect((co_await cache.get_order_exchanges()).size() == 1, "one exchange has orders");
}

asio::awaitable<void> example()
{
    support::redis_server redis;
    fullon_cache::config config;
    config.host = redis.host();
    config.port = redis.port();
    config.order_lifetime = std::chrono::seconds(1); // of a cancelled order; an hour unless set
    fmt::print("redis     a private one, on port {}\n", redis.port());

    fullon_cache::connection connection(co_await asio::this_coro::executor, config);
    connection.start();
    const fullon_cache::orders_cache cache(connection);
    co_await (wait_for_id(cache) && place(cache)); // the bot waits already when the service begins
    co_await fill(cache);
    co_await cancel(cache);
    co_await outlive(cache);
    co_await connection.stop();
}

} // namespace

int main(int argc, char** argv)
{
    examples::take_no_arguments(argc, argv, "The orders cache of fullon_cache: the life of an order.");
    return examples::run(example());
}
