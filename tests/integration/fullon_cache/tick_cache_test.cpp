// tick_cache against a real Redis: the recorded commands of the Python library, and reading whatever is there.
#include "support/async_test.hpp"
#include "support/caches.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/connection.hpp>
#include <fullon_cache/tick_cache.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::cache_error;
using fullon_cache::errc;
using fullon_cache::tick_cache;
using fullon_orm::tick;
using support::redis_cli;
using support::redis_server;

// What was executed, without what the link itself needs.
std::vector<std::string> writes_seen(support::monitor_session& monitor)
{
    std::vector<std::string> lines;
    for (auto& line : monitor.collect_lines())
        if (!line.starts_with("PING") && !line.starts_with("HELLO") && !line.starts_with("CLIENT") &&
            !line.starts_with("EVAL")) // what it does is seen beside it
            lines.push_back(std::move(line));
    return lines;
}

// Runs the body with a started connection.
template <class Body>
void with_cache(Body body)
{
    support::run([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        redis_server server;
        fullon_cache::connection redis(executor, support::redis_config(server));
        redis.start();
        co_await redis.ready();
        tick_cache ticks(redis);
        redis_cli cli(server);
        co_await body(server, cli, ticks);
        co_await redis.stop();
    });
}

tick recorded_tick()
{
    tick value;
    value.symbol = "BTC/USDT";
    value.exchange = "binance";
    value.price = 50000.0;
    value.volume = 1234.56;
    value.time = 1762500000.123456;
    value.bid = 49999.0;
    value.ask = 50001.0;
    value.last = 50000.5;
    return value;
}

} // namespace

TEST_CASE("set_ticker sends what was recorded from the Python library")
{
    with_cache([](redis_server& server, redis_cli& cli, tick_cache& ticks) -> asio::awaitable<void> {
        support::monitor_session monitor(server);
        const auto value = recorded_tick();
        co_await ticks.set_ticker(value);
        const std::string json =
            R"({"symbol": "BTC/USDT", "exchange": "binance", "price": 50000.0, "volume": 1234.56, "time": 1762500000.123456, "bid": 49999.0, "ask": 50001.0, "last": 50000.5})";
        std::vector<std::string> expected;
        expected.push_back("HSET tickers:binance BTC/USDT " + json);
        expected.push_back("SET ticker_time:binance:BTC/USDT 1762500000.123456");
        expected.push_back("PUBLISH ticker_updates:binance:BTC/USDT " + json);
        CHECK(writes_seen(monitor) == expected);

        // Unset numbers, and everything that JSON escapes: the same bytes.
        tick odd;
        odd.symbol = "\xE2\x82\xBFTC/USDT";
        odd.exchange = "binance";
        odd.price = 3000;
        odd.volume = 1e-07;
        odd.time = 1762500000;
        odd.bid = 1e+22;
        odd.ask = 0.30000000000000004;
        odd.last = -0.0;
        co_await ticks.set_ticker(odd);
        // Integers where the model has a double are compared by value (3000 was recorded, we write 3000.0).
        const auto stored = cli("HGET", "tickers:binance", odd.symbol).text;
        CHECK(
            stored ==
            R"({"symbol": "\u20bfTC/USDT", "exchange": "binance", "price": 3000.0, "volume": 1e-07, "time": 1762500000.0, "bid": 1e+22, "ask": 0.30000000000000004, "last": -0.0})");

        tick bare;
        bare.symbol = "ETH/USDT";
        bare.exchange = "kraken";
        bare.price = 3000.0;
        bare.time = 1762500000.123456;
        co_await ticks.set_ticker(bare);
        CHECK(
            cli("HGET", "tickers:kraken", "ETH/USDT").text ==
            R"({"symbol": "ETH/USDT", "exchange": "kraken", "price": 3000.0, "volume": null, "time": 1762500000.123456, "bid": null, "ask": null, "last": null})");
    });
}

TEST_CASE("deleting sends what was recorded, a DEL of several keys as single ones")
{
    with_cache([](redis_server& server, redis_cli& cli, tick_cache& ticks) -> asio::awaitable<void> {
        const auto value = recorded_tick();
        co_await ticks.set_ticker(value);
        auto second = value;
        second.symbol = "ETH/USDT";
        co_await ticks.set_ticker(second);
        support::monitor_session monitor(server);
        const bool there = co_await ticks.delete_ticker("binance", "BTC/USDT");
        CHECK(there);
        std::vector<std::string> expected;
        expected.push_back("HDEL tickers:binance BTC/USDT");
        expected.push_back("DEL ticker_time:binance:BTC/USDT");
        CHECK(writes_seen(monitor) == expected);
        const bool again = co_await ticks.delete_ticker("binance", "BTC/USDT");
        CHECK_FALSE(again);
        writes_seen(monitor);
        const auto count = co_await ticks.delete_exchange_tickers("binance");
        CHECK(count == 1);
        CHECK(cli("EXISTS", "tickers:binance", "ticker_time:binance:ETH/USDT").integer() == 0);
        const auto none = co_await ticks.delete_exchange_tickers("binance");
        CHECK(none == 0);
    });
}

TEST_CASE("every reading method finds what was written, and a miss is empty")
{
    with_cache([](redis_server&, redis_cli&, tick_cache& ticks) -> asio::awaitable<void> {
        const auto value = recorded_tick();
        co_await ticks.set_ticker(value);
        auto newer = value;
        newer.exchange = "kraken";
        newer.price = 51000;
        newer.time = *value.time + 1;
        co_await ticks.set_ticker(newer);

        const auto found = co_await ticks.get_ticker("binance", "BTC/USDT");
        CHECK(found == value);
        const auto missing = co_await ticks.get_ticker("nowhere", "BTC/USDT");
        CHECK_FALSE(missing);
        fullon_orm::symbol symbol;
        symbol.symbol = "BTC/USDT";
        symbol.exchange_name = "kraken";
        const auto by_symbol = co_await ticks.get_ticker(symbol);
        CHECK(by_symbol == newer);
        const auto any = co_await ticks.get_any_ticker("BTC/USDT");
        CHECK(any == newer);
        const auto none = co_await ticks.get_any_ticker("XRP/USDT");
        CHECK_FALSE(none);
        const auto price = co_await ticks.get_price("binance", "BTC/USDT");
        CHECK(price == 50000.0);
        const auto any_price = co_await ticks.get_any_price("BTC/USDT");
        CHECK(any_price == 51000.0);
        const auto all = co_await ticks.get_all_tickers();
        CHECK(all.size() == 2);
        const auto exchanges = co_await ticks.get_ticker_exchanges();
        CHECK(exchanges.size() == 2);
        const auto nowhere = co_await ticks.get_all_tickers("nowhere");
        CHECK(nowhere.empty());
    });
}

TEST_CASE("get_next_ticker gives what is stored, or waits for the first, no longer than it was told")
{
    with_cache([](redis_server& server, redis_cli& cli, tick_cache& ticks) -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        const auto value = recorded_tick();
        const auto nothing = co_await ticks.get_next_ticker("binance", "BTC/USDT", 50ms);
        CHECK_FALSE(nothing);
        const auto publish = [](tick_cache writer, tick what) -> asio::awaitable<void> {
            for (int i = 0; i < 20; ++i) { // whenever the subscription stands
                co_await support::pause(20ms);
                co_await writer.set_ticker(what);
            }
        };
        auto both = ticks.get_next_ticker("binance", "BTC/USDT", 5s) && publish(ticks, value);
        const auto next = co_await std::move(both);
        CHECK(next == value);
        const auto at_once = co_await ticks.get_next_ticker("binance", "BTC/USDT", 0ms);
        CHECK(at_once == value);

        // A publication that nothing was stored for: of another database, or of a writer that died.
        const auto invent = [](redis_cli& publisher) -> asio::awaitable<void> {
            for (int i = 0; i < 10; ++i) {
                co_await support::pause(20ms);
                publisher("PUBLISH", "ticker_updates:binance:ETH/USDT", R"({"price": 1.0})");
            }
        };
        auto invented = ticks.get_next_ticker("binance", "ETH/USDT", 300ms) && invent(cli);
        const auto none = co_await std::move(invented);
        CHECK_FALSE(none);
        cli("HSET", "tickers:binance", "XRP/USDT", "{x");
        const auto broken = co_await support::error_of(
            ticks.get_next_ticker("binance", "XRP/USDT", std::chrono::milliseconds::max()));
        CHECK(broken == errc::serialization);

        // An outage while waiting is an error, not "nothing came".
        std::optional<errc> failure;
        const auto outage = [](redis_server& dying) -> asio::awaitable<void> {
            co_await support::pause(100ms);
            dying.kill();
        };
        const auto wait = [](tick_cache reader, std::optional<errc>& result) -> asio::awaitable<void> {
            try {
                co_await reader.get_next_ticker("binance", "ETH/USDT", std::chrono::milliseconds::max());
            } catch (const cache_error& error) {
                result = static_cast<errc>(error.code().value());
            }
        };
        auto waiting = wait(ticks, failure) && outage(server);
        co_await std::move(waiting);
        CHECK(failure == errc::unavailable);
    });
}

TEST_CASE("one bad entry never spoils the rest, and is an error when it alone is asked for")
{
    with_cache([](redis_server&, redis_cli& cli, tick_cache& ticks) -> asio::awaitable<void> {
        cli("HSET", "tickers:bad", "GOOD",
            R"({"price": "50000.5", "extra": 1, "symbol": "X", "exchange": "y"})");
        cli("HSET", "tickers:bad", "NULLS",
            R"({"price": 1, "bid": null, "volume": Infinity, "time": "2025-11-07T07:20:00Z"})");
        cli("HSET", "tickers:bad", "NOTJSON", "{x");
        cli("HSET", "tickers:bad", "NAN", R"({"price": NaN})");
        cli("HSET", "tickers:bad", "LIST", "[1]");
        cli("HSET", "tickers:bad", "NUM", "5");
        cli("HSET", "tickers:bad", "EMPTY", "{}");
        cli("SET", "tickers:wrongtype", "x");
        const auto all = co_await ticks.get_all_tickers("bad");
        CHECK(all.size() == 2);
        const auto good = co_await ticks.get_ticker("bad", "GOOD");
        REQUIRE(good);
        CHECK(good->price == 50000.5);
        CHECK(good->symbol == "GOOD"); // identity comes from the key and the field
        CHECK(good->exchange == "bad");
        const auto nulls = co_await ticks.get_ticker("bad", "NULLS");
        REQUIRE(nulls);
        CHECK_FALSE(nulls->bid);
        CHECK_FALSE(nulls->volume);
        CHECK(nulls->time == 1762500000.0);

        std::optional<errc> failure;
        try {
            co_await ticks.get_ticker("bad", "NOTJSON");
        } catch (const cache_error& error) {
            failure = static_cast<errc>(error.code().value());
        }
        CHECK(failure == errc::serialization);
        try {
            co_await ticks.get_ticker("wrongtype", "X");
        } catch (const cache_error& error) {
            failure = static_cast<errc>(error.code().value());
            CHECK(error.diagnostics().starts_with("WRONGTYPE"));
        }
        CHECK(failure == errc::wrong_type);
    });
}

TEST_CASE("bad arguments are refused by name before anything is sent")
{
    with_cache([](redis_server& server, redis_cli&, tick_cache& ticks) -> asio::awaitable<void> {
        support::monitor_session monitor(server);
        auto value = recorded_tick();
        value.price = std::numeric_limits<double>::quiet_NaN();
        std::string said;
        try {
            co_await ticks.set_ticker(value);
        } catch (const cache_error& error) {
            said = error.diagnostics();
        }
        CHECK(said.starts_with("price"));
        said.clear();
        try {
            co_await ticks.get_ticker("binance", "");
        } catch (const cache_error& error) {
            said = error.diagnostics();
        }
        CHECK(said.starts_with("symbol"));
        CHECK(writes_seen(monitor).empty());
    });
}

TEST_CASE("five thousand tickers are read in chunks, each once")
{
    with_cache([](redis_server&, redis_cli& cli, tick_cache& ticks) -> asio::awaitable<void> {
        std::vector<std::vector<std::string>> writes;
        for (int i = 0; i < 5000; ++i) {
            std::vector<std::string> one;
            one.push_back("HSET");
            one.push_back("tickers:big");
            one.push_back("S" + std::to_string(i));
            one.push_back(fullon_orm::to_json(support::make_tick("big", "S" + std::to_string(i), i, i)));
            writes.push_back(std::move(one));
        }
        cli.pipeline(writes);
        auto all = co_await ticks.get_all_tickers("big");
        CHECK(all.size() == 5000);
        std::sort(all.begin(), all.end(), [](const tick& a, const tick& b) { return a.price < b.price; });
        bool right = true;
        for (std::size_t i = 0; i < all.size(); ++i)
            right = right && all[i].price == static_cast<double>(i);
        CHECK(right);
    });
}
