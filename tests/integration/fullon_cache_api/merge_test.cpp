// merge() over the streams of a client: a real Redis, a server that goes away, a consumer that gives up waiting.
#include "support/async_test.hpp"
#include "support/served_redis.hpp"
#include "support/surfaces.hpp"

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/merge.hpp>
#include <fullon_cache_api/types/account.hpp>
#include <fullon_cache_api/types/ticker.hpp>
#include <fullon_coro/deadline.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using fullon_cache_api::account_position;
using fullon_cache_api::client;
using fullon_cache_api::merged;
using fullon_cache_api::ticker;
using fullon_cache_api::update;
using fullon_coro::with_deadline;
using support::make_tick;
using support::served_redis;
using support::surface;

using item = std::variant<update<ticker>, update<account_position>>;

fullon_orm::position make_position(double volume)
{
    fullon_orm::position made;
    made.ex_id = "1";
    made.symbol = "A";
    made.volume = volume;
    made.price = 100;
    return made;
}

// What a bot keeps: the newest of both, and how many updates it knows of.
struct bot_view {
    double price = 0;
    double size = 0;
    std::uint64_t prices = 0;
    std::uint64_t sizes = 0;
    int resynced = 0;

    void take_in(const item& one)
    {
        if (const auto* const quote = std::get_if<0>(&one)) {
            price = quote->price;
            prices += quote->snapshot ? 0 : 1 + quote->missed;
            resynced += quote->resync ? 1 : 0;
        } else {
            const auto& held = std::get<1>(one);
            size = held.size.value_or(0);
            sizes += held.snapshot ? 0 : 1 + held.missed;
            resynced += held.resync ? 1 : 0;
        }
    }
};

// Waits in small pieces, so that most of the waits are given up.
asio::awaitable<void> follow_until(merged<item>* all, bot_view* seen, double price, double size)
{
    const auto deadline = std::chrono::steady_clock::now() + 10s * support::patience;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (seen->price != price || seen->size != size) {
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("did not come: " + std::to_string(price) + ", " + std::to_string(size));
        timer.expires_after(200us);
        auto either = co_await (all->next() || timer.async_wait(asio::use_awaitable));
        if (either.index() == 1)
            continue;
        const auto& one = std::get<0>(either);
        if (!one)
            throw std::runtime_error("the streams ended");
        seen->take_in(*one);
    }
}

} // namespace

TEST_CASE("a bot follows prices and positions in one loop, through an outage, and misses nothing")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const fullon_cache::account_cache accounts(world.writer);
        co_await world.ticks.set_ticker(make_tick("x", "A", 1, 1));
        co_await accounts.upsert_position(make_position(1));

        std::optional<client> cache = co_await client::connect(world.url());
        auto prices = co_await cache->stream_tickers("x");
        auto positions = co_await cache->stream_positions("1");
        auto all = fullon_cache_api::merge(std::move(prices), std::move(positions));
        bot_view seen;
        co_await follow_until(&all, &seen, 1, 1);

        for (int i = 2; i <= 100; ++i) {
            co_await world.ticks.set_ticker(make_tick("x", "A", i, i));
            co_await accounts.upsert_position(make_position(i));
            if (i % 10 == 0)
                co_await follow_until(&all, &seen, i, i);
        }
        CHECK(seen.prices == 99);
        CHECK(seen.sizes <= 99); // the server may see two writes as one
        CHECK(seen.resynced == 0);

        world.kill_server();
        co_await world.ticks.set_ticker(make_tick("x", "A", 200, 200));
        co_await accounts.upsert_position(make_position(200));
        co_await world.start_server();
        co_await follow_until(&all, &seen, 200, 200);
        CHECK(seen.resynced >= 2);

        co_await cache->close();
        cache.reset(); // the streams outlive their client: they are at their end
        auto last = co_await with_deadline(10s * support::patience, all.next());
        while (last)
            last = co_await with_deadline(10s * support::patience, all.next());
        co_await world.stop();
    });
}

TEST_CASE("a merge that is destroyed unsubscribes its streams")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        auto cache = co_await support::use(world, where);
        std::vector<fullon_cache_api::stream<ticker>> streams;
        for (int i = 0; i < 3; ++i) {
            auto one = co_await cache->stream_tickers("x" + std::to_string(i));
            streams.push_back(std::move(one));
        }
        std::optional<merged<update<ticker>>> all = fullon_cache_api::merge(std::move(streams));
        for (int i = 0; i < 3; ++i)
            co_await world.ticks.set_ticker(make_tick("x" + std::to_string(i), "A", i + 1, 1));
        double sum = 0;
        for (int i = 0; i < 3; ++i) {
            const auto one = co_await with_deadline(10s * support::patience, all->next());
            sum += one.value().price;
        }
        CHECK(sum == 6);
        auto open = co_await cache->list_streams();
        CHECK(open.streams.size() == 3);
        all.reset();
        const auto deadline = std::chrono::steady_clock::now() + 10s * support::patience;
        while (!open.streams.empty() && std::chrono::steady_clock::now() < deadline)
            open = co_await cache->list_streams();
        CHECK(open.streams.empty());
        co_await cache.close();
        co_await world.stop();
    });
}
