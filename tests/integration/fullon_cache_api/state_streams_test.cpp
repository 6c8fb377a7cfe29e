// The streams of positions, queues, bots and processes, from Redis through a server to a client: snapshot, every change,
// removals, outages, and what they cost Redis.
#include "support/async_test.hpp"
#include "support/command_counts.hpp"
#include "support/next_item.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/surfaces.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/process_cache.hpp>
#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/types/bot.hpp>
#include <fullon_cache_api/types/process.hpp>

#include <fullon_orm/iso_time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using fullon_cache_api::stream;
using support::served_redis;
using support::surface;
using support::websocket_peer;

struct writers {
    explicit writers(const fullon_cache::connection& redis)
        : accounts(redis), bots(redis), orders(redis), processes(redis)
    {}
    fullon_cache::account_cache accounts;
    fullon_cache::bot_cache bots;
    fullon_cache::orders_cache orders;
    fullon_cache::process_cache processes;
};

fullon_orm::position make_position(std::string ex_id, std::string symbol, double volume)
{
    fullon_orm::position made;
    made.ex_id = std::move(ex_id);
    made.symbol = std::move(symbol);
    made.volume = volume;
    made.price = 100;
    return made;
}

fullon_orm::order make_order(std::string id)
{
    fullon_orm::order made;
    made.order_id = std::move(id);
    made.status = "open";
    return made;
}

json::object bot_says(int number)
{
    json::object feed;
    feed["n"] = number;
    json::object made;
    made["feed"] = feed;
    return made;
}

double now()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

} // namespace

TEST_CASE("positions: snapshot, changes, removals, and nothing for other accounts")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const writers write(world.writer);
        co_await write.accounts.upsert_position(make_position("1", "BTC/USDT", 0.5));
        co_await write.accounts.upsert_position(make_position("2", "BTC/USDT", 9));
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_positions("1");
        const auto first = co_await support::next_item(updates);
        CHECK(first.snapshot);
        CHECK(first.symbol == "BTC/USDT");
        CHECK(first.user_id == "1");
        CHECK(first.size == 0.5);

        co_await write.accounts.upsert_position(make_position("2", "BTC/USDT", 10)); // not ours
        co_await write.accounts.touch_positions("1"); // no change of a position
        co_await write.accounts.upsert_position(make_position("1", "ETH/USDT", -3));
        const auto second = co_await support::next_item(updates);
        CHECK(second.symbol == "ETH/USDT");
        CHECK(second.side == "short");
        CHECK(second.size == 3);
        CHECK(second.update_id == 1);
        CHECK_FALSE(second.snapshot);

        std::vector<fullon_orm::position> rest;
        rest.push_back(make_position("1", "ETH/USDT", -4));
        co_await write.accounts.upsert_positions("1", rest); // one changed, one gone
        std::map<std::string, bool> removed;
        for (int i = 0; i < 2; ++i) {
            const auto one = co_await support::next_item(updates);
            removed[one.symbol] = one.removed;
            CHECK(one.missed == 0);
        }
        CHECK(removed == std::map<std::string, bool>{{"BTC/USDT", true}, {"ETH/USDT", false}});

        world.redis.running();
        support::redis_cli cli(world.redis);
        cli("HSET", "account_positions", "1", "{x"); // unreadable: what was said stands
        rest.front() = make_position("1", "SOL/USDT", 1);
        co_await write.accounts.upsert_positions("1", rest); // the whole: a merge does not overwrite it
        std::set<std::string> seen;
        for (int i = 0; i < 2; ++i) {
            const auto one = co_await support::next_item(updates);
            seen.insert(one.symbol + (one.removed ? " removed" : ""));
        }
        CHECK(seen == std::set<std::string>{"ETH/USDT removed", "SOL/USDT"});
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("an account that is not there yet is followed all the same")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const writers write(world.writer);
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_positions("new");
        co_await write.accounts.upsert_position(make_position("new", "A", 1));
        const auto one = co_await support::next_item(updates);
        CHECK_FALSE(one.snapshot);
        CHECK(one.update_id == 1);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("the length of a queue is told when it changes, and only then")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const writers write(world.writer);
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_order_queue("binance");
        const auto empty = co_await support::next_item(updates);
        CHECK(empty.snapshot);
        CHECK(empty.queue_length == 0);
        co_await write.orders.save_order("binance", make_order("1"));
        auto one = co_await support::next_item(updates);
        CHECK(one.queue_length == 1);
        co_await write.orders.save_order("binance", make_order("1")); // again: as many as before
        co_await write.orders.save_order("binanceus", make_order("1"));
        co_await write.orders.save_order("binance", make_order("2"));
        one = co_await support::next_item(updates);
        CHECK(one.queue_length == 2);
        CHECK(one.update_id == 2);
        support::redis_cli cli(world.redis);
        cli("DEL", "order_status:binance");
        one = co_await support::next_item(updates);
        CHECK(one.queue_length == 0);
        CHECK_FALSE(one.removed);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("bots: one of them, or all with those to come")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const writers write(world.writer);
        co_await write.bots.update_bot("a", bot_says(1));
        auto cache = co_await support::use(world, where);
        auto all = co_await cache->stream_bot_status();
        auto only_b = co_await cache->stream_bot_status("b");
        auto one = co_await support::next_item(all);
        CHECK(one.bot_id == "a");
        CHECK(one.snapshot);
        co_await write.bots.update_bot("b", bot_says(2));
        one = co_await support::next_item(all);
        CHECK(one.bot_id == "b");
        CHECK(one.update_id == 1); // seen live from its first state on
        auto same = co_await support::next_item(only_b);
        CHECK(same.bot_id == "b");
        CHECK(same.data.at("feed").at("n") == 2);
        co_await write.bots.del_bot("a");
        one = co_await support::next_item(all);
        CHECK(one.bot_id == "a");
        CHECK(one.removed);
        co_await write.bots.update_bot("a", bot_says(3)); // it comes back: its numbers go on
        one = co_await support::next_item(all);
        CHECK(one.bot_id == "a");
        CHECK_FALSE(one.removed);
        CHECK(one.update_id == 2);
        co_await write.bots.del_bot("b");
        same = co_await support::next_item(only_b);
        CHECK(same.removed);
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("a bot that somebody follows by name before it is there reaches those who follow all, too")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const writers write(world.writer);
        auto cache = co_await support::use(world, where);
        auto other = co_await support::use(world, where);
        auto all = co_await cache->stream_bot_status();
        auto by_name = co_await other->stream_bot_status("later");
        co_await write.bots.update_bot("later", bot_says(1));
        auto heard = co_await support::next_item(by_name);
        CHECK(heard.bot_id == "later");
        heard = co_await support::next_item(all);
        CHECK(heard.bot_id == "later");
        CHECK(heard.update_id == 1);
        CHECK_FALSE(heard.snapshot);
        co_await cache.close();
        co_await other.close();
        co_await world.stop();
    });
}

TEST_CASE("the health of the system changes by reports, and with time")
{
    support::run_on_both([](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await world.start();
        const writers write(world.writer);
        auto cache = co_await support::use(world, where);
        auto updates = co_await cache->stream_process_health();
        auto one = co_await support::next_item(updates);
        CHECK(one.snapshot);
        CHECK(one.healthy);
        CHECK(one.active_processes == 0);

        const auto id = co_await write.processes.register_process("bot", "bot_1");
        one = co_await support::next_item(updates);
        while (one.active_processes != 1) // between the three writes of a registration there may be a reading
            one = co_await support::next_item(updates);
        CHECK(one.total_processes == 1);
        fullon_cache::process_update failing;
        failing.status = "error";
        co_await write.processes.update_process(id, failing);
        one = co_await support::next_item(updates);
        CHECK_FALSE(one.healthy);
        CHECK(one.error_processes == 1);

        // A process whose last sign of life will be five minutes old in two seconds.
        support::redis_cli cli(world.redis);
        const auto stamp = fullon_orm::format_iso(now() - 298);
        cli("SET", "process:data:tick:t:1",
            R"({"status": "running", "updated_at": ")" + stamp + R"(", "heartbeat": ")" + stamp + "\"}");
        cli("HSET", "process:active:tick", "tick:t:1", stamp);
        one = co_await support::next_item(updates);
        while (one.total_processes != 2)
            one = co_await support::next_item(updates);
        CHECK(one.active_processes == 2);
        CHECK(one.stale_processes == 0);
        auto before = support::commands_of(cli);
        for (bool quiet = false; !quiet;) { // two writes may have caused two readings
            co_await support::pause(30ms);
            const auto again = support::commands_of(cli);
            quiet = again.at("hgetall") == before.at("hgetall");
            before = again;
        }
        one = co_await support::next_item(updates); // nobody wrote
        while (one.stale_processes != 1)
            one = co_await support::next_item(updates);
        CHECK(one.active_processes == 1);
        const auto after = support::commands_of(cli);
        CHECK(after.at("hgetall") == before.at("hgetall")); // and Redis was not asked
        co_await cache.close();
        co_await world.stop();
    });
}

TEST_CASE("each state stream survives an outage, and ends up with what Redis holds")
{
    support::run_on_both(
        [](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            const writers write(world.writer);
            co_await write.accounts.upsert_position(make_position("1", "OLD", 1));
            co_await write.bots.update_bot("old", bot_says(1));
            co_await write.orders.save_order("binance", make_order("1"));
            auto cache = co_await support::use(world, where);
            auto positions = co_await cache->stream_positions("1");
            auto bots = co_await cache->stream_bot_status();
            auto queue = co_await cache->stream_order_queue("binance");
            co_await support::next_item(positions);
            co_await support::next_item(bots);
            co_await support::next_item(queue);

            world.redis.kill();
            co_await support::eventually("every stream is stale", [&] {
                return positions.state() == fullon_cache_api::stream_state::stale &&
                       bots.state() == fullon_cache_api::stream_state::stale &&
                       queue.state() == fullon_cache_api::stream_state::stale;
            });
            world.redis.start(); // empty
            co_await world.writer.ready();
            co_await write.accounts.upsert_position(make_position("1", "NEW", 2));
            co_await write.bots.update_bot("new", bot_says(2));
            std::set<std::string> symbols;
            while (!symbols.contains("NEW") || !symbols.contains("OLD removed")) {
                const auto one = co_await support::next_item(positions);
                symbols.insert(one.symbol + (one.removed ? " removed" : ""));
            }
            std::set<std::string> names;
            while (!names.contains("new") || !names.contains("old removed")) {
                const auto one = co_await support::next_item(bots);
                names.insert(one.bot_id + (one.removed ? " removed" : ""));
            }
            auto length = co_await support::next_item(queue);
            CHECK(length.queue_length == 0);
            co_await support::eventually("every stream is live", [&] {
                return positions.state() == fullon_cache_api::stream_state::live &&
                       bots.state() == fullon_cache_api::stream_state::live &&
                       queue.state() == fullon_cache_api::stream_state::live;
            });
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("random writes end in the state of Redis, with contiguous numbers for who keeps up")
{
    support::run_on_both(
        [](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
            const auto seed = std::random_device()();
            INFO("seed " << seed);
            std::mt19937 random(seed);
            served_redis world(executor);
            co_await world.start();
            const writers write(world.writer);
            auto cache = co_await support::use(world, where);
            auto updates = co_await cache->stream_bot_status();
            std::map<std::string, int> wanted;
            for (int i = 1; i <= 2000; ++i) {
                const auto bot = "bot_" + std::to_string(random() % 10);
                if (random() % 4 == 0) {
                    co_await write.bots.del_bot(bot);
                    wanted.erase(bot);
                } else {
                    co_await write.bots.update_bot(bot, bot_says(i));
                    wanted[bot] = i;
                }
            }
            std::map<std::string, int> seen;
            std::map<std::string, std::uint64_t> ids;
            while (seen != wanted) {
                const auto one = co_await support::next_item(updates);
                if (!one.snapshot)
                    CHECK(one.update_id == ids[one.bot_id] + 1 + one.missed);
                ids[one.bot_id] = one.update_id;
                if (one.removed)
                    seen.erase(one.bot_id);
                else
                    seen[one.bot_id] = one.data.at("feed").at("n").to_number<int>();
            }
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}

TEST_CASE("a thousand idle streams cost Redis nothing but the watchdog, and one change one reading")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            co_await world.start();
            const writers write(world.writer);
            co_await write.bots.update_bot("bot_0", bot_says(0));
            std::vector<websocket_peer> peers;
            constexpr int count = 50; // of them, with 20 streams each
            for (int i = 0; i < count; ++i) {
                peers.emplace_back(executor);
                co_await peers.back().open(world.settings.port);
                for (int k = 0; k < 10; ++k) { // two streams each
                    const auto account = std::to_string(10 * i + k);
                    const auto answer =
                        co_await peers.back().ask("stream_positions", R"({"user_id":")" + account + "\"}");
                    CHECK(answer.at("success").as_bool());
                    const auto bots = co_await peers.back().ask("stream_bot_status");
                    CHECK(bots.at("success").as_bool());
                }
            }
            support::redis_cli cli(world.redis);
            const auto before = support::commands_of(cli);
            CHECK(before.at("hscan") <= 2); // the bots were read for the first stream, not for each
            co_await support::pause(1000ms);
            auto after = support::commands_of(cli);
            CHECK(support::to_text(support::difference(after, before)) == "");
            // One write: one reading of its hash, however many streams hold it.
            const auto hscans = after["hscan"];
            co_await write.bots.update_bot("bot_0", bot_says(1));
            auto heard = co_await peers.back().read_until("type", "bot_update");
            while (!heard.contains("update_id") || heard.contains("snapshot"))
                heard = co_await peers.back().read_until("type", "bot_update");
            after = support::commands_of(cli);
            CHECK(after["hscan"] == hscans + 1);
            for (auto& peer : peers)
                peer.hang_up();
            co_await world.stop();
        },
        60s);
}
