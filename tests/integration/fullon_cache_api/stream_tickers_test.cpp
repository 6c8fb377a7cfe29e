// stream_tickers from Redis through a server to a client, with outages at every link.
#include "support/async_test.hpp"
#include "support/served_redis.hpp"
#include "support/surfaces.hpp"

#include <fullon_cache/command.hpp>
#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_coro/deadline.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::command;
using fullon_cache_api::client;
using fullon_cache_api::ticker;
using fullon_coro::with_deadline;
using support::make_tick;
using support::served_redis;
using support::surface;
using ticker_stream = fullon_cache_api::stream<ticker>;
using ticker_update = fullon_cache_api::update<ticker>;

// g++ 12 cannot keep an initializer_list across a co_await.
const std::vector<std::string> two_symbols{"A", "B"};
const std::vector<std::string> three_symbols{"A", "B", "C"};
const std::vector<std::string> reads{"cmdstat_hmget", "cmdstat_hscan", "cmdstat_hget", "cmdstat_subscribe"};

// The next item; running dry or out of time is a failure.
asio::awaitable<ticker_update> next(ticker_stream& updates)
{
    auto item = co_await with_deadline(10s * support::patience, updates.next());
    if (!item)
        throw std::runtime_error("the stream ended");
    co_return std::move(*item);
}

// What a client holds that applies every item.
using view = std::map<std::string, double>;

void take_in(view& seen, const ticker_update& item)
{
    if (item.removed)
        seen.erase(item.symbol);
    else
        seen[item.symbol] = item.price;
}

view all_at_one(const std::vector<std::string>& symbols)
{
    view result;
    for (const auto& symbol : symbols)
        result[symbol] = 1;
    return result;
}

asio::awaitable<view> redis_view(served_redis& world, std::string exchange)
{
    view result;
    for (const auto& one : co_await world.ticks.get_all_tickers(std::move(exchange)))
        result[one.symbol] = one.price;
    co_return result;
}

// Applies items until the client's view is what Redis holds.
asio::awaitable<void> follow_until(ticker_stream& updates, view& seen, view wanted)
{
    while (seen != wanted)
        take_in(seen, co_await next(updates));
}

} // namespace

TEST_CASE("a stream begins with a snapshot and goes on with every update")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("binance", "BTC/USDT", 100, 1));
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_tickers("binance", {"BTC/USDT", "ETH/USDT"});
        const auto first = co_await next(updates);
        CHECK(first.snapshot);
        CHECK(first.symbol == "BTC/USDT");
        CHECK(first.price == 100);
        CHECK(first.bid == 99.5);
        CHECK(first.timestamp == 1.0);

        const auto tick = make_tick("binance", "ETH/USDT", 7, 2);
        co_await world.ticks.set_ticker(tick);
        const auto second = co_await next(updates);
        CHECK_FALSE(second.snapshot);
        CHECK(second.symbol == "ETH/USDT");
        CHECK(second.update_id == 1);
        CHECK(second.missed == 0);
        co_await cache.close();
        const auto end = co_await updates.next();
        CHECK_FALSE(end);
        co_await world.stop();
    });
}

TEST_CASE("ten thousand ticks arrive in order, the last one last, none unaccounted for")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        constexpr int count = 10000;
        served_redis world(executor);
        co_await world.start();
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_tickers("binance", {"BTC/USDT"});

        // Published as fast as Redis takes them, from a connection of their own.
        fullon_cache::pipeline writes;
        for (int i = 1; i <= count; ++i) {
            const auto json = fullon_orm::to_json(make_tick("binance", "BTC/USDT", i, 1000 + i * 0.001));
            writes.add("HSET", "tickers:binance", "BTC/USDT", json);
            writes.add("PUBLISH", "ticker_updates:binance:BTC/USDT", json);
        }
        const auto replies = co_await world.writer.execute(std::move(writes));
        CHECK(replies.size() == 2 * count);

        int delivered = 0;
        std::uint64_t missed = 0;
        double last = 0;
        std::uint64_t last_id = 0;
        int before = 0; // the first that is told: what of them nobody was told of, and nobody missed
        while (last != count) {
            const auto item = co_await next(updates);
            if (last_id == 0)
                before = static_cast<int>(item.update_id) - 1;
            ++delivered;
            missed += item.missed;
            CHECK(item.price > last);
            CHECK(item.update_id > last_id);
            last = item.price;
            last_id = item.update_id;
        }
        // The last value may be read while most publications are still on their way: later updates count those.
        int written = count;
        const auto accounted = [&] { return before + delivered + static_cast<int>(missed) == written; };
        for (int i = 0; i < 100 && !accounted(); ++i) {
            co_await world.ticks.set_ticker(make_tick("binance", "BTC/USDT", ++written, 1000));
            const auto item = co_await next(updates);
            ++delivered;
            missed += item.missed;
            last_id = item.update_id;
        }
        INFO(before << " + " << delivered << " + " << missed << " of " << written);
        CHECK(accounted());
        CHECK(last_id == static_cast<std::uint64_t>(written));
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("a ticker deleted with HDEL arrives as removed, with its last value")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("kraken", "BTC/USD", 100, 1));
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_tickers("kraken", {"BTC/USD"});
        co_await next(updates);
        co_await world.writer.execute(command("HDEL", "tickers:kraken", "BTC/USD"));
        const auto gone = co_await next(updates);
        CHECK(gone.removed);
        CHECK(gone.price == 100);
        // And it can come back.
        co_await world.ticks.set_ticker(make_tick("kraken", "BTC/USD", 101, 2));
        const auto back = co_await next(updates);
        CHECK_FALSE(back.removed);
        CHECK(back.price == 101);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("a value that was written without a publication arrives too")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_tickers("kraken", {"BTC/USD"});
        const auto json = fullon_orm::to_json(make_tick("kraken", "BTC/USD", 5, 1));
        co_await world.writer.execute(command("HSET", "tickers:kraken", "BTC/USD", json));
        const auto item1 = co_await next(updates);
        CHECK(item1.price == 5);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("publications of older producers are heard; what is published and not written is never shown")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_tickers("kraken", {"BTC/USD"});
        const auto invented = fullon_orm::to_json(make_tick("kraken", "BTC/USD", 5, 1));
        co_await world.writer.execute(command("PUBLISH", "ticker_updates:kraken:BTC/USD", invented));
        const auto json = fullon_orm::to_json(make_tick("kraken", "BTC/USD", 6, 1));
        co_await world.writer.execute(command("HSET", "tickers:kraken", "BTC/USD", json));
        co_await world.writer.execute(command("PUBLISH", "next_ticker:kraken:BTC/USD", json));
        const auto item2 = co_await next(updates);
        CHECK(item2.price == 6);
        CHECK(item2.missed <= 1); // the invented one
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("a stream of a whole exchange takes in symbols that did not exist before")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("okx", "A/B", 1, 1));
        co_await world.ticks.set_ticker(make_tick("other", "A/B", 9, 1));
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_tickers("okx");
        const auto item3 = co_await next(updates);
        CHECK(item3.symbol == "A/B");
        co_await world.ticks.set_ticker(make_tick("other", "X/Y", 9, 2));
        co_await world.ticks.set_ticker(make_tick("okx", "C/D:E", 2, 2));
        const auto added = co_await next(updates);
        CHECK(added.exchange == "okx");
        CHECK(added.symbol == "C/D:E");
        co_await world.ticks.delete_exchange_tickers("okx");
        const auto item4 = co_await next(updates);
        CHECK(item4.removed);
        const auto item5 = co_await next(updates);
        CHECK(item5.removed);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("Redis killed and restarted empty under a stream ends with a view equal to Redis")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        for (const auto& symbol : three_symbols)
            co_await world.ticks.set_ticker(make_tick("okx", symbol, 1, 1));
        auto cache = co_await support::use(world, where);
        auto named = co_await cache->stream_tickers("okx", {"A", "B"});
        auto whole = co_await cache->stream_tickers("okx");
        view named_seen;
        view whole_seen;
        co_await follow_until(named, named_seen, all_at_one(two_symbols));
        co_await follow_until(whole, whole_seen, all_at_one(three_symbols));

        for (int round = 2; round < 5; ++round) {
            world.redis.kill();
            co_await support::eventually("both are stale", [&] {
                return named.state() == fullon_cache_api::stream_state::stale &&
                       whole.state() == fullon_cache_api::stream_state::stale;
            });
            world.redis.start();
            co_await world.writer.ready(10s * support::patience);
            co_await world.ticks.set_ticker(make_tick("okx", "A", round, round));
            co_await world.ticks.set_ticker(make_tick("okx", "D", round, round));
            const double price = round;
            view wanted;
            wanted["A"] = price;
            co_await follow_until(named, named_seen, wanted);
            wanted["D"] = price;
            co_await follow_until(whole, whole_seen, wanted);
            const auto stored = co_await redis_view(world, "okx");
            CHECK(whole_seen == stored);
            co_await support::eventually("fresh again", [&] {
                return named.state() == fullon_cache_api::stream_state::live &&
                       whole.state() == fullon_cache_api::stream_state::live;
            });
        }
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("the server killed and restarted under a stream ends with the client's view equal to Redis")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        for (const auto& symbol : two_symbols)
            co_await world.ticks.set_ticker(make_tick("okx", symbol, 1, 1));
        auto cache = co_await client::connect(world.url());
        auto updates = co_await cache.stream_tickers("okx");
        auto events = cache.events();
        view seen;
        co_await follow_until(updates, seen, all_at_one(two_symbols));

        for (int round = 2; round < 5; ++round) {
            if (round % 2 == 0)
                world.kill_server();
            else
                co_await world.stop_server();
            // Unseen: one changes, one goes, one is new.
            const double price = round;
            co_await world.ticks.set_ticker(make_tick("okx", "A", price, price));
            co_await world.ticks.delete_exchange_tickers("okx");
            co_await world.ticks.set_ticker(make_tick("okx", "A", price, price));
            co_await world.ticks.set_ticker(make_tick("okx", "N" + std::to_string(round), price, price));
            co_await world.start_server();
            view wanted;
            wanted["A"] = wanted["N" + std::to_string(round)] = price;
            bool resync = false;
            while (seen != wanted) {
                const auto item = co_await next(updates);
                resync = resync || item.resync;
                take_in(seen, item);
            }
            CHECK(resync); // the gap is announced
        }
        bool disconnected = false;
        while (!disconnected) {
            const auto event = co_await with_deadline(10s * support::patience, events.next());
            REQUIRE(event);
            disconnected = event->type == fullon_cache_api::client_event::kind::disconnected;
        }
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("idle streams cost Redis nothing but the watchdog")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("okx", "A", 1, 1));
        auto cache = co_await support::use(world, where);
        std::vector<ticker_stream> streams;
        for (int i = 0; i < 200; ++i)
            streams.push_back(co_await cache->stream_tickers("okx", {"A", "S" + std::to_string(i)}));
        // The first verification that its own write set off may still come.
        co_await support::pause(300ms);
        co_await world.writer.execute(command("CONFIG", "RESETSTAT"));
        co_await support::pause(1000ms);
        const auto info = co_await world.writer.execute(command("INFO", "commandstats"));
        for (const auto& unwanted : reads)
            CHECK(info.text.find(unwanted) == std::string::npos);
        CHECK(info.text.find("cmdstat_ping") != std::string::npos);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("a stream that is destroyed is unsubscribed at the server")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        auto cache = co_await support::use(world, where);
        auto kept = co_await cache->stream_tickers("okx", {"A"});
        {
            auto dropped = co_await cache->stream_tickers("okx", {"B"});
            const auto both = co_await cache->list_streams();
            CHECK(both.streams.size() == 2);
        }
        std::size_t open = 2;
        for (int i = 0; i < 200 && open != 1; ++i)
            open = (co_await cache->list_streams()).streams.size();
        CHECK(open == 1);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("a server that starts before Redis answers errors, and works when Redis comes")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.redis.stop();
        co_await world.start_server();
        auto cache = co_await client::connect(world.url());
        const auto down = co_await fullon_cache_api::as_result(cache.get_ticker("okx", "A"));
        REQUIRE(down.has_error());
        CHECK(down.error() == fullon_cache_api::error::cache_unavailable);
        const auto health = co_await cache.health_check();
        CHECK(health.status == "unhealthy");
        bool refused = false;
        try {
            auto never = co_await cache.stream_tickers("okx", {"A"});
        } catch (const boost::system::system_error& failure) {
            refused = failure.code() == fullon_cache_api::error::cache_unavailable;
        }
        CHECK(refused);

        world.redis.start();
        world.writer.start();
        co_await world.writer.ready(10s * support::patience);
        co_await support::eventually("the server's link is up", [&] { return world.server->redis_up(); });
        co_await world.ticks.set_ticker(make_tick("okx", "A", 3, 1));
        const auto found = co_await cache.get_ticker("okx", "A");
        REQUIRE(found);
        CHECK(found->price == 3);
        const auto missing = co_await cache.get_ticker("okx", "B");
        CHECK_FALSE(missing);
        auto updates = co_await cache.stream_tickers("okx", {"A"});
        const auto item6 = co_await next(updates);
        CHECK(item6.price == 3);
        co_await cache.close();
        co_await world.stop();
    });
}
