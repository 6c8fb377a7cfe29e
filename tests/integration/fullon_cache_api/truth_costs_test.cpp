// What following costs Redis, by its own count: writes among many symbols, and streams that nothing happens to.
#include "integration/fullon_cache_api/truth_streams.hpp"

#include "support/command_counts.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/array.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace truth_tests;
using std::chrono::steady_clock;
using support::follower;
using support::redis_cli;
using support::served_redis;

constexpr int many = 5000;
constexpr double most_per_second = 50; // commands, with those of the writer left out
constexpr int writes_per_second = 10;

std::string symbol(int number)
{
    return "S" + std::to_string(number) + "/USDT";
}

long sum_of(const support::command_counts& counts)
{
    long sum = 0;
    for (const auto& [name, calls] : counts)
        sum += calls;
    return sum;
}

// PING with them: the watchdog is a part of what it costs.
support::command_counts all_commands(redis_cli& cli)
{
    auto counts = support::commands_of(cli);
    const auto text = cli("INFO", "commandstats").text;
    if (const auto at = text.find("cmdstat_ping:calls="); at != std::string::npos)
        counts["ping"] = std::stol(text.substr(at + std::string("cmdstat_ping:calls=").size()));
    return counts;
}

struct writing {
    std::string name;
    bool whole; ///< one stream of the exchange; else of the names, by a thousand
    bool publishes;
    bool one_symbol; ///< all writes; else each another
};
const std::vector<writing> writings{{"by name, published", false, true, false},
                                    {"by name, one symbol, published", false, true, true},
                                    {"by name, not published", false, false, false},
                                    {"whole exchange, published", true, true, false},
                                    {"whole exchange, not published", true, false, false}};

asio::awaitable<void> count_while_writing(asio::any_io_executor executor, writing how)
{
    served_redis world(executor);
    world.settings.reconcile_interval = 2000ms; // so that it falls into the time
    co_await begin(&world);
    redis_cli cli(world.redis);
    commands some;
    for (int i = 0; i < many; ++i)
        some.push_back(written("binance", symbol(i), 1));
    cli.pipeline(some);
    follower client(executor);
    co_await client.open(world.settings.port);
    if (how.whole)
        co_await client.subscribe("stream_tickers", R"({"exchange":"binance"})");
    else
        for (int first = 0; first < many; first += 1000) {
            boost::json::array names;
            for (int i = first; i < first + 1000; ++i)
                names.emplace_back(symbol(i));
            const auto params = R"({"exchange":"binance","symbols":)" + boost::json::serialize(names) + "}";
            co_await client.subscribe("stream_tickers", params);
        }
    co_await support::pause(1500ms); // what the beginning costs is another matter

    constexpr auto time = 4s;
    const auto before = all_commands(cli);
    const auto from = client.messages().size();
    const auto start = steady_clock::now();
    int count = 0;
    while (steady_clock::now() < start + time) {
        const auto which = how.one_symbol ? 7 : count * 37 % many;
        commands one;
        one.push_back(written("binance", symbol(which), 100 + count));
        if (how.publishes)
            one.push_back(published("binance", symbol(which), 100 + count));
        cli.pipeline(one);
        ++count;
        const auto rest = start + count * 1000ms / writes_per_second - steady_clock::now();
        co_await support::pause(std::chrono::duration_cast<std::chrono::milliseconds>(rest));
    }
    const double seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
    auto executed = support::difference(all_commands(cli), before);
    executed["hset"] -= count;
    if (how.publishes)
        executed["publish"] -= count;
    const double per_second = static_cast<double>(sum_of(executed)) / seconds;
    INFO(support::to_text(executed) << " in " << seconds << " s");
    // Without publications all is verified again and again, in pieces, with rests as long as they cost.
    CHECK(per_second <= most_per_second);
    co_await comes_to_what_redis_holds(&client, &cli, "binance", 4000ms);
    CHECK(client.of_type("ticker_update", from).size() >= static_cast<std::size_t>(count) * 9 / 10);
    CHECK(client.marks() == 0);
    co_await client.close();
    co_await world.stop();
}

} // namespace

TEST_CASE(
    "five thousand followed symbols with ten writes a second cost Redis at most fifty commands a second",
    "[truth][costs]")
{
    for (const auto& how : writings)
        DYNAMIC_SECTION(how.name)
        {
            support::run([&](asio::any_io_executor executor) { return count_while_writing(executor, how); });
        }
}

TEST_CASE("streams of every kind that nothing happens to cost Redis its watchdog and their reconciliation",
          "[truth][costs]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        world.settings.reconcile_interval = 1000ms;
        co_await begin(&world);
        redis_cli cli(world.redis);
        for (const auto& one : followed_keys)
            write_to(cli, one, 1);
        follower client(executor);
        co_await client.open(world.settings.port);
        co_await subscribe_all(&client);
        co_await support::pause(1500ms); // verifications of the writes
        const auto before = support::commands_of(cli);
        const auto from = client.messages().size();
        co_await support::pause(4000ms);
        auto executed = support::difference(support::commands_of(cli), before);
        INFO(support::to_text(executed));
        executed.erase("role");
        // Each key at most once in an interval, by a few commands: MULTI, LLEN, LRANGE, EXEC.
        const auto most = static_cast<long>(followed_keys.size()) * 5 * 5;
        CHECK(sum_of(executed) <= most);
        CHECK(client.messages().size() == from);
        co_await client.close();
        co_await world.stop();
    });
}
