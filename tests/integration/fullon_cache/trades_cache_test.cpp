// trades_cache and ohlcv_cache against a real Redis: queues that others take from, and bars in two spellings.
#include "support/caches.hpp"

#include <fullon_cache/ohlcv_cache.hpp>
#include <fullon_cache/trades_cache.hpp>

#include <catch2/catch_test_macros.hpp>

#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::errc;
using fullon_cache::ohlcv_cache;
using fullon_cache::trades_cache;
using fullon_orm::bar;
using fullon_orm::trade;
using world = support::cache_world<trades_cache>;
using bar_world = support::cache_world<ohlcv_cache>;

trade make_trade(std::int64_t id)
{
    trade made;
    made.trade_id = fullon_orm::stored_id(id);
    made.symbol = "BTC/USDT";
    made.volume = 0.5;
    made.price = 50000 + static_cast<double>(id);
    made.time = 1762500000.25;
    return made;
}

bar make_bar(double timestamp, double close)
{
    bar made;
    made.timestamp = timestamp;
    made.close = close;
    return made;
}

std::vector<double> closes(const std::vector<bar>& bars)
{
    std::vector<double> result;
    for (const auto& one : bars)
        result.push_back(one.close);
    return result;
}

} // namespace

TEST_CASE("reading trades removes nothing, and a limit means the newest")
{
    support::with_cache<trades_cache>([](world& w) -> asio::awaitable<void> {
        for (int id = 1; id <= 5; ++id) {
            const auto length = co_await w.cache.push_trade("binance", make_trade(id));
            CHECK(length == id);
        }
        for (int round = 0; round < 2; ++round) {
            const auto all = co_await w.cache.get_trades("binance", "BTC/USDT");
            REQUIRE(all.size() == 5);
            CHECK(all[0] == make_trade(1));
            CHECK(all[4] == make_trade(5));
        }
        const auto newest = co_await w.cache.get_trades("binance", "BTCUSDT", 2);
        REQUIRE(newest.size() == 2);
        CHECK(newest[0] == make_trade(4));
        CHECK(w.cli("LLEN", "trades:binance:BTCUSDT").integer() == 5);
        const auto status = co_await w.cache.get_trade_status("binance");
        CHECK(status.value_or(0) > 1.7e9);
        const auto none = co_await w.cache.get_trades("binance", "ETH/USDT");
        CHECK(none.empty());
    });
}

TEST_CASE("of several services that take trades each trade goes to exactly one")
{
    support::with_cache<trades_cache>([](world& w) -> asio::awaitable<void> {
        constexpr int count = 400;
        std::multiset<std::int64_t> taken;
        int running = 0;
        bool pushed = false;
        std::vector<std::unique_ptr<fullon_cache::connection>> connections;
        auto take = [&]() -> asio::awaitable<void> {
            connections.push_back(std::make_unique<fullon_cache::connection>(
                w.connection.get_executor(), support::redis_config(w.server)));
            auto& own = *connections.back();
            own.start();
            const trades_cache cache(own);
            bool last = false;
            while (!last) {
                last = pushed; // what was pushed before is there now
                const auto some = co_await cache.take_trades("binance", "BTC/USDT");
                for (const auto& one : some)
                    taken.insert(std::get<std::int64_t>(*one.trade_id));
            }
            co_await own.stop();
            --running;
        };
        for (int i = 0; i < 4; ++i) {
            ++running;
            asio::co_spawn(w.connection.get_executor(), take(),
                           [](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
        }
        for (int id = 0; id < count; ++id)
            co_await w.cache.push_trade("binance", make_trade(id));
        pushed = true;
        co_await support::eventually("all takers have ended", [&] { return running == 0; });
        CHECK(taken.size() == count);
        CHECK(std::set<std::int64_t>(taken.begin(), taken.end()).size() == count);
        CHECK(w.cli("EXISTS", "trades:binance:BTCUSDT").integer() == 0);
    });
}

TEST_CASE("a user's trades are popped in order, an unreadable one stays")
{
    support::with_cache<trades_cache>([](world& w) -> asio::awaitable<void> {
        co_await w.cache.push_user_trade("binance", "u1", make_trade(1));
        co_await w.cache.push_user_trade("binance", "u1", make_trade(2));
        const auto first = co_await w.cache.pop_user_trade("binance", "u1");
        CHECK(first == make_trade(1));
        const auto second = co_await w.cache.pop_user_trade("binance", "u1", 1s);
        CHECK(second == make_trade(2));
        const auto none = co_await w.cache.pop_user_trade("binance", "u1");
        CHECK_FALSE(none);
        const auto other = co_await w.cache.pop_user_trade("binance", "u2", 50ms);
        CHECK_FALSE(other);
        w.cli("RPUSH", "user_trades:u1:binance", "{x", "[1]");
        for (const auto timeout : {0ms, 1000ms}) {
            const auto broken = co_await support::error_of(w.cache.pop_user_trade("binance", "u1", timeout));
            CHECK(broken == errc::serialization);
        }
        CHECK(w.cli("LRANGE", "user_trades:u1:binance", 0, -1).texts() ==
              std::vector<std::string>{"{x", "[1]"});
    });
}

TEST_CASE("the times of the last writes are read in every form, and forgotten when asked")
{
    support::with_cache<trades_cache>([](world& w) -> asio::awaitable<void> {
        co_await w.cache.update_trade_status("kraken");
        w.cli("SET", "TRADE:STATUS:binance", "2025-11-07T07:20:00.5+00:00");
        w.cli("SET", "TRADE:STATUS:bybit", "1762500000.5");
        w.cli("SET", "TRADE:STATUS:odd", "yesterday");
        const auto iso = co_await w.cache.get_trade_status("binance");
        CHECK(iso == 1762500000.5);
        const auto number = co_await w.cache.get_trade_status("bybit");
        CHECK(number == 1762500000.5);
        const auto missing = co_await w.cache.get_trade_status("nowhere");
        CHECK_FALSE(missing);
        const auto odd = co_await support::error_of(w.cache.get_trade_status("odd"));
        CHECK(odd == errc::serialization);
        const auto all = co_await w.cache.get_all_trade_statuses();
        CHECK(all.size() == 3);
        CHECK(all.contains("TRADE:STATUS:kraken"));
        const auto keys = co_await w.cache.get_trade_status_keys();
        CHECK(keys.size() == 4);

        co_await w.cache.update_user_trade_status("u1");
        co_await w.cache.update_user_trade_status("u2", 1762500000.123456);
        CHECK(w.cli("GET", "USER_TRADE:STATUS:u2").text == "2025-11-07T07:20:00.123456+00:00");
        const auto users = co_await w.cache.get_all_trade_statuses("USER_TRADE:STATUS");
        CHECK(users.size() == 2);
        const auto deleted = co_await w.cache.delete_user_trade_statuses();
        CHECK(deleted == 2);
        CHECK(w.cli("EXISTS", "TRADE:STATUS:kraken").integer() == 1);
    });
}

TEST_CASE("trades: bad arguments, another type of key and an outage are errors")
{
    support::with_cache<trades_cache>([](world& w) -> asio::awaitable<void> {
        auto worthless = make_trade(1);
        worthless.price = std::numeric_limits<double>::quiet_NaN();
        const auto nan = co_await support::error_of(w.cache.push_trade("binance", worthless));
        CHECK(nan == errc::invalid_argument);
        const auto limit = co_await support::error_of(w.cache.get_trades("b", "A", 0));
        CHECK(limit == errc::invalid_argument);
        w.cli("SET", "trades:binance:TEXT", "x");
        const auto wrong = co_await support::error_of(w.cache.get_trades("binance", "TEXT"));
        CHECK(wrong == errc::wrong_type);
        const auto taken = co_await support::error_of(w.cache.take_trades("binance", "TEXT"));
        CHECK(taken == errc::wrong_type);
        w.server.kill();
        const auto down = co_await support::error_of(w.cache.get_trades("b", "A"));
        CHECK(down == errc::unavailable);
        const auto pop = co_await support::error_of(w.cache.pop_user_trade("b", "u", 1s));
        CHECK(pop == errc::unavailable);
    });
}

TEST_CASE("bars are kept up to the bound, and the newest are read, one for each time")
{
    support::with_cache<ohlcv_cache>(
        [](bar_world& w) -> asio::awaitable<void> {
            const auto nothing = co_await w.cache.get_latest_ohlcv_bars("BTC/USDT", "1m");
            CHECK(nothing.empty());
            std::vector<bar> bars;
            for (int i = 0; i < 30; ++i)
                bars.push_back(make_bar(60.0 * i, i));
            co_await w.cache.update_ohlcv_bars("BTC/USDT", "1m", bars);
            CHECK(w.cli("LLEN", "ohlcv:BTCUSDT:1m").integer() == 20);
            // The open bar is written again and again.
            for (int i = 1; i <= 7; ++i) {
                std::vector<bar> open;
                open.push_back(make_bar(60.0 * 29, 29 + i / 10.0));
                co_await w.cache.update_ohlcv_bars("BTCUSDT", "1m", open);
            }
            const auto newest = co_await w.cache.get_latest_ohlcv_bars("BTCUSDT", "1m", 5);
            CHECK(closes(newest) == std::vector<double>{25, 26, 27, 28, 29.7});
            const auto all = co_await w.cache.get_latest_ohlcv_bars("BTC/USDT", "1m", 1000);
            CHECK(all.size() == 13); // 20 entries, of which 8 are the open bar
            const auto huge = co_await w.cache.get_latest_ohlcv_bars(
                "BTC/USDT", "1m", std::numeric_limits<std::int64_t>::max());
            CHECK(huge == all);
        },
        [](fullon_cache::config& settings) { settings.max_bars = 20; });
}

TEST_CASE("bars of both spellings of a symbol are merged by time, the one without slash counts")
{
    support::with_cache<ohlcv_cache>([](bar_world& w) -> asio::awaitable<void> {
        // The list with a slash is old and long, the other one new, with many writes of the same bar.
        for (int i = 0; i < 40; ++i)
            w.cli("RPUSH", "ohlcv:BTC/USD:1h", to_json(make_bar(i, i)));
        for (int i = 35; i < 45; ++i)
            for (int again = 0; again < 6; ++again)
                w.cli("RPUSH", "ohlcv:BTCUSD:1h", to_json(make_bar(i, i + 0.5)));
        w.cli("RPUSH", "ohlcv:BTCUSD:1h", "{x", "[1,2,3]");
        const auto merged = co_await w.cache.get_latest_ohlcv_bars("BTC/USD", "1h", 12);
        CHECK(closes(merged) ==
              std::vector<double>{33, 34, 35.5, 36.5, 37.5, 38.5, 39.5, 40.5, 41.5, 42.5, 43.5, 44.5});
        const auto few = co_await w.cache.get_latest_ohlcv_bars("BTC/USD", "1h", 3);
        CHECK(closes(few) == std::vector<double>{42.5, 43.5, 44.5});
        const auto slashless = co_await w.cache.get_latest_ohlcv_bars("BTCUSD", "1h", 100);
        CHECK(slashless.size() == 10);
        const auto all = co_await w.cache.get_latest_ohlcv_bars("BTC/USD", "1h", 100);
        CHECK(all.size() == 45);
    });
}

TEST_CASE("bars: bad arguments write nothing, and an outage is an error")
{
    support::with_cache<ohlcv_cache>([](bar_world& w) -> asio::awaitable<void> {
        std::vector<bar> bars;
        bars.push_back(make_bar(1, 1));
        bars.push_back(make_bar(2, std::numeric_limits<double>::infinity()));
        const auto infinite = co_await support::error_of(w.cache.update_ohlcv_bars("A", "1m", bars));
        CHECK(infinite == errc::invalid_argument);
        CHECK(w.cli("EXISTS", "ohlcv:A:1m").integer() == 0);
        const auto count = co_await support::error_of(w.cache.get_latest_ohlcv_bars("A", "1m", 0));
        CHECK(count == errc::invalid_argument);
        w.cli("SET", "ohlcv:B:1m", "x");
        const auto wrong = co_await support::error_of(w.cache.get_latest_ohlcv_bars("B", "1m"));
        CHECK(wrong == errc::wrong_type);
        w.server.kill();
        const auto down = co_await support::error_of(w.cache.get_latest_ohlcv_bars("A", "1m"));
        CHECK(down == errc::unavailable);
    });
}
