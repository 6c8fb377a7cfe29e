// What one client does, or is refused, concerns no other: clients that leave at once, channels that are not permitted.
#include "integration/fullon_cache_api/truth_streams.hpp"

#include "support/websocket_peer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace truth_tests;
using support::follower;
using support::redis_cli;
using support::served_redis;

// Each of the streams when its first client goes away before Redis has answered.
asio::awaitable<void> leave_while_subscribing(asio::any_io_executor executor, bool resets)
{
    served_redis world(executor);
    hurry(world);
    co_await begin(&world);
    redis_cli cli(world.redis);
    for (const auto& one : followed_keys)
        write_to(cli, one, 1);
    for (int round = 0; round < 2; ++round) {
        std::vector<support::websocket_peer> first;
        for (std::size_t i = 0; i < followed_keys.size(); ++i) {
            first.emplace_back(executor);
            co_await first.back().open(world.settings.port);
        }
        world.redis.pause();
        for (std::size_t i = 0; i < followed_keys.size(); ++i) {
            const auto request =
                support::request_text("1", followed_keys[i].operation, followed_keys[i].params);
            co_await first[i].send_text(request);
        }
        co_await support::pause(50ms); // until they have been asked of Redis
        for (auto& one : first)
            if (resets)
                one.vanish();
            else
                one.hang_up();
        co_await support::pause(50ms);
        world.redis.resume();
        follower next(executor);
        co_await next.open(world.settings.port);
        co_await subscribe_all(&next);
        co_await all_are_told(&next, &cli, 10 * round + 2);
        // And after the link was made anew.
        cli("CLIENT", "KILL", "USER", "api");
        const auto told_of_it = [&] { return next.marks() >= followed_keys.size(); };
        co_await support::eventually("the loss of Redis is told", told_of_it);
        co_await all_are_told(&next, &cli, 10 * round + 3, 3s);
        co_await next.close();
    }
    co_await world.stop();
}

} // namespace

TEST_CASE("a client that leaves while its stream is being subscribed takes nothing from the next", "[truth]")
{
    for (const bool resets : {true, false})
        DYNAMIC_SECTION((resets ? "by a reset" : "in order"))
        {
            support::run(
                [&](asio::any_io_executor executor) { return leave_while_subscribing(executor, resets); });
        }
}

TEST_CASE("channels that are refused concern nobody, and tickers follow without them", "[truth]")
{
    // None at all; without the older one.
    const std::vector<std::vector<std::string>> rights{
        {"ACL", "SETUSER", "api", "resetchannels"},
        {"ACL", "SETUSER", "api", "resetchannels", "&ticker_updates:*"}};
    for (const auto& allowed : rights)
        DYNAMIC_SECTION(allowed.back())
        {
            support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
                served_redis world(executor);
                hurry(world);
                redis_cli cli(world.redis);
                cli(allowed);
                co_await begin(&world);
                for (const auto& one : followed_keys)
                    write_to(cli, one, 1);
                follower other(executor);
                follower asker(executor);
                co_await other.open(world.settings.port);
                co_await asker.open(world.settings.port);
                co_await subscribe_all(&other);
                for (int i = 0; i < 10; ++i) {
                    const auto exchange = "e" + std::to_string(i);
                    std::string params = R"({"exchange":")" + exchange + '"';
                    if (i % 2 == 0)
                        params += R"(,"symbols":["A/B"])";
                    co_await asker.subscribe("stream_tickers", params + "}");
                    set_tick(cli, exchange, "A/B", i);
                    co_await comes_to_what_redis_holds(&asker, &cli, exchange);
                    const auto answer =
                        co_await other.ask("get_ticker", R"({"exchange":"x","symbol":"A/B"})");
                    CHECK(answer.at("success").as_bool());
                    co_await all_are_told(&other, &cli, i + 2);
                }
                CHECK(other.marks() == 0);
                CHECK(asker.marks() == 0);
                co_await other.close();
                co_await asker.close();
                co_await world.stop();
            });
        }
}

TEST_CASE("channels that are revoked under open streams end nothing", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        hurry(world);
        co_await begin(&world);
        redis_cli cli(world.redis);
        for (const auto& one : followed_keys)
            write_to(cli, one, 1);
        follower client(executor);
        co_await client.open(world.settings.port);
        const auto streams = co_await subscribe_all(&client);
        for (int round = 0; round < 3; ++round) {
            cli("ACL", "SETUSER", "api", "resetchannels"); // ends the connections that have subscribed
            co_await support::pause(200ms);
            for (int i = 0; i < 5; ++i) {
                const auto answer = co_await client.ask("get_bot_status", R"({"bot_id":"b"})");
                CHECK(answer.at("success").as_bool());
                co_await all_are_told(&client, &cli, 20 * round + 2 + i, 2s);
            }
            cli("ACL", "SETUSER", "api", "&*");
            co_await all_are_told(&client, &cli, 20 * round + 10, 2s);
        }
        for (const auto& one : streams)
            CHECK(client.reason(one).empty());
        co_await client.close();
        co_await world.stop();
    });
}
