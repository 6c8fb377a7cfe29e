// Streams of bars and trades while their lists are emptied and filled again: what was told is no news.
#include "integration/fullon_cache_api/truth_fixture.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/array.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using namespace truth_tests;
using support::follower;
using support::redis_cli;
using support::served_redis;

const std::string bars_key = "ohlcv:BTCUSDT:1m";
const std::string bars_wanted = R"({"symbol":"BTC/USDT","timeframe":"1m"})";
const std::string trades_key = "trades:binance:BTCUSDT";
const std::string trades_wanted = R"({"exchange":"binance","symbol":"BTC/USDT"})";
constexpr int most = 300;

std::string bar_text(int number, double close)
{
    return json::serialize(json::array{60.0 * number, 1.0, 2.0, 0.5, close, 9.0});
}

std::string trade_text(int number)
{
    json::object made;
    made["trade_id"] = number;
    made["symbol"] = "BTC/USDT";
    made["side"] = "buy";
    made["price"] = 100.0 + number;
    made["volume"] = 1.0;
    made["time"] = 1'762'500'000.0 + number;
    return json::serialize(made);
}

// Bars from `first` on, or trades.
std::vector<std::string> bars_from(int first, int count)
{
    std::vector<std::string> made;
    for (int number = first; number < first + count; ++number)
        made.push_back(bar_text(number, number));
    return made;
}
std::vector<std::string> trades_from(int first, int count)
{
    std::vector<std::string> made;
    for (int number = first; number < first + count; ++number)
        made.push_back(trade_text(number));
    return made;
}

struct refill {
    std::string name;
    std::size_t page; ///< elements; 0: all in one transaction
    std::chrono::milliseconds gap;
};
const std::vector<refill> refills{{"in one transaction", 0, 0ms},
                                  {"in pieces, fast", 50, 20ms},
                                  {"in pages of an exchange", 100, 300ms},
                                  {"one by one", 1, 0ms}};

asio::awaitable<void> fill_again(redis_cli* cli, std::string key, std::vector<std::string> all, refill how)
{
    if (how.page == 0) {
        commands some{{"MULTI"}, {"DEL", key}};
        std::vector<std::string> push{"RPUSH", key};
        push.insert(push.end(), all.begin(), all.end());
        some.push_back(push);
        some.push_back({"EXEC"});
        cli->pipeline(some);
        co_return;
    }
    (*cli)("DEL", key);
    for (std::size_t at = 0; at < all.size(); at += how.page) {
        const auto end = std::min(at + how.page, all.size());
        const std::vector<std::string> page(all.begin() + static_cast<std::ptrdiff_t>(at),
                                            all.begin() + static_cast<std::ptrdiff_t>(end));
        (*cli)("RPUSH", key, page);
        co_await support::pause(how.gap);
    }
}

// Of the bars that were told since then: those that are closed, and the open ones, by number.
struct told_bars {
    std::vector<int> closed;
    std::vector<int> open;
};
told_bars bars_told(const follower& who, std::size_t from)
{
    told_bars result;
    for (const auto* one : who.of_type("ohlcv_update", from)) {
        const auto number = static_cast<int>(one->body.at("bar").at(0).to_number<double>() / 60);
        (one->body.at("closed").as_bool() ? result.closed : result.open).push_back(number);
    }
    return result;
}

std::vector<int> trades_told(const follower& who, std::size_t from)
{
    std::vector<int> result;
    for (const auto* one : who.of_type("trade_update", from))
        result.push_back(one->body.at("trade_id").to_number<int>());
    return result;
}

std::vector<int> numbers(int first, int last)
{
    std::vector<int> made;
    for (int number = first; number <= last; ++number)
        made.push_back(number);
    return made;
}

asio::awaitable<void> bars_again(asio::any_io_executor executor, refill how)
{
    served_redis world(executor);
    co_await begin(&world);
    redis_cli cli(world.redis);
    cli("RPUSH", bars_key, bars_from(1, most));
    follower client(executor);
    co_await client.open(world.settings.port);
    co_await client.subscribe("stream_ohlcv", bars_wanted);
    const auto from = client.messages().size();
    co_await fill_again(&cli, bars_key, bars_from(1, most), how);
    co_await support::pause(500ms);
    const auto again = bars_told(client, from);
    CHECK(again.closed.empty());
    CHECK(std::all_of(again.open.begin(), again.open.end(), [](int number) { return number == most; }));

    // What comes then is news: the newest changes, is closed, and one before it is corrected.
    const auto then = client.messages().size();
    cli("RPUSH", bars_key, bar_text(most, 7));
    co_await support::eventually("the newest bar changes",
                                 [&] { return bars_told(client, then).open == numbers(most, most); });
    cli("RPUSH", bars_key, bar_text(most + 1, 8));
    co_await support::eventually("the newest bar is closed", [&] {
        const auto told = bars_told(client, then);
        return told.closed == numbers(most, most) && told.open == numbers(most, most + 1);
    });
    CHECK(client.marks() == 0);
    co_await client.close();
    co_await world.stop();
}

asio::awaitable<void> trades_again(asio::any_io_executor executor, refill how)
{
    served_redis world(executor);
    co_await begin(&world);
    redis_cli cli(world.redis);
    cli("RPUSH", trades_key, trades_from(1, most));
    follower client(executor);
    co_await client.open(world.settings.port);
    co_await client.subscribe("stream_trade_updates", trades_wanted);
    const auto from = client.messages().size();
    co_await fill_again(&cli, trades_key, trades_from(1, most), how);
    co_await support::pause(300ms);
    CHECK(trades_told(client, from).empty());
    // More of them, the list filled again with these among the others.
    co_await fill_again(&cli, trades_key, trades_from(51, most), how);
    co_await support::eventually("trades that are new",
                                 [&] { return trades_told(client, from) == numbers(most + 1, most + 50); });
    cli("RPUSH", trades_key, trade_text(most + 51));
    co_await support::eventually("one more",
                                 [&] { return trades_told(client, from) == numbers(most + 1, most + 51); });
    CHECK(client.marks() == 0);
    co_await client.close();
    co_await world.stop();
}

} // namespace

TEST_CASE("a list of bars that is filled again tells no bar again, and its newest does not go back",
          "[truth]")
{
    for (const auto& how : refills)
        DYNAMIC_SECTION(how.name)
        {
            support::run([&](asio::any_io_executor executor) { return bars_again(executor, how); });
        }
}

TEST_CASE("a list of trades that is filled again tells no trade again", "[truth]")
{
    for (const auto& how : refills)
        DYNAMIC_SECTION(how.name)
        {
            support::run([&](asio::any_io_executor executor) { return trades_again(executor, how); });
        }
}

TEST_CASE("a bar that is corrected while its list is filled again is told, and that alone", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        cli("RPUSH", bars_key, bars_from(1, most));
        follower client(executor);
        co_await client.open(world.settings.port);
        co_await client.subscribe("stream_ohlcv", bars_wanted);
        cli("RPUSH", bars_key, bar_text(most + 1, 1)); // closes a bar: it has been told since
        co_await support::eventually("a bar is closed",
                                     [&] { return bars_told(client, 0).closed == numbers(most, most); });
        const auto from = client.messages().size();
        auto again = bars_from(1, most + 1);
        again[most - 1] = bar_text(most, 77);
        again[most] = bar_text(most + 1, 1);
        co_await fill_again(&cli, bars_key, again, refills[1]);
        co_await support::eventually("the correction",
                                     [&] { return !bars_told(client, from).closed.empty(); });
        co_await support::pause(300ms);
        const auto told = bars_told(client, from);
        CHECK(told.closed == numbers(most, most));
        CHECK(std::all_of(told.open.begin(), told.open.end(), [](int number) { return number == most + 1; }));
        co_await client.close();
        co_await world.stop();
    });
}

TEST_CASE("a newest bar that stays older is told: the list is the truth", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        cli("RPUSH", bars_key, bars_from(1, 10));
        follower client(executor);
        co_await client.open(world.settings.port);
        co_await client.subscribe("stream_ohlcv", bars_wanted);
        const auto from = client.messages().size();
        cli("DEL", bars_key);
        cli("RPUSH", bars_key, bars_from(1, 5));
        co_await support::eventually("the newest bar goes back", [&] {
            const auto told = bars_told(client, from);
            return !told.open.empty() && told.open.back() == 5;
        });
        CHECK(bars_told(client, from).closed.empty());
        co_await client.close();
        co_await world.stop();
    });
}

TEST_CASE("names of exchanges of trades are no patterns", "[truth]")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        served_redis world(executor);
        co_await begin(&world);
        redis_cli cli(world.redis);
        cli("RPUSH", "trades:ab:BTCUSDT", trade_text(1));
        cli("RPUSH", "trades:x:BTCUSDT", trade_text(2));
        cli("RPUSH", "trades:[x]:BTCUSDT", trade_text(3));
        cli("RPUSH", "trades:a*:BTCUSDT", trade_text(4));
        follower client(executor);
        co_await client.open(world.settings.port);
        co_await client.subscribe("stream_trade_updates", R"({"exchange":"a*"})");
        co_await client.subscribe("stream_trade_updates", R"({"exchange":"[x]"})");
        CHECK(trades_told(client, 0) == std::vector<int>{4, 3});
        cli("RPUSH", "trades:ab:BTCUSDT", trade_text(5));
        cli("RPUSH", "trades:x:ETHUSDT", trade_text(6));
        cli("RPUSH", "trades:a*:ETHUSDT", trade_text(7));
        cli("RPUSH", "trades:[x]:ETHUSDT", trade_text(8));
        const std::vector<int> wanted{4, 3, 7, 8};
        co_await support::eventually("new ones", [&] { return trades_told(client, 0).size() >= 4; });
        co_await support::pause(200ms);
        auto told = trades_told(client, 0);
        std::sort(told.begin() + 2, told.end());
        CHECK(told == wanted);
        co_await client.close();
        co_await world.stop();
    });
}
