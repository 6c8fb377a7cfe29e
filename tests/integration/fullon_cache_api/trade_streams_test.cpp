// The stream of trades, from Redis through a server to a client, while other services take them from their lists.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/next_item.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/surfaces.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/trades_cache.hpp>
#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/detail/catalogue/streams.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using fullon_cache_api::client;
using fullon_cache_api::stream;
using fullon_cache_api::stream_state;
using fullon_cache_api::trade;
using support::served_redis;
using support::surface;
using support::websocket_peer;

fullon_orm::trade make_trade(std::int64_t id, std::string symbol = "BTC/USDT")
{
    fullon_orm::trade made;
    made.trade_id = fullon_orm::stored_id(id);
    made.symbol = std::move(symbol);
    made.side = "buy";
    made.volume = 0.5;
    made.price = 50000;
    made.time = 1762500000.25;
    return made;
}

std::int64_t id_of(const trade& one)
{
    return std::get<std::int64_t>(one.trade_id.value());
}

} // namespace

TEST_CASE("trades: those that wait, then each that is pushed, whoever takes them")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const fullon_cache::trades_cache trades(world.writer);
        co_await trades.push_trade("binance", make_trade(1));
        co_await trades.push_trade("binance", make_trade(2));
        co_await trades.push_trade("kraken", make_trade(90));
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_trade_updates("binance", "BTC/USDT");
        for (int id = 1; id <= 2; ++id) {
            const auto one = co_await support::next_item(updates);
            CHECK(id_of(one) == id);
            CHECK(one.snapshot);
            CHECK(one.update_id == 0);
            CHECK(one.symbol == "BTC/USDT");
            CHECK(one.exchange == "binance");
        }
        co_await trades.push_trade("binance", make_trade(3));
        auto one = co_await support::next_item(updates);
        CHECK(id_of(one) == 3);
        CHECK_FALSE(one.snapshot);
        CHECK(one.update_id == 1);
        CHECK(one.timestamp == 1762500000.25);
        const auto taken = co_await trades.take_trades("binance", "BTC/USDT");
        CHECK(taken.size() == 3); // the stream took nothing
        co_await trades.push_trade("binance", make_trade(91, "ETH/USDT")); // not ours
        co_await trades.push_trade("kraken", make_trade(92));
        co_await trades.push_trade("binance", make_trade(4));
        one = co_await support::next_item(updates);
        CHECK(id_of(one) == 4);
        CHECK(one.update_id == 2);
        CHECK(one.missed == 0);

        // Another stream of the same connection begins with what waits now, and hears what follows, once.
        auto slashless = co_await cache->stream_trade_updates("binance", "BTCUSDT");
        one = co_await support::next_item(slashless);
        CHECK(id_of(one) == 4);
        CHECK(one.snapshot);
        co_await trades.push_trade("binance", make_trade(5));
        one = co_await support::next_item(slashless);
        CHECK(id_of(one) == 5);
        one = co_await support::next_item(updates);
        CHECK(id_of(one) == 5);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE(
    "trades on the wire: acknowledgement, snapshot, live messages without a stream key, gapless numbers")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const fullon_cache::trades_cache trades(world.writer);
        co_await trades.push_trade("binance", make_trade(1));
        websocket_peer peer(executor);
        co_await peer.open(world.settings.port);
        const auto answer =
            co_await peer.ask("stream_trade_updates", R"({"exchange":"binance","symbol":"BTC/USDT"})");
        const auto& ack = answer.at("result").as_object();
        CHECK(ack.at("delivery") == "best_effort");
        CHECK(json::serialize(ack.at("topics")) == R"(["trades:binance:BTCUSDT"])");
        auto message = co_await peer.read_until("type", "trade_update");
        CHECK(message.at("snapshot").as_bool());
        CHECK(message.at("stream_key") == ack.at("stream_key"));
        CHECK(message.at("update_id").to_number<int>() == 0);
        CHECK(json::serialize(message).starts_with(
            R"({"type":"trade_update","trade_id":1,"ex_trade_id":null,"symbol":"BTC/USDT","exchange":"binance","side":"buy")"));
        message = co_await peer.read_until("type", "snapshot_end");
        CHECK(message.at("items").to_number<int>() == 1);
        for (int id = 2; id <= 4; ++id) {
            co_await trades.push_trade("binance", make_trade(id));
            message = co_await peer.read_until("type", "trade_update");
            CHECK(message.at("trade_id").to_number<int>() == id);
            CHECK(message.at("update_id").to_number<int>() == id - 1);
            CHECK_FALSE(message.contains("stream_key"));
            CHECK_FALSE(message.contains("snapshot"));
        }
        const auto listed = co_await peer.ask("list_streams");
        const auto& info = listed.at("result").at("streams").as_array().at(0);
        CHECK(info.at("delivered").to_number<int>() == 4);
        CHECK(info.at("dropped").to_number<int>() == 0);
        peer.hang_up();
        co_await world.stop();
    });
}

TEST_CASE("all trades of an exchange, of symbols to come too")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const fullon_cache::trades_cache trades(world.writer);
        for (int i = 0; i < 30; ++i)
            co_await trades.push_trade("binance", make_trade(i, "S" + std::to_string(i) + "/USDT"));
        co_await trades.push_trade("binanceus", make_trade(90));
        support::redis_cli cli(world.redis);
        cli("SET", "trades:binance:text", "no list");
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_trade_updates("binance");
        std::set<std::int64_t> seen;
        for (int i = 0; i < 30; ++i) {
            const auto one = co_await support::next_item(updates);
            CHECK(one.snapshot);
            CHECK(one.exchange == "binance");
            seen.insert(id_of(one));
        }
        CHECK(seen.size() == 30);
        co_await trades.push_trade("binanceus", make_trade(91));
        co_await trades.push_trade("binance", make_trade(100, "NEW/USDT"));
        auto one = co_await support::next_item(updates);
        CHECK(id_of(one) == 100);
        CHECK(one.symbol == "NEW/USDT");
        CHECK_FALSE(one.snapshot);
        CHECK(one.update_id == 1);
        co_await trades.push_trade("binance", make_trade(101, "S7/USDT"));
        one = co_await support::next_item(updates);
        CHECK(id_of(one) == 101);
        cli("DEL", "trades:binance:text");
        co_await trades.push_trade("binance", make_trade(102, "text"));
        one = co_await support::next_item(updates);
        CHECK(id_of(one) == 102);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("one push costs Redis one reading of its list, however many streams hold it")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const fullon_cache::trades_cache trades(world.writer);
        support::redis_cli cli(world.redis);
        std::vector<client> clients;
        std::vector<stream<trade>> streams;
        for (int i = 0; i < 5; ++i) {
            clients.push_back(co_await client::connect(world.url()));
            streams.push_back(co_await clients.back().stream_trade_updates("binance", "BTC/USDT"));
            streams.push_back(co_await clients.back().stream_trade_updates("binance"));
            streams.push_back(co_await clients.back().stream_trade_updates("binance", "ETH/USDT"));
        }
        const auto readings = [&] {
            const auto text = cli("INFO", "commandstats").text;
            const auto at = text.find("cmdstat_lrange:calls=");
            return at == std::string::npos ? 0L : std::stol(text.substr(at + 21));
        };
        // A push is two commands of its writer, in one pipeline: the list is reported once.
        const auto before = readings();
        co_await trades.push_trade("binance", make_trade(1));
        for (int i = 0; i < 5; ++i) {
            auto one = co_await support::next_item(streams[static_cast<std::size_t>(3 * i)]);
            CHECK(id_of(one) == 1);
            one = co_await support::next_item(streams[static_cast<std::size_t>(3 * i + 1)]);
            CHECK(id_of(one) == 1);
        }
        CHECK(readings() == before + 1);
        for (auto& one : clients)
            co_await one.close();
        co_await world.stop();
    });
}

// What a reading saw comes once, in order; what it could not see is not invented.
TEST_CASE("trades are told once and in order while services push and take them at full speed")
{
    support::run_on_both(
        [](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
            const auto seed = std::random_device()();
            INFO("seed " << seed);
            std::mt19937 random(seed);
            served_redis world(executor);
            co_await world.start();
            const fullon_cache::trades_cache trades(world.writer);
            const fullon_cache::base_cache raw(world.writer);
            auto cache = co_await support::use(world, where);
            auto updates = co_await cache->stream_trade_updates("binance", "BTC/USDT");
            constexpr int count = 3000;
            std::vector<std::int64_t> taken; // by the other service
            auto write = [&]() -> asio::awaitable<void> {
                for (int id = 1; id <= count; ++id) {
                    co_await trades.push_trade("binance", make_trade(id));
                    switch (random() % 6) {
                    case 0: co_await raw.lpop("trades:binance:BTCUSDT"); break;
                    case 1:
                        for (const auto& one : co_await trades.take_trades("binance", "BTC/USDT"))
                            taken.push_back(std::get<std::int64_t>(one.trade_id.value()));
                        break;
                    case 2: co_await raw.ltrim("trades:binance:BTCUSDT", -3, -1); break;
                    default: break;
                    }
                }
                co_await trades.push_trade("binance", make_trade(count + 1)); // stays
            };
            support::background<void> writer(executor, write());
            std::int64_t last = 0;
            std::uint64_t last_update = 0;
            int seen = 0;
            while (last != count + 1) {
                const auto one = co_await support::next_item(updates);
                CHECK(id_of(one) > last);
                CHECK(one.update_id == last_update + 1);
                CHECK(one.missed == 0);
                last = id_of(one);
                last_update = one.update_id;
                ++seen;
            }
            co_await writer.result();
            CHECK(seen > count / 10); // it is not by seeing nothing that nothing came twice
            co_await cache.close();
            co_await world.stop();
        },
        120s);
}

TEST_CASE("bursts of more trades than are read at once arrive whole")
{
    support::run_on_both(
        [](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            const fullon_cache::base_cache raw(world.writer);
            auto cache = co_await support::use(world, where);
            fullon_cache_api::stream_options roomy;
            roomy.queue_limit = 100'000;
            auto updates = co_await cache->stream_trade_updates("binance", "BTC/USDT", roomy);
            std::int64_t id = 0;
            for (const int burst : {1, 40, 1, 3000, 5}) {
                std::vector<std::string> texts;
                for (int i = 1; i <= burst; ++i)
                    texts.push_back(to_json(make_trade(id + i)));
                co_await raw.rpush("trades:binance:BTCUSDT", std::move(texts));
                for (int i = 1; i <= burst; ++i) {
                    const auto one = co_await support::next_item(updates);
                    REQUIRE(id_of(one) == id + i);
                }
                id += burst;
            }
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("over an outage and a restart of the server each trade comes once")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            const fullon_cache::trades_cache trades(world.writer);
            fullon_cache_api::client_config config;
            config.backoff_min = 1ms;
            config.backoff_max = 50ms;
            auto cache = co_await client::connect(world.url(), config);
            auto updates = co_await cache.stream_trade_updates("binance", "BTC/USDT");
            co_await trades.push_trade("binance", make_trade(1));
            co_await trades.push_trade("binance", make_trade(2));
            auto one = co_await support::next_item(updates);
            one = co_await support::next_item(updates);
            CHECK(id_of(one) == 2);

            // The server goes, trades come, another one takes its place.
            co_await world.stop_server();
            co_await trades.push_trade("binance", make_trade(3));
            co_await world.start_server();
            one = co_await support::next_item(updates);
            CHECK(id_of(one) == 3);
            CHECK(one.resync);
            co_await trades.push_trade("binance", make_trade(4));
            one = co_await support::next_item(updates);
            CHECK(id_of(one) == 4);
            CHECK_FALSE(one.resync);

            // Redis goes and comes back empty.
            world.redis.kill();
            co_await support::eventually("it is stale",
                                         [&] { return updates.state() == stream_state::stale; });
            world.redis.start();
            co_await world.writer.ready();
            co_await trades.push_trade("binance", make_trade(5));
            one = co_await support::next_item(updates);
            CHECK(id_of(one) == 5);
            CHECK(one.missed == 0);
            co_await support::eventually("it is live", [&] { return updates.state() == stream_state::live; });
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("a client that stops reading loses the oldest trades, and is told how many and where")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            world.settings.event_ring = 50;
            co_await world.start();
            const fullon_cache::base_cache raw(world.writer);
            websocket_peer peer(executor);
            co_await peer.open(world.settings.port, "/", 4096);
            co_await peer.ask("stream_trade_updates", R"({"exchange":"binance","symbol":"BTC/USDT"})");
            co_await peer.read_until("type", "snapshot_end");
            auto other = co_await client::connect(world.url()); // one that keeps up
            auto updates = co_await other.stream_trade_updates("binance", "BTC/USDT");
            constexpr int bursts = 600;
            constexpr int burst = 40;
            for (int i = 0; i < bursts; ++i) {
                std::vector<std::string> texts;
                for (int k = 1; k <= burst; ++k)
                    texts.push_back(to_json(make_trade(i * burst + k)));
                co_await raw.rpush("trades:binance:BTCUSDT", std::move(texts));
                for (int k = 1; k <= burst; ++k)
                    co_await support::next_item(updates);
                std::vector<std::string> nothing;
                co_await raw.ltrim("trades:binance:BTCUSDT", -1, -1);
            }
            // Now the stalled one reads: in order, with gaps that count what is missing.
            int last = 0;
            int dropped = 0;
            bool gap_before = false;
            while (last != bursts * burst) {
                const auto message = co_await peer.read_json();
                if (message.at("type") == "gap") {
                    CHECK(message.at("topic") == "trades:binance:BTCUSDT");
                    dropped += message.at("dropped").to_number<int>();
                    last += message.at("dropped").to_number<int>();
                    gap_before = true;
                    continue;
                }
                CHECK(message.at("trade_id").to_number<int>() == last + 1);
                CHECK(message.at("update_id").to_number<int>() == last + 1);
                last = message.at("trade_id").to_number<int>();
            }
            CHECK(gap_before);
            CHECK(dropped > 1000);
            const auto listed = co_await peer.ask("list_streams");
            const auto& info = listed.at("result").at("streams").as_array().at(0);
            CHECK(info.at("dropped").to_number<int>() == dropped);
            CHECK(info.at("delivered").to_number<int>() == bursts * burst - dropped);
            peer.hang_up();
            co_await other.close();
            co_await world.stop();
        },
        120s);
}
