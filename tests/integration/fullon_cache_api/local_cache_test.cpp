// Answers that are kept in memory: as long as nothing has changed, and not a moment longer.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/command_counts.hpp"
#include "support/context_thread.hpp"
#include "support/follower.hpp"
#include "support/http_peer.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"
#include "support/server_process.hpp"
#include "support/websocket_peer.hpp"

#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using support::redis_cli;
using support::served_redis;
using support::text_in;
using support::websocket_peer;

const std::string of_a = R"({"exchange":"x","symbol":"A/B"})";

std::string tick(double price)
{
    return R"({"price":)" + std::to_string(price) + R"(,"time":1700000000})";
}

void write(redis_cli& cli, double price)
{
    cli("HSET", "tickers:x", "A/B", tick(price));
}

struct asked {
    double price = 0;
    bool from_memory = false;
    std::string failure;
};

asio::awaitable<asked> ask(websocket_peer& peer)
{
    const auto answer = co_await peer.ask("get_ticker", of_a);
    asked found;
    if (answer.at("success").as_bool()) {
        found.price = answer.at("result").at("price").to_number<double>();
        found.from_memory = answer.at("metrics").at("source") == "memory";
    } else
        found.failure = text_in(answer, "error_code");
    co_return found;
}

asio::awaitable<void> until_kept(websocket_peer& peer)
{
    const auto deadline = steady_clock::now() + 5s * support::patience;
    for (asked last; !last.from_memory; last = co_await ask(peer))
        if (steady_clock::now() > deadline)
            throw std::runtime_error("no answer is kept");
}

using body = std::function<asio::awaitable<void>(served_redis&, redis_cli&, websocket_peer&)>;

void with_server(std::function<void(fullon_cache_api::server_config&)> configure, body run,
                 std::chrono::seconds limit = 60s)
{
    support::run(
        [&](asio::any_io_executor executor) -> asio::awaitable<void> {
            served_redis world(executor);
            configure(world.settings);
            redis_cli cli(world.redis);
            write(cli, 1);
            co_await world.start();
            websocket_peer peer(executor);
            co_await peer.open(world.settings.port);
            auto running = run(world, cli, peer);
            co_await std::move(running);
            peer.hang_up();
            co_await world.stop();
        },
        limit);
}

void with_server(body run)
{
    with_server([](fullon_cache_api::server_config&) {}, std::move(run));
}

} // namespace

TEST_CASE("an answer is kept until its key changes, however that happens", "[local_cache]")
{
    with_server([](served_redis& world, redis_cli& cli, websocket_peer& peer) -> asio::awaitable<void> {
        co_await until_kept(peer);
        const std::vector<std::pair<std::string, std::function<void()>>> changes{
            {"HSET", [&] { write(cli, 2); }},
            {"HSET of another field", [&] { cli("HSET", "tickers:x", "C/D", tick(3)); }},
            {"HDEL", [&] { cli("HDEL", "tickers:x", "A/B"); }},
            {"DEL", [&] { cli("DEL", "tickers:x"); }},
            {"PEXPIRE in the past", [&] { cli("PEXPIREAT", "tickers:x", "1"); }},
            {"RENAME", [&] { cli("RENAME", "tickers:x", "tickers:y"); }},
            {"RENAME over it",
             [&] {
                 cli("HSET", "tickers:z", "A/B", tick(4));
                 cli("RENAME", "tickers:z", "tickers:x");
             }},
            {"another type", [&] { cli("SET", "tickers:x", "text"); }},
            {"FLUSHDB", [&] { cli("FLUSHDB"); }},
            {"FLUSHALL", [&] { cli("FLUSHALL"); }},
            {"a transaction",
             [&] { cli.pipeline({{"MULTI"}, {"HSET", "tickers:x", "A/B", tick(5)}, {"EXEC"}}); }},
            {"a script",
             [&] { cli("EVAL", "redis.call('HSET', KEYS[1], 'A/B', ARGV[1])", "1", "tickers:x", tick(6)); }},
        };
        for (const auto& [name, change] : changes) {
            INFO(name);
            cli("DEL", "tickers:x");
            write(cli, 1);
            co_await until_kept(peer);
            change();
            const auto stored = cli.execute({"HGET", "tickers:x", "A/B"});
            const auto found = co_await ask(peer);
            CHECK_FALSE(found.from_memory);
            if (stored.is_error())
                CHECK(found.failure == "CORRUPT_ENTRY");
            else if (stored.is_nil())
                CHECK(found.failure == "CACHE_MISS");
            else
                CHECK(tick(found.price) == stored.text);
        }
        CHECK(world.server->metrics().local_cache.hits >= changes.size());
    });
}

TEST_CASE("whoever has written reads what it wrote, over every surface", "[local_cache]")
{
    with_server([](served_redis& world, redis_cli& cli, websocket_peer& peer) -> asio::awaitable<void> {
        auto client = co_await fullon_cache_api::client::connect(world.url());
        support::http_peer http(world.executor);
        co_await http.connect(world.settings.port);
        const auto path = world.settings.rest_prefix + "/tickers/x/A%2FB";
        for (int price = 1; price <= 100; ++price) {
            write(cli, price);
            const auto here = co_await world.server->get_ticker("x", "A/B");
            REQUIRE(here->price == price);
            REQUIRE((co_await ask(peer)).price == price);
            const auto there = co_await client.get_ticker("x", "A/B");
            REQUIRE(there->price == price);
            const auto page = co_await http.get(path);
            REQUIRE(json::parse(page.body).at("price").to_number<double>() == price);
        }
        for (int i = 0; i < 10; ++i)
            co_await world.server->get_ticker("x", "A/B");
        CHECK(world.server->metrics().local_cache.hits > 10);
        co_await client.close();
    });
}

// The server has a process of its own: Redis may be interrupted between its answer to the writer and its report.
TEST_CASE("whoever has written reads what it wrote while Redis owes answers to others", "[local_cache]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server redis;
        support::server_process server(support::server_process::variables_for(redis));
        const auto port = co_await server.listening();
        redis_cli cli(redis);
        support::context_thread others;
        std::atomic<bool> over = false;
        const auto keep_busy = [&]() -> asio::awaitable<void> {
            websocket_peer peer(co_await asio::this_coro::executor);
            co_await peer.open(port);
            redis_cli writer(redis);
            for (int i = 0; !over; ++i) {
                writer("HSET", "tickers:y", "C/D", tick(i));
                co_await peer.ask("get_ticker", R"({"exchange":"y","symbol":"C/D"})");
                co_await peer.ask("get_blocks");
            }
            peer.hang_up();
        };
        auto noise = std::async(std::launch::async, [&] { others.run(keep_busy, 60s * support::patience); });
        websocket_peer peer(executor);
        co_await peer.open(port);
        int from_memory = 0;
        int old = 0;
        for (int price = 1; price <= 1000; ++price) {
            write(cli, price);
            for (int i = 0; i < 2; ++i) {
                const auto found = co_await ask(peer);
                from_memory += found.from_memory ? 1 : 0;
                old += found.price != price ? 1 : 0;
            }
        }
        over = true;
        noise.get();
        INFO(from_memory << " of 2000 answered from memory");
        CHECK(old == 0);
        CHECK(from_memory > 0);
        peer.hang_up();
        server.send(SIGTERM);
        CHECK(co_await server.end() == 0);
    });
}

TEST_CASE("nothing is kept where that is switched off, nor where Redis refuses to report changes",
          "[local_cache]")
{
    const auto never = [](served_redis& world, redis_cli& cli,
                          websocket_peer& peer) -> asio::awaitable<void> {
        for (int price = 1; price <= 20; ++price) {
            write(cli, price);
            for (int i = 0; i < 3; ++i) {
                const auto found = co_await ask(peer);
                CHECK_FALSE(found.from_memory);
                CHECK(found.price == price);
            }
        }
        CHECK(world.server->metrics().local_cache.hits == 0);
        CHECK(world.server->metrics().local_cache.answers == 0);
    };
    SECTION("switched off")
    with_server([](fullon_cache_api::server_config& settings) { settings.local_cache = false; }, never);
    SECTION("no right to CLIENT TRACKING")
    with_server([&](served_redis& world, redis_cli& cli, websocket_peer& peer) -> asio::awaitable<void> {
        cli("ACL", "SETUSER", "api", "-client|tracking");
        auto asking = never(world, cli, peer);
        co_await std::move(asking);
    });
    SECTION("no right to PTTL: when it expires is not known")
    with_server([&](served_redis& world, redis_cli& cli, websocket_peer& peer) -> asio::awaitable<void> {
        cli("ACL", "SETUSER", "api", "-pttl");
        auto asking = never(world, cli, peer);
        co_await std::move(asking);
    });
}

TEST_CASE("nothing is answered from memory once its key has expired, although Redis has not deleted it",
          "[local_cache]")
{
    with_server([](served_redis&, redis_cli& cli, websocket_peer& peer) -> asio::awaitable<void> {
        cli("CONFIG", "SET", "hz", "1"); // it looks for expired keys once a second
        for (int round = 1; round <= 5; ++round) {
            write(cli, round);
            const auto lifetime = 300ms * support::patience;
            cli("PEXPIRE", "tickers:x", std::to_string(lifetime.count()));
            const auto expired = steady_clock::now() + lifetime;
            co_await until_kept(peer);
            auto asked_at = steady_clock::now();
            asked last{.price = 0, .from_memory = true, .failure = {}};
            for (; last.failure.empty(); last = co_await ask(peer)) {
                INFO("round " << round << ", from memory: " << last.from_memory);
                REQUIRE(asked_at < expired + 1ms);
                asked_at = steady_clock::now();
            }
            CHECK(last.failure == "CACHE_MISS");
        }
    });
}

TEST_CASE("equal questions that come together cost Redis few readings", "[local_cache]")
{
    with_server([](served_redis&, redis_cli& cli, websocket_peer& peer) -> asio::awaitable<void> {
        constexpr int rounds = 20, at_once = 100;
        std::string questions;
        for (int i = 0; i < at_once; ++i)
            questions += support::make_frame(support::request_text(std::to_string(i), "get_ticker", of_a));
        const auto before = support::commands_of(cli)["hget"];
        for (int price = 1; price <= rounds; ++price) {
            write(cli, price);
            co_await peer.send_raw(questions);
            for (int i = 0; i < at_once; ++i) {
                const auto answer = co_await peer.read_json();
                REQUIRE(answer.at("result").at("price").to_number<int>() == price);
            }
        }
        CHECK(support::commands_of(cli)["hget"] - before < rounds * 10);
    });
}

TEST_CASE("blocks are never answered from memory, nor what is missing", "[local_cache]")
{
    with_server([](served_redis&, redis_cli& cli, websocket_peer& peer) -> asio::awaitable<void> {
        co_await until_kept(peer);
        for (int i = 0; i < 5; ++i) {
            for (const auto& [operation, params] : std::vector<std::pair<std::string, std::string>>{
                     {"is_blocked", R"({"exchange":"x","symbol":"A/B"})"},
                     {"get_ticker", R"({"exchange":"x","symbol":"NO/NE"})"}}) {
                const auto answer = co_await peer.ask(operation, params);
                INFO(json::serialize(answer));
                CHECK((!answer.contains("metrics") || answer.at("metrics").at("source") == "redis"));
            }
        }
        cli("HSET", "block_exchange", "x:A/B", "bot-1");
        const auto blocked = co_await peer.ask("is_blocked", R"({"exchange":"x","symbol":"A/B"})");
        CHECK(blocked.at("result").at("is_blocked").as_bool());
    });
}

TEST_CASE("what Redis reports to nobody is found within the reconcile interval", "[local_cache]")
{
    with_server([](fullon_cache_api::server_config& settings) { settings.reconcile_interval = 500ms; },
                [](served_redis&, redis_cli& cli, websocket_peer& peer) -> asio::awaitable<void> {
                    cli("SELECT", 1);
                    write(cli, 2);
                    co_await until_kept(peer);
                    cli("SWAPDB", 0, 1);
                    const auto begin = steady_clock::now();
                    for (asked last; last.price != 2; last = co_await ask(peer))
                        REQUIRE(steady_clock::now() - begin < 500ms + 500ms * support::patience);
                });
}

TEST_CASE("answers from memory stop within a second of silence of Redis, and at once when it is gone",
          "[local_cache]")
{
    with_server(
        [](fullon_cache_api::server_config& settings) {
            settings.redis.socket_timeout = 500ms * support::patience;
        },
        [](served_redis& world, redis_cli& cli, websocket_peer& peer) -> asio::awaitable<void> {
            co_await until_kept(peer);
            world.redis.pause();
            const auto begin = steady_clock::now();
            asked last{.price = 1, .from_memory = true, .failure = {}};
            auto end = begin; // of the last answer
            while (last.failure.empty()) {
                CHECK(last.from_memory);
                end = steady_clock::now();
                last = co_await ask(peer);
            }
            CHECK(end - begin < 1s + 500ms * support::patience);
            CHECK((last.failure == "TIMEOUT" || last.failure == "CACHE_UNAVAILABLE"));
            world.redis.resume();
            co_await until_kept(peer);
            world.redis.kill();
            co_await support::eventually("it is known", [&] { return !world.server->redis_up(); });
            CHECK((co_await ask(peer)).failure == "CACHE_UNAVAILABLE");
            world.redis.start(); // empty
            co_await support::eventually("it is there", [&] { return world.server->redis_up(); });
            CHECK((co_await ask(peer)).failure == "CACHE_MISS");
            redis_cli again(world.redis);
            write(again, 7);
            CHECK((co_await ask(peer)).price == 7);
            co_await until_kept(peer);
            (void)cli;
        });
}

TEST_CASE("many who write and read at once: nobody reads less than was written before it asked",
          "[local_cache]")
{
    with_server([](served_redis& world, redis_cli&, websocket_peer&) -> asio::awaitable<void> {
        constexpr int writes = 2000;
        int acknowledged = 0; // prices only rise
        bool over = false;
        std::uint64_t old = 0, from_memory = 0, questions = 0;
        const auto writing = [&]() -> asio::awaitable<void> {
            for (int price = 1; price <= writes; ++price) {
                fullon_orm::tick next;
                next.exchange = "x";
                next.symbol = "A/B";
                next.price = price;
                co_await world.ticks.set_ticker(next);
                acknowledged = price;
            }
            over = true;
        };
        const auto reading = [&]() -> asio::awaitable<void> {
            websocket_peer own(co_await asio::this_coro::executor);
            co_await own.open(world.settings.port);
            while (!over) {
                const auto least = acknowledged;
                const auto found = co_await ask(own);
                ++questions;
                from_memory += found.from_memory ? 1 : 0;
                old += found.price < least ? 1 : 0;
            }
            const auto last = co_await ask(own);
            CHECK(last.price == writes);
            own.hang_up();
        };
        std::vector<support::background<void>> all;
        for (int i = 0; i < 4; ++i)
            all.emplace_back(world.executor, reading());
        all.emplace_back(world.executor, writing());
        for (auto& one : all)
            co_await one.result();
        INFO(questions << " questions, " << from_memory << " answered from memory");
        CHECK(old == 0);
        CHECK(questions > 1000);
    });
}
