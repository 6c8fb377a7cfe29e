// Under a storm of publications of one ticker, what happens to another is told as if there were none.
#include "integration/fullon_cache_api/truth_fixture.hpp"

#include "support/background.hpp"
#include "support/tcp_proxy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace truth_tests;
using support::follower;
using support::redis_cli;
using support::served_redis;

struct storm {
    std::string name;
    std::string params;
    std::chrono::milliseconds latency;
    bool writes; ///< or only publishes
    bool elsewhere; ///< in another database
};
const std::string named = R"({"exchange":"okx","symbols":["A/USDT","B/USDT"]})";
const std::string whole = R"({"exchange":"okx"})";
const std::vector<storm> storms{{"by name", named, 0ms, true, false},
                                {"whole exchange", whole, 0ms, true, false},
                                {"by name, Redis 5 ms away", named, 5ms, true, false},
                                {"whole exchange, Redis 5 ms away", whole, 5ms, true, false},
                                {"by name, nothing written", named, 2ms, false, false},
                                {"whole exchange, nothing written", whole, 2ms, false, false},
                                {"whole exchange, in another database", whole, 2ms, true, true}};

// Shared: of a test that fails it may go on for a moment.
struct wind {
    explicit wind(const support::redis_server& redis) : cli(redis) {}
    redis_cli cli;
    bool writes = true;
    bool over = false;
};

// About 2000 a second until it is told to stop.
asio::awaitable<void> blow(std::shared_ptr<wind> self)
{
    for (int number = 1; !self->over; ++number) {
        commands some;
        for (int i = 0; i < 2; ++i) {
            const double price = 1000 + number + i * 0.5;
            if (self->writes)
                some.push_back(written("okx", "A/USDT", price, seconds_now() * (number % 7 == 0 ? 1000 : 1)));
            some.push_back(published("okx", "A/USDT", price, seconds_now()));
        }
        self->cli.pipeline(some);
        co_await support::pause(1ms);
    }
}

asio::awaitable<void> change_another(asio::any_io_executor executor, storm how)
{
    served_redis world(executor);
    support::tcp_proxy between(executor, world.redis.port());
    between.delay(support::tcp_proxy::way::up, how.latency);
    between.delay(support::tcp_proxy::way::down, how.latency);
    if (how.latency != 0ms)
        world.settings.redis.port = between.port();
    co_await begin(&world);
    redis_cli cli(world.redis);
    const auto blowing = std::make_shared<wind>(world.redis);
    blowing->writes = how.writes;
    blowing->cli("SELECT", how.elsewhere ? 1 : 0);
    set_tick(cli, "okx", "A/USDT", 1);
    follower client(executor);
    co_await client.open(world.settings.port);
    co_await client.subscribe("stream_tickers", how.params);
    const support::background<void> storm_task(executor, blow(blowing));
    const auto holds = [&](double price) {
        client.check();
        const auto& held = client.held("okx");
        const auto found = held.find("B/USDT");
        return price == 0 ? found == held.end() : found != held.end() && found->second == price;
    };
    for (int round = 1; round <= 2; ++round) {
        set_tick(cli, "okx", "B/USDT", round);
        co_await support::eventually("a tick", [&] { return holds(round); }, 200ms);
        cli.pipeline({written("okx", "B/USDT", round + 0.5)});
        co_await support::eventually("one that is not published", [&] { return holds(round + 0.5); }, 1500ms);
        cli("HDEL", "tickers:okx", "B/USDT");
        co_await support::eventually("a removal", [&] { return holds(0); }, 1500ms);
    }
    blowing->over = true;
    co_await storm_task.result();
    co_await comes_to_what_redis_holds(&client, &cli, "okx");
    CHECK(client.marks() == 0);
    co_await client.close();
    co_await world.stop();
    co_await between.stop();
}

} // namespace

TEST_CASE("under a storm of publications of one ticker, another that changes or goes is told", "[truth]")
{
    for (const auto& how : storms)
        DYNAMIC_SECTION(how.name)
        {
            support::run([&](asio::any_io_executor executor) { return change_another(executor, how); });
        }
}
