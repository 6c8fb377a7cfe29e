// The stream of bars, from Redis through a server to a client: the open bar, closed ones, both spellings of their lists.
#include "support/async_test.hpp"
#include "support/next_item.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/surfaces.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/ohlcv_cache.hpp>
#include <fullon_cache_api/client.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using fullon_cache_api::bar_update;
using fullon_cache_api::stream;
using fullon_cache_api::stream_state;
using support::served_redis;
using support::surface;
using support::websocket_peer;

std::vector<fullon_orm::bar> one_bar(double time, double close)
{
    fullon_orm::bar made;
    made.timestamp = time;
    made.open = made.high = made.low = made.volume = 1;
    made.close = close;
    return std::vector<fullon_orm::bar>(1, made);
}

} // namespace

TEST_CASE("bars: the newest, its changes, and the final value of each that is closed")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const fullon_cache::ohlcv_cache bars(world.writer);
        co_await bars.update_ohlcv_bars("BTC/USDT", "1m", one_bar(60, 1));
        co_await bars.update_ohlcv_bars("BTC/USDT", "1m", one_bar(120, 2));
        co_await bars.update_ohlcv_bars("BTC/USDT", "5m", one_bar(0, 99));
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_ohlcv("BTC/USDT", "1m");
        auto one = co_await support::next_item(updates);
        CHECK(one.snapshot);
        CHECK(one.symbol == "BTCUSDT");
        CHECK(one.timeframe == "1m");
        CHECK(one.bar.timestamp == 120);
        CHECK(one.bar.close == 2);
        CHECK_FALSE(one.closed);
        co_await bars.update_ohlcv_bars("BTC/USDT", "1m", one_bar(120, 3));
        one = co_await support::next_item(updates);
        CHECK(one.bar.close == 3);
        CHECK(one.update_id == 1);
        CHECK_FALSE(one.closed);
        co_await bars.update_ohlcv_bars("BTC/USDT", "5m", one_bar(0, 98)); // not ours
        co_await bars.update_ohlcv_bars("BTC/USDT", "1m", one_bar(180, 4));
        one = co_await support::next_item(updates);
        CHECK(one.closed);
        CHECK(one.bar.timestamp == 120);
        CHECK(one.bar.close == 3);
        CHECK(one.update_id == 2);
        one = co_await support::next_item(updates);
        CHECK_FALSE(one.closed);
        CHECK(one.bar.timestamp == 180);
        CHECK(one.update_id == 3);
        CHECK(one.missed == 0);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("bars on the wire are lists of six numbers")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const fullon_cache::ohlcv_cache bars(world.writer);
        co_await bars.update_ohlcv_bars("BTC/USDT", "1m", one_bar(60, 1.5));
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        const auto answer = co_await peer.ask("stream_ohlcv", R"({"symbol":"BTC/USDT","timeframe":"1m"})");
        CHECK(json::serialize(answer.at("result").at("topics")) == R"(["ohlcv:BTCUSDT:1m"])");
        CHECK(answer.at("result").at("delivery") == "exact");
        const auto message = co_await peer.read_until("type", "ohlcv_update");
        CHECK(json::serialize(message.at("bar")) == "[6E1,1E0,1E0,1E0,1.5E0,1E0]");
        CHECK(message.at("symbol") == "BTCUSDT");
        CHECK_FALSE(message.at("closed").as_bool());
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("a list with a slash is found by the stream that names it, or when it is written to")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const fullon_cache::base_cache raw(world.writer);
        const auto push = [&](std::string key, double time, double close) {
            std::vector<std::string> text(1, to_json(one_bar(time, close).front()));
            return raw.rpush(std::move(key), std::move(text));
        };
        co_await push("ohlcv:BTC/USDT:1m", 60, 1);
        auto cache = co_await support::use(world, where);
        auto slashless = co_await cache->stream_ohlcv("BTCUSDT", "1m");
        auto slashed =
            co_await cache->stream_ohlcv("BTC/USDT", "1m"); // names the list: now it is known to both
        auto one = co_await support::next_item(slashed);
        CHECK(one.snapshot);
        CHECK(one.bar.close == 1);
        one = co_await support::next_item(slashless);
        CHECK(one.bar.close == 1);
        co_await push("ohlcv:BTC/USDT:1m", 120, 2);
        co_await support::next_item(slashless); // closed
        one = co_await support::next_item(slashless);
        CHECK(one.bar.close == 2);

        co_await push("ohlcv:ETH/USDT:1m", 60, 5);
        auto ether = co_await cache->stream_ohlcv("ETHUSDT", "1m");
        co_await push("ohlcv:ETH/USDT:1m", 120, 6); // this tells where it stands
        one = co_await support::next_item(ether);
        while (one.closed)
            one = co_await support::next_item(ether);
        CHECK(one.bar.timestamp == 120);
        CHECK(one.bar.close == 6);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("a deleted list removes its bar, an outage ends in what Redis holds")
{
    support::run_on_both(
        [](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            const fullon_cache::ohlcv_cache bars(world.writer);
            co_await bars.update_ohlcv_bars("BTC/USDT", "1m", one_bar(60, 1));
            auto cache = co_await support::use(world, where);
            auto updates = co_await cache->stream_ohlcv("BTC/USDT", "1m");
            co_await support::next_item(updates);
            support::redis_cli cli(world.redis);
            cli("DEL", "ohlcv:BTCUSDT:1m");
            auto one = co_await support::next_item(updates);
            CHECK(one.removed);
            CHECK(one.bar.close == 1);
            co_await bars.update_ohlcv_bars("BTC/USDT", "1m", one_bar(120, 2));
            one = co_await support::next_item(updates);
            CHECK(one.bar.close == 2);
            world.redis.kill();
            co_await support::eventually("it is stale",
                                         [&] { return updates.state() == stream_state::stale; });
            world.redis.start();
            co_await world.writer.ready();
            co_await bars.update_ohlcv_bars("BTC/USDT", "1m", one_bar(180, 3));
            while (one.bar.timestamp != 180)
                one = co_await support::next_item(updates);
            CHECK(one.bar.close == 3);
            co_await support::eventually("it is live", [&] { return updates.state() == stream_state::live; });
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("random bars: the stream ends with the newest, and every bar was closed with its last value")
{
    support::run_on_both(
        [](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
            const auto seed = std::random_device()();
            INFO("seed " << seed);
            std::mt19937 random(seed);
            served_redis world(executor);
            co_await world.start();
            const fullon_cache::ohlcv_cache bars(world.writer);
            co_await bars.update_ohlcv_bars("BTC/USDT", "1m", one_bar(60, 0));
            auto cache = co_await support::use(world, where);
            auto updates = co_await cache->stream_ohlcv("BTC/USDT", "1m");
            std::map<double, double> wanted{{60, 0}};
            double time = 60;
            for (int i = 1; i <= 1500; ++i) {
                if (random() % 5 == 0)
                    time += 60;
                wanted[time] = i;
                co_await bars.update_ohlcv_bars("BTC/USDT", "1m", one_bar(time, i));
            }
            std::map<double, double> closed;
            auto one = co_await support::next_item(updates);
            while (one.bar.timestamp != time || one.bar.close != 1500) {
                if (one.closed)
                    closed[one.bar.timestamp] = one.bar.close;
                one = co_await support::next_item(updates);
            }
            CHECK_FALSE(one.closed);
            wanted.erase(time);
            CHECK(closed == wanted);
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}
