// Changes that Redis tells nobody of, and connections that go to different servers: a view is what Redis holds all the same.
#include "integration/fullon_cache_api/truth_streams.hpp"

#include "support/tcp_proxy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace truth_tests;
using support::follower;
using support::redis_cli;
using support::served_redis;

bool has_synced(redis_cli& replica)
{
    return replica("INFO", "replication").text.find("master_link_status:up") != std::string::npos;
}

// Two replicas of one master behind one address, connections by turns; the first hears of each write 30 ms later.
asio::awaitable<void> spread_over_replicas(asio::any_io_executor executor, bool late_first)
{
    support::redis_server master(std::vector<std::string>{"--repl-diskless-sync-delay", "0"});
    support::redis_server late(support::smallest_user());
    support::redis_server early(support::smallest_user());
    redis_cli cli(master);
    redis_cli late_cli(late);
    redis_cli early_cli(early);
    support::tcp_proxy lag(executor, master.port());
    lag.delay(support::tcp_proxy::way::down, 30ms);
    late_cli("REPLICAOF", "127.0.0.1", lag.port());
    early_cli("REPLICAOF", "127.0.0.1", master.port());
    co_await support::eventually("the replicas have what their master has",
                                 [&] { return has_synced(late_cli) && has_synced(early_cli); });
    support::tcp_proxy endpoint(executor, late.port());
    std::vector<std::uint16_t> ports{late.port(), early.port()};
    if (!late_first)
        std::reverse(ports.begin(), ports.end());
    endpoint.spread(ports);

    served_redis world(executor); // its own Redis is of no use here
    hurry(world);
    world.settings.redis.port = endpoint.port();
    co_await begin(&world);
    for (const auto& one : followed_keys)
        write_to(cli, one, 1);
    co_await support::pause(100ms);
    follower client(executor);
    co_await client.open(world.settings.port);
    const auto streams = co_await subscribe_all(&client);
    for (int number = 2; number < 7; ++number) {
        const auto price = number + 0.5;
        cli("PUBLISH", "ticker_updates:x:A/B", tick_text("x", "A/B", price, seconds_now()));
        co_await all_are_told(&client, &cli, number);
        co_await support::pause(100ms);
    }
    for (const auto& one : streams)
        CHECK(client.reason(one).empty());
    co_await client.close();
    co_await world.stop();
    co_await endpoint.stop();
    co_await lag.stop();
}

} // namespace

TEST_CASE("a server whose connections are spread over replicas shows each write", "[truth]")
{
    for (const bool late_first : {true, false})
        DYNAMIC_SECTION((late_first ? "queries at the late one" : "queries at the early one"))
        {
            support::run(
                [&](asio::any_io_executor executor) { return spread_over_replicas(executor, late_first); });
        }
}

TEST_CASE("SWAPDB is found within the time of reconciliation, for every kind of stream", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.reconcile_interval = 1000ms;
        co_await begin(&world);
        redis_cli cli(world.redis);
        redis_cli other(world.redis);
        other("SELECT", 1);
        for (const auto& one : followed_keys) {
            write_to(cli, one, 1);
            write_to(other, one, 2);
            if (one.operation == "stream_order_queue")
                write_to(other, one, 3); // else as long as the first
        }
        follower client(executor);
        co_await client.open(world.settings.port);
        co_await subscribe_all(&client);
        auto from = client.messages().size();
        cli("SWAPDB", 0, 1);
        for (const auto& one : followed_keys)
            co_await support::eventually(
                one.operation + " of the other database", [&] { return is_told(client, one, 2, from); },
                2500ms);
        CHECK(client.held("x") == stored_prices(cli, "x"));
        CHECK(client.held("y") == stored_prices(cli, "y"));
        // What is written then is told at once, and there and back again is found, too.
        co_await all_are_told(&client, &cli, 4);
        cli("SWAPDB", 0, 1);
        const auto back = [&] {
            return client.held("x") == stored_prices(cli, "x") && client.held("y") == stored_prices(cli, "y");
        };
        co_await support::eventually("tickers of the first database", back, 2500ms);
        CHECK(client.marks() == 0);
        co_await client.close();
        co_await world.stop();
    });
}
