// What the log is told of stored values that cannot be read: lines for each reading and each change, never for each entry.
#include "support/caches.hpp"
#include "unit/fullon_log/log_fixture.hpp"

#include <fullon_cache/fullon_cache.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using fullon_cache::errc;
using ticker_world = support::cache_world<fullon_cache::tick_reader>;

// The lines that `body(world)` logs at INFO and above, of the caches.
template <class Body>
std::vector<std::string> lines_of_caches(Body body)
{
    auto lines = log_tests::lines_of(log_tests::logged(
        log_tests::file_only({}), [&] { support::with_cache<fullon_cache::tick_reader>(body); }));
    std::erase_if(lines, [](const std::string& line) {
        return line.find("fullon.cache.connection") != std::string::npos;
    });
    return lines;
}

void store_dead_pairs(support::redis_cli& cli, int count)
{
    for (int i = 0; i < count; ++i)
        cli("HSET", "tickers:okx", "DEAD-" + std::to_string(i),
            R"({"price": null, "volume": null, "time": 1762500000.0})");
}

} // namespace

TEST_CASE("many unreadable tickers are one line, however often they are read")
{
    const auto lines = lines_of_caches([](ticker_world& world) -> asio::awaitable<void> {
        store_dead_pairs(world.cli, 600);
        world.cli("HSET", "tickers:okx", "BTC/USDT", R"({"price": 1.5, "time": 1762500000.0})");
        for (int i = 0; i < 10; ++i) {
            const auto found = co_await world.cache.get_all_tickers("okx");
            CHECK(found.size() == 1);
        }
        const fullon_cache::tick_reader other(world.connection); // what was told is of the connection
        const auto listed = co_await other.list_tickers("okx");
        CHECK(listed.unreadable == 600);
        world.cli("HSET", "tickers:okx", "ETH/USDT", R"({"price": 1.5, "time": 1762500000.0})");
        co_await world.cache.get_all_tickers("okx");
        world.cli("DEL", "tickers:okx");
        co_await world.cache.get_all_tickers("okx");
        co_await world.cache.get_all_tickers("okx");
    });
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find("600 of 601 unreadable, first: DEAD-") != std::string::npos);
    CHECK(lines[0].find(": price: missing") != std::string::npos);
    CHECK(lines[0].find("key=tickers:okx") != std::string::npos);
    CHECK(lines[1].find("readable again key=tickers:okx") != std::string::npos);
}

TEST_CASE("a client that asks for unreadable entries again and again cannot fill the log")
{
    const auto lines = lines_of_caches([](ticker_world& world) -> asio::awaitable<void> {
        const std::string symbol(9000, 'x');
        world.cli("HSET", "tickers:okx", symbol, "{");
        for (int i = 0; i < 1000; ++i) {
            const auto failure = co_await support::error_of(world.cache.get_ticker("okx", symbol));
            CHECK(failure == errc::serialization);
            co_await world.cache.get_any_ticker(symbol);
        }
    });
    CHECK(lines.size() >= 2);
    CHECK(lines.size() < 100);
    for (const auto& line : lines)
        CHECK(line.size() < 2000);
}

TEST_CASE("every reader tells of unreadable entries once")
{
    int expected = 0;
    const auto lines = lines_of_caches([&expected](ticker_world& world) -> asio::awaitable<void> {
        for (const std::string place : {"1", "2", "3"}) {
            world.cli("HSET", "tick", place, "[]");
            world.cli("HSET", "account_positions", place, "{");
            world.cli("HSET", "accounts", place, "{");
            world.cli("HSET", "order_status:okx", place, "{");
            world.cli("HSET", "bot_status", place, "{");
            world.cli("HSET", "block_exchange", place, "7");
            world.cli("HSET", "opening_position", place, "7");
            world.cli("RPUSH", "trades:okx:BTCUSDT", "{");
            world.cli("RPUSH", "trades:" + place, "{");
            world.cli("SET", "TRADE:STATUS:" + place, "x");
            world.cli("RPUSH", "ohlcv:BTCUSDT:1m", "{");
            world.cli("HSET", "process:active:bot", "bot:a:" + place, "x");
            world.cli("SET", "process:data:bot:a:" + place, "{");
            world.cli("HSET", "process:components", "a", "bot:a:1");
        }
        world.cli("LPUSH", "ohlcv:BTCUSDT:1m", "[60,1,1,1,1,1]"); // of garbage alone there is no answer
        world.cli("HSET", "accounts", "4", R"({"USDT": 5, "BTC": []})");

        const fullon_cache::account_reader accounts(world.connection);
        const fullon_cache::orders_reader orders(world.connection);
        const fullon_cache::bot_reader bots(world.connection);
        const fullon_cache::trades_reader trades(world.connection);
        const fullon_cache::ohlcv_reader bars(world.connection);
        const fullon_cache::process_reader processes(world.connection);
        for (int i = 0; i < 5; ++i) {
            expected = 0;
            co_await world.cache.get_tick_crawlers();
            ++expected;
            co_await accounts.get_all_positions();
            ++expected;
            co_await accounts.get_all_accounts();
            ++expected;
            co_await accounts.get_account_balances("4");
            ++expected;
            co_await orders.get_orders("okx");
            ++expected;
            co_await bots.get_bots();
            ++expected;
            co_await bots.get_blocks();
            ++expected;
            co_await bots.list_opening_positions();
            ++expected;
            co_await trades.get_trades("okx", "BTC/USDT");
            ++expected;
            co_await trades.list_trade_queues();
            ++expected;
            co_await trades.get_all_trade_statuses();
            ++expected;
            co_await bars.get_latest_ohlcv_bars("BTC/USDT", "1m", 5);
            ++expected;
            co_await bars.get_bar_lists(1);
            ++expected;
            co_await processes.get_active_processes();
            ++expected;
            co_await processes.get_process_history("a");
            ++expected;
            co_await processes.get_component_status("a");
            ++expected;
        }
    });
    CHECK(lines.size() == static_cast<std::size_t>(expected));
    for (const auto& line : lines) {
        CAPTURE(line);
        CHECK(line.find(" unreadable, first: ") != std::string::npos);
        CHECK(line.find(" key=") != std::string::npos);
    }
}
