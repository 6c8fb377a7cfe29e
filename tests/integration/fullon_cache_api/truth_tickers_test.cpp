// Streams of tickers show what the hash holds, and nothing else: whatever writers' clocks say, and whoever publishes what.
#include "integration/fullon_cache_api/truth_fixture.hpp"

#include "support/tcp_proxy.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace truth_tests;
using std::chrono::milliseconds;
using support::follower;
using support::redis_cli;
using support::served_redis;

const std::string btc = "BTC/USDT";

std::string stream_params(const std::string& exchange, const std::vector<std::string>& symbols = {})
{
    boost::json::object params;
    params["exchange"] = exchange;
    if (!symbols.empty())
        params["symbols"] = boost::json::array(symbols.begin(), symbols.end());
    return boost::json::serialize(params);
}

struct fast_writer {
    std::string name;
    milliseconds latency;
    int per_second;
    bool whole;
    double (*first)(double now); ///< the time of the odd tick
    double (*time)(double now, int number) = [](double now, int) { return now; };
};

double in_milliseconds(double now)
{
    return now * 1000;
}
double ten_seconds_ahead(double now)
{
    return now + 10;
}
double punctual(double now)
{
    return now;
}

const std::vector<fast_writer> fast_writers{
    {"one in milliseconds, Redis 10 ms away", 10ms, 100, false, in_milliseconds},
    {"one in milliseconds, Redis 10 ms away, whole exchange", 10ms, 100, true, in_milliseconds},
    {"one from a clock that was ahead, Redis 2 ms away", 2ms, 400, false, ten_seconds_ahead},
    {"one in milliseconds, many", 0ms, 4000, false, in_milliseconds},
    {"one in milliseconds, few, whole exchange", 0ms, 20, true, in_milliseconds},
    {"all of one time", 0ms, 400, false, punctual, [](double, int) { return 1'762'500'000.0; }},
    {"all of one time, Redis 2 ms away, whole exchange", 2ms, 400, true, punctual,
     [](double, int) { return 1'762'500'000.0; }},
    {"whole seconds", 2ms, 400, false, punctual,
     [](double now, int) { return static_cast<double>(static_cast<long>(now)); }},
    {"a clock that runs backwards", 0ms, 400, false, punctual,
     [](double now, int number) { return now - number; }},
    {"a clock that jumps", 0ms, 400, true, punctual,
     [](double now, int number) { return number % 2 == 0 ? now * 1000 : now - 3600; }},
};

// Prices from 60001 on, as fast as wanted, beside what runs on this thread. \returns how many.
asio::awaitable<int> write_fast(redis_cli* cli, fast_writer how, milliseconds time)
{
    int count = 0;
    const auto begin = follower::clock::now();
    for (auto now = begin; now < begin + time; now = follower::clock::now()) {
        const auto due =
            static_cast<int>(std::chrono::duration<double>(now - begin).count() * how.per_second) + 1;
        commands some;
        while (count < due) {
            ++count;
            set_tick(some, "binance", btc, 60000 + count, how.time(seconds_now(), count));
        }
        if (!some.empty())
            cli->pipeline(some);
        co_await support::pause(1ms);
    }
    co_return count;
}

milliseconds longest_silence(const follower& who, std::size_t from, follower::clock::time_point begin)
{
    auto longest = follower::clock::duration::zero();
    auto last = begin;
    const auto look = [&](follower::clock::time_point at) {
        longest = std::max(longest, at - last);
        last = at;
    };
    for (const auto* one : who.of_type("ticker_update", from))
        look(one->at);
    look(follower::clock::now());
    return std::chrono::duration_cast<milliseconds>(longest);
}

asio::awaitable<void> follow(asio::any_io_executor executor, fast_writer how)
{
    served_redis world(executor);
    support::tcp_proxy between(executor, world.redis.port());
    between.delay(support::tcp_proxy::way::up, how.latency);
    between.delay(support::tcp_proxy::way::down, how.latency);
    if (how.latency != 0ms)
        world.settings.redis.port = between.port();
    co_await begin(&world);
    redis_cli cli(world.redis);
    set_tick(cli, "binance", btc, 50000, seconds_now());
    follower client(executor);
    co_await client.open(world.settings.port);
    const auto wanted = how.whole ? stream_params("binance") : stream_params("binance", {btc});
    co_await client.subscribe("stream_tickers", wanted);

    const auto from = client.messages().size();
    const auto start = follower::clock::now();
    set_tick(cli, "binance", btc, 50001, how.first(seconds_now()));
    const int count = co_await write_fast(&cli, how, 1500ms);
    const auto silence = longest_silence(client, from, start);
    INFO("longest silence " << silence.count() << " ms");
    CHECK(silence < (how.whole ? 1200ms : 400ms) * support::patience);
    co_await comes_to_what_redis_holds(&client, &cli, "binance");
    topic_numbers published;
    published[btc] = static_cast<std::uint64_t>(count) + 1;
    co_await comes_to_numbers(&client, published);
    const auto prices = told_prices(client, btc, from);
    CHECK(std::is_sorted(prices.begin(), prices.end())); // Redis' own order
    CHECK(client.marks() == 0);
    co_await client.close();
    co_await world.stop();
    co_await between.stop();
}

// Everything that was told of an exchange since then; `symbol price`.
std::set<std::string> told(const follower& who, std::size_t from)
{
    std::set<std::string> result;
    for (const auto* one : who.of_type("ticker_update", from))
        result.insert(
            support::text_in(one->body, "symbol") + " " +
            (one->body.contains("removed") ? "removed" : boost::json::serialize(one->body.at("price"))));
    return result;
}

// A client with a stream of one ticker, and one with a stream of the exchange: what happens to one kind happens to both.
struct two_clients {
    explicit two_clients(asio::any_io_executor executor) : named(executor), whole(executor) {}

    asio::awaitable<void> open(const served_redis* world, std::string exchange,
                               std::vector<std::string> symbols)
    {
        co_await named.open(world->settings.port);
        co_await whole.open(world->settings.port);
        co_await named.subscribe("stream_tickers", stream_params(exchange, symbols));
        co_await whole.subscribe("stream_tickers", stream_params(exchange));
        named_from = named.messages().size();
        whole_from = whole.messages().size();
    }

    asio::awaitable<void> close()
    {
        co_await named.close();
        co_await whole.close();
    }

    // Both hold what Redis does, of all its symbols.
    asio::awaitable<void> agree(redis_cli* cli, std::string exchange)
    {
        co_await comes_to_what_redis_holds(&named, cli, exchange);
        co_await comes_to_what_redis_holds(&whole, cli, exchange);
    }

    follower named;
    follower whole;
    std::size_t named_from = 0;
    std::size_t whole_from = 0;
};

const std::vector<std::string> only_btc{btc};

} // namespace

TEST_CASE("a ticker follows Redis whatever the times of its ticks say, and each publication is counted",
          "[truth]")
{
    for (const auto& how : fast_writers)
        DYNAMIC_SECTION(how.name)
        {
            support::run([&](asio::any_io_executor executor) { return follow(executor, how); });
        }
}

TEST_CASE("what is written in another database of the same Redis is never told", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        redis_cli other(world.redis);
        other("SELECT", 1);
        set_tick(cli, "binance", btc, 50000);
        two_clients clients(executor);
        co_await clients.open(&world, "binance", only_btc);
        for (int i = 0; i < 40; ++i) {
            set_tick(other, "binance", btc, 1 + i, seconds_now());
            set_tick(other, "binance", "TEST/COIN", 3, seconds_now());
            if (i == 20)
                set_tick(cli, "binance", btc, 50001, seconds_now());
            co_await support::pause(20ms);
        }
        co_await clients.agree(&cli, "binance");
        const std::set<std::string> truth{btc + " " + boost::json::serialize(boost::json::value(50001.0))};
        CHECK(told(clients.named, clients.named_from) == truth);
        CHECK(told(clients.whole, clients.whole_from) == truth);
        CHECK(clients.named.marks() + clients.whole.marks() == 0);
        co_await clients.close();
        co_await world.stop();
    });
}

TEST_CASE("publications that nothing stands behind are never told, and make no topic", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        set_tick(cli, "a", btc, 50000);
        two_clients clients(executor);
        co_await clients.open(&world, "a", only_btc);
        const std::vector<std::string> payloads{tick_text("a", btc, 1),
                                                tick_text("a", "X/Y", 2),
                                                "",
                                                "null",
                                                "{}",
                                                "[1,2]",
                                                R"({"price":)",
                                                std::string("\xff\xfe\x00", 3),
                                                std::string(100'000, '9')};
        const std::vector<std::string> channels{
            "ticker_updates:a:BTC/USDT", "next_ticker:a:BTC/USDT", "ticker_updates:a:X/Y",
            "ticker_updates:a:",         "ticker_updates:a",       "ticker_updates:a:BTC/USDT:USDT"};
        for (const auto& channel : channels)
            for (const auto& payload : payloads)
                cli("PUBLISH", channel, payload);
        for (int i = 0; i < 20; ++i) // with what stands behind it, elsewhere
            set_tick(cli, "a:b", btc, 70000 + i, seconds_now()); // published on `ticker_updates:a:b:BTC/USDT`
        co_await support::pause(500ms);
        CHECK(told(clients.named, clients.named_from).empty());
        CHECK(told(clients.whole, clients.whole_from).empty());
        const auto followed = co_await clients.named.ask("get_tickers_subscriptions");
        CHECK(followed.at("result").at("count").to_number<int>() == 1);
        // And what does stand there is told afterwards.
        set_tick(cli, "a", btc, 50001);
        set_tick(cli, "a", "b:" + btc, 5);
        co_await comes_to_what_redis_holds(&clients.whole, &cli, "a");
        CHECK(clients.named.marks() + clients.whole.marks() == 0);
        co_await clients.close();
        co_await world.stop();
    });
}

TEST_CASE("a value that changes back is held as Redis holds it, with and without publications", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        set_tick(cli, "binance", btc, 1);
        two_clients clients(executor);
        co_await clients.open(&world, "binance", only_btc);
        for (int round = 0; round < 30; ++round) {
            commands some;
            const bool publishes = round % 3 != 2;
            const std::vector<double> prices{2.0, 1.0, 2.0, 1.0 + round % 2};
            for (const auto price : prices) {
                some.push_back(written("binance", btc, price));
                if (publishes)
                    some.push_back(published("binance", btc, price));
            }
            cli.pipeline(some);
            co_await clients.agree(&cli, "binance");
        }
        co_await clients.close();
        co_await world.stop();
    });
}

TEST_CASE("symbols that a stream of an exchange never heard of come and go", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        follower client(executor);
        co_await client.open(world.settings.port);
        co_await client.subscribe("stream_tickers", stream_params("okx"));
        for (int round = 0; round < 12; ++round) {
            const auto symbol = "N" + std::to_string(round % 5) + "/USDT";
            const auto gone = "G" + std::to_string(round % 5) + "/USDT";
            commands some;
            set_tick(some, "okx", gone, round);
            some.push_back({"HDEL", "tickers:okx", gone});
            some.push_back(published("okx", gone, round)); // late
            set_tick(some, "okx", symbol, 100 + round);
            if (round % 3 == 1)
                some.push_back({"DEL", "tickers:okx"});
            if (round % 4 == 2)
                some.push_back(written("okx", "Q/USDT", round)); // told to nobody
            cli.pipeline(some);
            co_await comes_to_what_redis_holds(&client, &cli, "okx");
        }
        CHECK(client.marks() == 0);
        co_await client.close();
        co_await world.stop();
    });
}

TEST_CASE("names of exchanges are no patterns", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        const std::vector<std::string> exchanges{"a*", "[x]", "a?c", "a\\b", "x^]", "[a-z]"};
        const std::vector<std::string> others{"ab", "x", "abc", "ab", "^", "q"};
        follower client(executor);
        co_await client.open(world.settings.port);
        for (const auto& one : exchanges)
            co_await client.subscribe("stream_tickers", stream_params(one));
        for (int round = 1; round < 4; ++round) {
            for (std::size_t i = 0; i < exchanges.size(); ++i) {
                set_tick(cli, others[i], btc, -round, seconds_now());
                set_tick(cli, exchanges[i], btc, round, seconds_now());
            }
            for (const auto& one : exchanges)
                co_await comes_to_what_redis_holds(&client, &cli, one);
        }
        for (const auto* one : client.of_type("ticker_update"))
            CHECK(one->body.at("price").to_number<double>() > 0);
        CHECK(client.marks() == 0);
        co_await client.close();
        co_await world.stop();
    });
}
