// What a server's own process sees of it that a client does not: before start() and after stop(), snapshots that are there
// at once, conflation without a connection, streams that come and go under load.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/next_item.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/trades_cache.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>
#include <fullon_coro/deadline.hpp>

#include <fullon_orm/trade.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using fullon_cache_api::error;
using fullon_cache_api::stream;
using fullon_cache_api::stream_state;
using fullon_cache_api::ticker;
using fullon_coro::with_deadline;
using support::make_tick;
using support::served_redis;

template <class T>
asio::awaitable<boost::system::error_code> failure_of(asio::awaitable<T> call)
{
    boost::system::error_code code;
    try {
        (void)co_await std::move(call);
    } catch (const boost::system::system_error& failure) {
        code = failure.code();
    }
    co_return code;
}

template <class X>
asio::awaitable<void> check_end(stream<X>& updates)
{
    const auto last = co_await with_deadline(10s * support::patience, updates.next());
    CHECK_FALSE(last);
    CHECK(updates.state() == stream_state::disconnected);
}

fullon_orm::trade make_trade(std::int64_t id)
{
    fullon_orm::trade made;
    made.trade_id = fullon_orm::stored_id(id);
    made.symbol = "BTC/USDT";
    made.side = "buy";
    made.volume = 0.5;
    made.price = 50000;
    made.time = 1762500000.25;
    return made;
}

} // namespace

TEST_CASE("a server that was not started has no Redis, and ends what was begun when it is destroyed")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.server.emplace(executor, world.settings);
        auto& server = *world.server;
        auto code = co_await failure_of(server.get_ticker("x", "A"));
        CHECK(code == error::cache_unavailable);
        code = co_await failure_of(server.stream_tickers("x"));
        CHECK(code == error::cache_unavailable);
        const auto health = co_await server.health_check();
        CHECK(health.status == "unhealthy");
        auto metrics = co_await server.stream_metrics(100ms);
        const auto first = co_await support::next_item(metrics);
        CHECK(first.snapshot);
        const auto second = co_await support::next_item(metrics);
        CHECK_FALSE(second.snapshot);
        world.server.reset();
        co_await check_end(metrics);
    });
}

TEST_CASE("who asks again and again while Redis is away keeps nobody from the executor")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        co_await support::eventually("the server has its Redis", [&] { return world.server->redis_up(); });
        world.redis.kill();
        co_await support::eventually("it is known", [&] { return !world.server->redis_up(); });
        world.redis.start();
        bool there = false;
        while (!there) // no pause: the link reconnects all the same
            there = (co_await fullon_cache_api::as_result(world.server->get_ticker("x", "A"))).has_value();
        world.redis.kill();
        co_await support::eventually("it is known again", [&] { return !world.server->redis_up(); });
        world.redis.start();
        for (there = false; !there;) {
            const auto code = co_await failure_of(world.server->stream_tickers("x"));
            there = !code;
        }
        co_await world.stop();
    });
}

TEST_CASE("stop() ends streams in process, and what is asked afterwards fails with closed")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.listen = false;
        co_await world.start();
        co_await world.ticks.set_ticker(make_tick("x", "A", 1, 1));
        auto& server = *world.server;
        auto prices = co_await server.stream_tickers("x");
        auto taken = co_await server.stream_tickers("x", "A");
        co_await support::next_item(taken);
        auto metrics = co_await server.stream_metrics(1h);
        co_await support::next_item(metrics);
        auto waiting =
            support::background<std::optional<fullon_cache_api::update<ticker>>>(executor, taken.next());
        CHECK(prices.state() == stream_state::live);
        const auto before = server.metrics();
        CHECK(before.open_streams.at("stream_tickers") == 2);
        CHECK(before.topics.subscriptions == 3);
        co_await server.stop();
        co_await check_end(prices); // with an item that nobody took
        co_await check_end(taken);
        co_await check_end(metrics);
        const auto nothing = co_await waiting.result();
        CHECK_FALSE(nothing);
        const auto after = server.metrics();
        CHECK(after.open_streams.empty());
        CHECK(after.topics.subscriptions == 0);
        CHECK(after.topics.followed == 0);
        auto code = co_await failure_of(server.get_ticker("x", "A"));
        CHECK(code == error::closed);
        code = co_await failure_of(server.stream_tickers("x"));
        CHECK(code == error::closed);
        code = co_await failure_of(server.list_operations());
        CHECK(code == error::closed);
        const auto tried = co_await fullon_cache_api::as_result(server.get_ticker("x", "A"));
        CHECK(tried.error() == error::closed);
        co_await server.stop();
        world.server.reset();
        co_await check_end(prices); // streams outlive the server
        co_await world.stop();
    });
}

TEST_CASE("a snapshot comes whole, whatever may wait; live trades beyond it cost the oldest, and are counted")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const fullon_cache::base_cache raw(world.writer);
        constexpr std::int64_t count = 3000;
        std::vector<std::string> texts;
        for (std::int64_t id = 1; id <= count; ++id)
            texts.push_back(to_json(make_trade(id)));
        co_await raw.rpush("trades:binance:BTCUSDT", std::move(texts));
        fullon_cache_api::stream_options narrow;
        narrow.queue_limit = 5;
        auto updates = co_await world.server->stream_trade_updates("binance", "BTC/USDT", narrow);
        co_await support::pause(50ms); // nobody takes anything
        for (std::int64_t id = 1; id <= count; ++id) {
            const auto one = co_await support::next_item(updates);
            REQUIRE(std::get<std::int64_t>(one.trade_id.value()) == id);
            CHECK(one.snapshot);
            CHECK(one.missed == 0);
        }
        std::vector<std::string> more;
        for (std::int64_t id = count + 1; id <= count + 100; ++id)
            more.push_back(to_json(make_trade(id)));
        co_await raw.rpush("trades:binance:BTCUSDT", std::move(more));
        const auto dropped = [&]() -> asio::awaitable<std::uint64_t> {
            const auto listed = co_await world.server->list_streams();
            co_return listed.streams.at(0).dropped;
        };
        std::uint64_t lost = 0;
        const auto deadline = std::chrono::steady_clock::now() + 10s * support::patience;
        while (lost != 95 && std::chrono::steady_clock::now() < deadline) {
            co_await support::pause(1ms);
            lost = co_await dropped();
        }
        CHECK(lost == 95);
        auto one = co_await support::next_item(updates);
        CHECK(one.missed == 95);
        CHECK(std::get<std::int64_t>(one.trade_id.value()) == count + 96);
        co_await world.stop();
    });
}

TEST_CASE("who is slow gets the newest price, and knows how many it missed")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        fullon_cache_api::stream_options narrow;
        narrow.queue_limit = 1;
        auto slow = co_await world.server->stream_tickers("x", "A", narrow);
        auto quick = co_await world.server->stream_tickers("x", "A");
        constexpr int count = 200;
        for (int i = 1; i <= count; ++i)
            co_await world.ticks.set_ticker(make_tick("x", "A", i, i));
        double price = 0;
        std::uint64_t heard = 0;
        while (price != count) {
            const auto one = co_await support::next_item(quick);
            heard += 1 + one.missed;
            price = one.price;
        }
        const auto newest = co_await support::next_item(slow);
        CHECK(newest.price == count);
        CHECK(newest.missed + 1 == heard);
        const auto listed = co_await world.server->list_streams();
        REQUIRE(listed.streams.size() == 2);
        CHECK(listed.streams[0].conflated <= newest.missed); // others were overtaken before they were read
        CHECK(listed.streams[0].topics == std::vector<std::string>(1, "tickers:x:A"));
        CHECK(listed.streams[0].params.at("exchange") == "x");
        co_await world.stop();
    });
}

TEST_CASE("a wait for a stream in process may be given up, and loses nothing")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        auto updates = co_await world.server->stream_tickers("x", "A");
        constexpr int count = 300;
        double last = 0;
        std::uint64_t missed = 0;
        std::uint64_t heard = 0;
        for (int i = 1; i <= count; ++i) {
            co_await world.ticks.set_ticker(make_tick("x", "A", i, i));
            asio::steady_timer short_wait(executor, std::chrono::microseconds(i % 7 * 100));
            auto either = updates.next() || short_wait.async_wait(asio::use_awaitable);
            const auto came = co_await std::move(either);
            if (came.index() == 0) {
                const auto& one = std::get<0>(came);
                REQUIRE(one);
                CHECK(one->price > last);
                last = one->price;
                missed += one->missed;
                ++heard;
            }
        }
        while (last != count) {
            const auto one = co_await support::next_item(updates);
            CHECK(one.price > last);
            last = one.price;
            missed += one.missed;
            ++heard;
        }
        CHECK(heard + missed <= count); // what was overtaken before it was read is missed, and nothing else
        CHECK(missed < count / 10);
        co_await world.stop();
    });
}

TEST_CASE("streams come and go in process while their topics change: every one is whole, none stays behind")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            const auto seed = std::random_device()();
            INFO("seed " << seed);
            std::mt19937 random(seed);
            served_redis world(executor);
            co_await world.start();
            constexpr int symbols = 300; // more than one portion of a snapshot
            for (int i = 0; i < symbols; ++i)
                co_await world.ticks.set_ticker(make_tick("x", "S" + std::to_string(i), 1, 1));
            bool over = false;
            int time = 1;
            auto write = [&]() -> asio::awaitable<void> {
                while (!over) {
                    ++time;
                    for (int i = 0; i < 20; ++i)
                        co_await world.ticks.set_ticker(
                            make_tick("x", "S" + std::to_string(random() % symbols), time, time));
                }
            };
            support::background<void> writer(executor, write());
            std::vector<stream<ticker>> open;
            for (int round = 0; round < 150; ++round) {
                if (random() % 2 == 0)
                    open.push_back(co_await world.server->stream_tickers("x"));
                else
                    open.push_back(co_await world.server->stream_tickers("x", "S" + std::to_string(round)));
                for (auto& one : open)
                    for (auto take = random() % 50; take != 0 && one.state() == stream_state::live; --take) {
                        asio::steady_timer patience(executor, 1ms);
                        auto either = one.next() || patience.async_wait(asio::use_awaitable);
                        const auto came = co_await std::move(either);
                        if (came.index() == 1)
                            break;
                    }
                if (open.size() > 5)
                    open.erase(open.begin() + static_cast<std::ptrdiff_t>(random() % open.size()));
            }
            auto whole = co_await world.server->stream_tickers("x");
            over = true;
            co_await writer.result();
            std::map<std::string, double> wanted;
            for (const auto& one : co_await world.ticks.get_all_tickers("x"))
                wanted[one.symbol] = one.price;
            std::map<std::string, double> seen;
            std::map<std::string, std::uint64_t> ids;
            while (seen != wanted) {
                const auto one = co_await support::next_item(whole);
                if (!one.snapshot && ids.contains(one.symbol))
                    CHECK(one.update_id == ids[one.symbol] + 1 + one.missed);
                ids[one.symbol] = one.update_id;
                seen[one.symbol] = one.price;
            }
            open.clear();
            whole = stream<ticker>();
            co_await support::eventually("nothing is left of them", [&] {
                const auto now = world.server->metrics();
                return now.open_streams.empty() && now.topics.subscriptions == 0 && now.topics.followed == 0;
            });
            co_await world.stop();
        },
        60s);
}
