// What a caller is told of a write: done, surely not done, or that nobody knows. By cuts at every byte, a hung Redis, and
// what Redis refuses.
#include "support/background.hpp"
#include "support/caches.hpp"
#include "support/tcp_proxy.hpp"

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/redis_link.hpp>

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::base_cache;
using fullon_cache::command;
using fullon_cache::connection;
using fullon_cache::errc;
using fullon_cache::pipeline;
using support::background;
using support::redis_cli;
using support::redis_server;
using support::tcp_proxy;
using texts = std::vector<std::string>;

fullon_cache::config settings_of(std::uint16_t port)
{
    fullon_cache::config settings;
    settings.host = "127.0.0.1";
    settings.port = port;
    settings.socket_timeout = 3s * support::patience;
    settings.ping_interval = 1h; // what is counted is the exchange alone
    settings.backoff_min = 5ms;
    return settings;
}

// Completes when a session answers.
asio::awaitable<void> answers(base_cache cache)
{
    const auto limit = std::chrono::steady_clock::now() + 10s * support::patience;
    bool well = false;
    while (!well) {
        REQUIRE(std::chrono::steady_clock::now() < limit);
        co_await support::pause(1ms);
        well = co_await cache.test();
    }
}

// A connection through a proxy that can cut it.
struct cut_link {
    explicit cut_link(asio::any_io_executor executor)
        : cli(server), proxy(executor, server.port()), redis(executor, settings_of(proxy.port()))
    {
        redis.start();
    }

    asio::awaitable<void> stop()
    {
        co_await redis.stop();
        co_await proxy.stop();
    }

    redis_server server;
    redis_cli cli;
    tcp_proxy proxy;
    connection redis;
};

using failure = std::optional<errc>;

struct outcomes {
    int done = 0;
    int unknown = 0;

    // `stored`: how often the write is there.
    void count(const failure& told, std::int64_t stored)
    {
        if (!told) {
            CHECK(stored == 1);
            ++done;
        } else if (*told == errc::unknown_outcome) {
            CHECK(stored <= 1);
            ++unknown;
        } else {
            CHECK(*told == errc::unavailable);
            CHECK(stored == 0);
        }
    }
};

// Writes again and again, cut at each byte of each way in turn.
template <class Reset, class Write, class Judge>
asio::awaitable<void> cut_everywhere(cut_link* link, Reset reset, Write write, Judge judge)
{
    for (const auto which : {tcp_proxy::way::up, tcp_proxy::way::down}) {
        co_await answers(base_cache(link->redis));
        reset();
        const auto before = link->proxy.passed(which);
        co_await write();
        co_await answers(base_cache(link->redis)); // so that all is counted
        const auto bytes = link->proxy.passed(which) - before;
        CHECK(bytes > 3);
        for (std::size_t cut = 0; cut < bytes + 2; ++cut) {
            INFO(static_cast<int>(which) << " " << cut);
            co_await answers(base_cache(link->redis));
            reset();
            link->proxy.cut_after(which, cut);
            const auto told = co_await support::error_of(write());
            link->proxy.heal();
            judge(told);
        }
    }
}

} // namespace

TEST_CASE("a push that is cut at any byte is done, surely not done, or of unknown outcome, and that is true")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            cut_link link(executor);
            const base_cache cache(link.redis);
            outcomes seen;
            co_await cut_everywhere(
                &link, [&] { link.cli("DEL", "q"); }, [&] { return cache.rpush("q", texts(1, "element")); },
                [&](const failure& outcome) { seen.count(outcome, link.cli("LLEN", "q").integer()); });
            CHECK(seen.done > 0);
            CHECK(seen.unknown > 10);
            co_await link.stop();
        },
        60s);
}

TEST_CASE("merges that are cut at any byte are made as a whole, not at all, or nobody knows")
{
    support::run(
        [](asio::any_io_executor executor) -> asio::awaitable<void> {
            cut_link link(executor);
            const fullon_cache::account_cache accounts(link.redis);
            outcomes seen;
            const auto position_of = [](std::string symbol) {
                fullon_orm::position one;
                one.ex_id = "4";
                one.symbol = std::move(symbol);
                one.volume = 1;
                return one;
            };
            std::optional<failure> second; // of a merge into the same account, beside the first
            co_await cut_everywhere(
                &link,
                [&] {
                    link.cli("HSET", "account_positions", "4", R"({"OLD/USDT": {"cost": 1, "volume": 7}})");
                },
                [&]() -> asio::awaitable<void> {
                    const background<void> beside(executor, accounts.upsert_position(position_of("B/USDT")));
                    std::exception_ptr thrown;
                    try {
                        co_await accounts.upsert_position(position_of("A/USDT"));
                    } catch (const fullon_cache::cache_error&) {
                        thrown = std::current_exception();
                    }
                    second = co_await beside.error();
                    if (thrown)
                        std::rethrow_exception(thrown);
                },
                [&](const failure& first) {
                    const auto stored =
                        boost::json::parse(link.cli("HGET", "account_positions", "4").text).as_object();
                    CHECK(stored.at("OLD/USDT").at("volume").to_number<int>() == 7);
                    seen.count(first, stored.contains("A/USDT") ? 1 : 0);
                    seen.count(*second, stored.contains("B/USDT") ? 1 : 0);
                });
            CHECK(seen.done > 0);
            CHECK(seen.unknown > 10);
            co_await link.stop();
        },
        120s);
}

TEST_CASE("a read that is cut is only unavailable, a read that takes too long a time-out")
{
    const auto adjust = [](fullon_cache::config& settings) {
        settings.socket_timeout = 200ms * support::patience;
        settings.ping_timeout = 60s;
    };
    support::with_cache<base_cache>(
        [](support::cache_world<base_cache>& w) -> asio::awaitable<void> {
            w.server.pause();
            const background<std::optional<std::string>> read(w.connection.get_executor(), w.cache.get("k"));
            const background<void> write(w.connection.get_executor(), w.cache.set("k", "1"));
            const auto late = co_await read.error();
            CHECK(late == errc::timeout);
            const auto unknown = co_await write.error();
            CHECK(unknown == errc::unknown_outcome);
            const background<std::optional<std::string>> second(w.connection.get_executor(),
                                                                w.cache.get("k"));
            co_await support::pause(1ms);
            w.server.kill();
            const auto gone = co_await second.error();
            CHECK(gone == errc::unavailable);
            w.server.start();
            co_await w.connection.ready(10s * support::patience);
        },
        adjust);
}

TEST_CASE("a write that waits behind others for a silent Redis is taken back at its time: it was never sent")
{
    const auto adjust = [](fullon_cache::config& settings) {
        settings.socket_timeout = 200ms * support::patience;
        settings.ping_timeout = 60s;
    };
    support::with_cache<base_cache>(
        [](support::cache_world<base_cache>& w) -> asio::awaitable<void> {
            const auto executor = w.connection.get_executor();
            w.server.pause();
            // More than the buffers of the kernel take.
            const background<void> large(executor, w.cache.set("large", std::string(64 * 1024 * 1024, 'x')));
            co_await support::pause(20ms);
            const background<void> behind(executor, w.cache.set("behind", "1"));
            auto cancelled = background<void>(executor, w.cache.set("cancelled", "1"));
            co_await support::pause(1ms);
            cancelled.cancel();
            const auto first = co_await large.error();
            CHECK(first == errc::unknown_outcome);
            const auto second = co_await behind.error();
            CHECK(second == errc::timeout);
            const bool aborted = co_await cancelled.aborted();
            CHECK(aborted);
            w.server.resume();
            redis_cli cli(w.server, 20s);
            auto written = [&] { return cli("EXISTS", "large").integer() == 1; };
            co_await support::eventually("the large one", written);
            co_await w.cache.ping();
            CHECK(cli("EXISTS", "behind").integer() == 0);
            CHECK(cli("EXISTS", "cancelled").integer() == 0);
        },
        adjust);
}

TEST_CASE("a Redis that takes no more clients says so")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        redis_cli cli(server);
        cli("CONFIG", "SET", "maxclients", "1");
        connection redis(executor, support::redis_config(server));
        redis.start();
        const base_cache cache(redis);
        std::optional<errc> failure;
        for (int i = 0; i < 200 && failure != errc::too_many_clients;
             ++i) { // its word may be lost with the connection
            failure = co_await support::error_of(cache.set("k", "1"));
            co_await support::pause(5ms);
        }
        CHECK(failure == errc::too_many_clients);
        cli("CONFIG", "SET", "maxclients", "100");
        co_await redis.ready(10s * support::patience);
        co_await cache.set("k", "1");
        co_await redis.stop();
    });
}

TEST_CASE("what Redis refuses has a word, and nothing was written")
{
    support::with_cache<base_cache>([](support::cache_world<base_cache>& w) -> asio::awaitable<void> {
        w.cli("CONFIG", "SET", "min-replicas-to-write", "1");
        auto failure = co_await support::error_of(w.cache.set("k", "1"));
        CHECK(failure == errc::no_replicas);
        w.cli("CONFIG", "SET", "min-replicas-to-write", "0");

        w.cli("CONFIG", "SET", "maxmemory", "1");
        failure = co_await support::error_of(w.cache.set("k", "1"));
        CHECK(failure == errc::out_of_memory);
        w.cli("CONFIG", "SET", "maxmemory", "0");
        CHECK(w.cli("EXISTS", "k").integer() == 0);

        // The first one costs the session, the next ones are refused before they are sent.
        w.cli("CONFIG", "SET", "proto-max-bulk-len", 1024 * 1024);
        const std::string large(2 * 1024 * 1024, 'x');
        failure = co_await support::error_of(w.cache.set("k", large));
        CHECK((failure == errc::too_large || failure == errc::unknown_outcome));
        co_await support::eventually("the session is over",
                                     [&] { return w.connection.shared_link()->losses() == 1; });
        co_await w.connection.ready(10s * support::patience);
        if (failure == errc::too_large) { // its word may be lost with the connection
            failure = co_await support::error_of(w.cache.set("k", large));
            CHECK(failure == errc::too_large);
            CHECK(w.connection.shared_link()->losses() == 1);
        }
        CHECK(w.cli("EXISTS", "k").integer() == 0);
        co_await w.cache.set("k", "1");
    });
}

TEST_CASE("a master that is demoted is left at its first refusal")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server master;
        redis_server server;
        redis_cli cli(server);
        auto settings = support::redis_config(server);
        settings.ping_interval = 1h; // ROLE is not asked meanwhile
        connection redis(executor, settings);
        redis.start();
        co_await redis.ready();
        const base_cache cache(redis);
        cli("REPLICAOF", "127.0.0.1", std::to_string(master.port()));
        const auto failure = co_await support::error_of(cache.set("k", "1"));
        CHECK(failure == errc::read_only);
        co_await support::eventually("another session", [&] { return redis.shared_link()->losses() == 1; });
        CHECK(redis.shared_link()->down_text().find("replica") != std::string::npos);
        co_await redis.stop();
    });
}

TEST_CASE("who may not do something is refused alone")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server(
            {"--user", "few", "on", ">pw", "~mine:*", "~fullon_cache:taken:*", "&mine:*", "+@all"});
        auto settings = support::redis_config(server);
        settings.user = "few";
        settings.password = "pw";
        connection redis(executor, settings);
        redis.start();
        co_await redis.ready();
        const base_cache cache(redis);
        const background<std::optional<std::string>> waiting(executor, cache.blpop("mine:q", 60s));
        for (int i = 0; i < 3; ++i) {
            auto failure = co_await support::error_of(cache.blpop("other:q", 10s));
            CHECK(failure == errc::permission_denied);
            failure = co_await support::error_of(cache.rpush("other:q", texts(1, "1")));
            CHECK(failure == errc::permission_denied);
            failure = co_await support::error_of(cache.publish("other:c", "1"));
            CHECK(failure == errc::permission_denied);
            failure = co_await support::error_of(cache.xread("other:s", "0", std::nullopt, 10s));
            CHECK(failure == errc::permission_denied);
        }
        CHECK_FALSE(waiting.done());
        CHECK(redis.shared_link()->losses() == 0);
        co_await cache.rpush("mine:q", texts(1, "1"));
        const auto found = co_await waiting.result();
        CHECK(found == "1");
        co_await redis.stop();
    });
}
