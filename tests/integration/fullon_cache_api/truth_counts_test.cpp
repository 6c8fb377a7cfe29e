// What was published and not shown is counted: the numbers of a ticker grow by one for each publication.
#include "integration/fullon_cache_api/truth_fixture.hpp"

#include "support/tcp_proxy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <map>
#include <random>
#include <string>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace truth_tests;
using support::follower;
using support::redis_cli;
using support::served_redis;

constexpr std::size_t symbols = 6;

enum class values : std::uint8_t { all_new, returning };

struct counted {
    topic_numbers published;
    std::map<std::string, double> last;
    values of = values::all_new;
    double newest = 1000;
};

std::string symbol(std::size_t number)
{
    return "S" + std::to_string(number) + "/USDT";
}

// Some writes, of any times, often of a value that was there before, in one go.
void write_some(redis_cli& cli, std::mt19937& random, counted& what)
{
    const auto below = [&](unsigned end) { return static_cast<unsigned>(random() % end); };
    const bool of_one = below(2) == 0; // one symbol, again and again
    const auto which = below(symbols);
    const auto count = below(8) == 0 ? 300U : 1 + below(20);
    commands some;
    for (unsigned i = 0; i < count; ++i) {
        const auto name = symbol(of_one ? which : below(symbols));
        const bool returns = what.of == values::returning;
        const double price = returns ? 1.0 + below(4) : ++what.newest;
        if (price == what.last[name])
            continue; // the same again is no change
        std::vector<double> times{seconds_now(), seconds_now() * 1000, 1.0, 1'762'500'000.0 - i};
        if (returns)
            times.assign(times.size(), 1.0);
        set_tick(some, "binance", name, price, times[below(4)]);
        what.last[name] = price;
        ++what.published[name];
    }
    if (!some.empty())
        cli.pipeline(some);
}

asio::awaitable<void> count_publications(asio::any_io_executor executor, bool whole,
                                         std::chrono::milliseconds latency, values of)
{
    served_redis world(executor);
    support::tcp_proxy between(executor, world.redis.port());
    between.delay(support::tcp_proxy::way::up, latency);
    between.delay(support::tcp_proxy::way::down, latency);
    world.settings.redis.port = between.port();
    co_await begin(&world);
    redis_cli cli(world.redis);
    for (std::size_t i = 0; i < symbols; ++i)
        set_tick(cli, "binance", symbol(i), 0.5);
    follower client(executor);
    co_await client.open(world.settings.port);
    std::string params = R"({"exchange":"binance")";
    for (std::size_t i = 0; i < symbols && !whole; ++i)
        params += (i == 0 ? R"(,"symbols":[")" : R"(,")") + symbol(i) + "\"";
    params += whole ? "}" : "]}";
    co_await client.subscribe("stream_tickers", params);
    std::random_device entropy;
    const auto seed = entropy();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    counted what;
    what.of = of;
    for (std::size_t i = 0; i < symbols; ++i)
        what.published[symbol(i)] = 0;
    for (int round = 0; round < 60; ++round) {
        write_some(cli, random, what);
        if (random() % 3 != 0)
            co_await support::pause(std::chrono::milliseconds(random() % 8));
        if (round % 20 != 19)
            continue;
        co_await comes_to_what_redis_holds(&client, &cli, "binance");
        co_await comes_to_numbers(&client, what.published);
    }
    CHECK(client.marks() == 0);
    co_await client.close();
    co_await world.stop();
    co_await between.stop();
}

void count_everywhere(values of)
{
    for (const bool whole : {false, true})
        for (const int latency : {0, 3})
            DYNAMIC_SECTION((whole ? "whole exchange" : "by name") << ", Redis " << latency << " ms away")
            {
                for (int run = 0; run < 3; ++run)
                    support::run([&](asio::any_io_executor executor) {
                        return count_publications(executor, whole, std::chrono::milliseconds(latency), of);
                    });
            }
}

} // namespace

TEST_CASE("shown and missed ticks are those that were published, once things are quiet", "[truth]")
{
    count_everywhere(values::all_new);
}

TEST_CASE("shown and missed ticks are those that were published, where values come back", "[truth]")
{
    count_everywhere(values::returning);
}
