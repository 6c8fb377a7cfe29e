// The connection to Redis: outages, time-outs, logins, tracking.
#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/connection.hpp>
#include <fullon_cache/push_listener.hpp>
#include <fullon_cache/redis_link.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::cache_error;
using fullon_cache::command;
using fullon_cache::connection;
using fullon_cache::errc;
using fullon_cache::pipeline;
using std::chrono::steady_clock;
using support::redis_cli;
using support::redis_server;

// The error that a command fails with; nothing when it succeeds.
asio::awaitable<std::optional<errc>> failure_of(connection& redis, command one)
{
    std::optional<errc> failure;
    try {
        co_await redis.execute(std::move(one));
    } catch (const cache_error& error) {
        failure = static_cast<errc>(error.code().value());
    }
    co_return failure;
}

struct recorder final : fullon_cache::push_listener {
    void on_message(std::string_view channel, std::string_view payload) override
    {
        heard.push_back("message " + std::string(channel) + " " + std::string(payload));
    }
    void on_invalidate(std::string_view key) override { heard.push_back("invalidate " + std::string(key)); }
    void on_invalidate_all() override { heard.emplace_back("invalidate all"); }
    void on_link_up() override { heard.emplace_back("up"); }
    void on_link_down() override { heard.emplace_back("down"); }

    bool has(const std::string& what) const
    {
        return std::find(heard.begin(), heard.end(), what) != heard.end();
    }

    std::vector<std::string> heard;
};

} // namespace

TEST_CASE("a command fails at once with unavailable while Redis is down, and works again when it is back")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        connection redis(executor, support::redis_config(server));
        redis.start();
        co_await redis.ready();
        for (int round = 0; round < 3; ++round) {
            server.kill();
            co_await support::eventually("down", [&] { return !redis.up(); });
            const auto begin = steady_clock::now();
            const auto failure = co_await failure_of(redis, command("GET", "x"));
            CHECK(failure == errc::unavailable);
            CHECK(steady_clock::now() - begin < 100ms * support::patience);
            server.start();
            co_await redis.ready(10s * support::patience);
            const auto works = co_await failure_of(redis, command("SET", "x", "1"));
            CHECK_FALSE(works);
        }
        CHECK(redis.shared_link()->losses() == 3);
        co_await redis.stop();
        const auto closed = co_await failure_of(redis, command("GET", "x"));
        CHECK(closed == errc::closed);
    });
}

TEST_CASE("a hung Redis ends in time-outs first, then in unavailable, and recovers")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        auto settings = support::redis_config(server);
        settings.socket_timeout = 300ms;
        settings.ping_timeout = 1000ms;
        connection redis(executor, settings);
        redis.start();
        co_await redis.ready();
        server.pause();
        const auto begin = steady_clock::now();
        const auto first = co_await failure_of(redis, command("GET", "x"));
        CHECK(first == errc::timeout);
        CHECK(steady_clock::now() - begin < 900ms * support::patience);
        co_await support::eventually("given up by the watchdog", [&] { return !redis.up(); });
        const auto second = co_await failure_of(redis, command("GET", "x"));
        CHECK(second == errc::unavailable);
        server.resume();
        co_await redis.ready(10s * support::patience);
        const auto works = co_await failure_of(redis, command("GET", "x"));
        CHECK_FALSE(works);
        co_await redis.stop();
    });
}

TEST_CASE("an abandoned request does not disturb those behind it")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server({"--enable-debug-command", "yes"});
        auto settings = support::redis_config(server);
        settings.socket_timeout = 200ms;
        settings.ping_timeout = 10s;
        connection redis(executor, settings);
        redis.start();
        co_await redis.ready();
        const auto sleeper = co_await failure_of(redis, command("DEBUG", "SLEEP", "0.4"));
        CHECK(sleeper == errc::unknown_outcome); // a script may write
        co_await support::pause(400ms);
        const auto echoed = co_await redis.execute(command("ECHO", "mine"));
        CHECK(echoed.text == "mine"); // and not the late reply
        CHECK(redis.shared_link()->losses() == 0);
        co_await redis.stop();
    });
}

TEST_CASE("an error reply in a pipeline or a transaction stays in its place")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        connection redis(executor, support::redis_config(server));
        redis.start();
        co_await redis.ready();
        pipeline commands;
        commands.add("SET", "text", "1").add("LLEN", "text").add("GET", "text");
        commands.add("MULTI").add("LLEN", "text").add("GET", "text").add("EXEC").add("ECHO", "end");
        const auto replies = co_await redis.execute(std::move(commands));
        REQUIRE(replies.size() == 8);
        CHECK(replies[1].is_error());
        CHECK(replies[2].text == "1");
        REQUIRE(replies[6].items.size() == 2);
        CHECK(replies[6].items[0].is_error());
        CHECK(replies[6].items[1].text == "1");
        CHECK(replies[7].text == "end");
        const auto wrong = co_await failure_of(redis, command("LLEN", "text"));
        CHECK(wrong == errc::wrong_type);
        co_await redis.stop();
    });
}

TEST_CASE("a Redis that is not there yet is waited for by nobody, and found when it comes")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        server.stop();
        connection redis(executor, support::redis_config(server));
        redis.start();
        const auto failure =
            co_await failure_of(redis, command("GET", "x")); // waits for the first attempt only
        CHECK(failure == errc::unavailable);
        server.start();
        co_await redis.ready(10s * support::patience);
        co_await redis.stop();
    });
}

TEST_CASE("a connection can be stopped at any moment of its setting up")
{
    redis_server server;
    for (int steps = 0; steps < 40; ++steps) {
        asio::io_context context(1);
        connection redis(context.get_executor(), support::redis_config(server));
        redis.start();
        for (int i = 0; i < steps; ++i)
            context.run_one_for(5ms);
        bool stopped = false;
        auto stop = [&]() -> asio::awaitable<void> {
            co_await redis.stop();
            stopped = true;
        };
        asio::co_spawn(context, stop(), [](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
        context.run_for(2s * support::patience);
        INFO("after " << steps << " steps");
        CHECK(stopped);
    }
}

TEST_CASE("a wrong password is an outage that names its reason, and the right one logs in")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server({"--requirepass", "correct"});
        auto settings = support::redis_config(server);
        settings.password = "wrong";
        connection refused(executor, settings);
        refused.start();
        const auto failure = co_await failure_of(refused, command("GET", "x"));
        CHECK(failure == errc::authentication);
        co_await refused.stop();

        settings.password = "correct";
        connection welcome(executor, settings);
        welcome.start();
        co_await welcome.ready();
        co_await welcome.stop();
    });
}

TEST_CASE("the database of the configuration is selected again after a reconnect")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        auto settings = support::redis_config(server);
        settings.db = 3;
        connection redis(executor, settings);
        redis.start();
        co_await redis.ready();
        server.kill();
        server.start();
        co_await support::eventually("a second session",
                                     [&] { return redis.shared_link()->sessions() == 2; });
        co_await redis.execute(command("SET", "x", "1"));
        redis_cli cli(server);
        cli("SELECT", 3);
        CHECK(cli("GET", "x").text == "1");
        co_await redis.stop();
    });
}

TEST_CASE("invalidations, publications and their prefixes come back after an outage")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        connection redis(executor, support::redis_config(server));
        const auto link = redis.shared_link();
        recorder heard;
        link->attach(heard);
        redis.start();
        co_await redis.ready();
        const std::vector<std::string> channels{"news"};
        co_await link->subscribe(channels);
        co_await link->subscribe_prefix("wire:");
        co_await link->track("watched:");
        co_await link->track("watched:"); // a repeated prefix is no error, though Redis refuses it
        for (int round = 0; round < 2; ++round) {
            heard.heard.clear();
            redis_cli cli(server);
            cli("SET", "watched:key", "1");
            cli("SET", "other:key", "1");
            cli("PUBLISH", "news", "a");
            cli("PUBLISH", "wire:x", "b");
            cli("FLUSHALL");
            co_await support::eventually("everything heard", [&] {
                return heard.has("invalidate watched:key") && heard.has("message news a") &&
                       heard.has("message wire:x b") && heard.has("invalidate all");
            });
            CHECK_FALSE(heard.has("invalidate other:key"));
            if (round == 0) {
                server.kill();
                server.start();
                co_await support::eventually("up again", [&] { return link->sessions() == 2; });
                CHECK(heard.has("down"));
                CHECK(heard.has("up"));
            }
        }
        link->unsubscribe(channels);
        link->detach(heard);
        co_await redis.stop();
    });
}

TEST_CASE("a channel under a followed prefix is heard once")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        connection redis(executor, support::redis_config(server));
        const auto link = redis.shared_link();
        recorder heard;
        link->attach(heard);
        redis.start();
        co_await redis.ready();
        const std::vector<std::string> channels{"wire:x"};
        co_await link->subscribe(channels);
        co_await link->subscribe_prefix("wire:");
        redis_cli cli(server);
        cli("PUBLISH", "wire:x", "1");
        cli("PUBLISH", "wire:y", "2");
        co_await support::eventually("the last one", [&] { return heard.has("message wire:y 2"); });
        CHECK(std::count(heard.heard.begin(), heard.heard.end(), "message wire:x 1") == 1);
        link->unsubscribe(channels);
        link->detach(heard);
        co_await redis.stop();
    });
}

TEST_CASE("a connection that is destroyed without stop ends by itself, its caches fail with closed")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        std::optional<connection> redis(std::in_place, executor, support::redis_config(server));
        redis->start();
        co_await redis->ready();
        const fullon_cache::tick_reader ticks(*redis);
        redis.reset();
        std::optional<errc> failure;
        try {
            co_await ticks.get_ticker("okx", "A");
        } catch (const cache_error& error) {
            failure = static_cast<errc>(error.code().value());
        }
        CHECK(failure == errc::closed);
    });
}

TEST_CASE("an event loop that stood still for longer than the watchdog waits loses nothing")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        auto settings = support::redis_config(server);
        settings.ping_interval = 50ms;
        settings.ping_timeout = 200ms;
        connection redis(executor, settings);
        redis.start();
        co_await redis.ready();
        const auto until = steady_clock::now() + 600ms; // a host that computes instead of running its loop
        while (steady_clock::now() < until) {
        }
        co_await support::pause(300ms);
        CHECK(redis.up());
        CHECK(redis.shared_link()->losses() == 0);
        co_await redis.stop();
    });
}
