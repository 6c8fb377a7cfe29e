// What services have really stored: values as they were recorded, and the broken ones of tests/data/seed.jsonl.
#include "support/async_test.hpp"
#include "support/recorded_writes.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/fullon_cache.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

template <class List, class Name>
std::set<std::string> names_of(const List& list, Name name)
{
    std::set<std::string> names;
    for (const auto& one : list)
        names.insert(std::string(name(one)));
    return names;
}

} // namespace

TEST_CASE("every reader survives the nasty values, the good entries intact")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server server;
        support::redis_cli cli(server);
        for (const auto& command : support::seed_commands())
            REQUIRE_FALSE(cli.execute(command).is_error());
        fullon_cache::connection redis(executor, support::redis_config(server));
        redis.start();
        co_await redis.ready();

        const fullon_cache::tick_reader ticks(redis);
        const auto symbol = [](const fullon_orm::tick& one) { return one.symbol; };
        const auto bad = co_await ticks.get_all_tickers("bad");
        CHECK(names_of(bad, symbol) == std::set<std::string>{"EXTRA", "STR"});
        const auto skip = co_await ticks.get_all_tickers("skip");
        CHECK(names_of(skip, symbol) == std::set<std::string>{"A"});
        const auto nulls = co_await ticks.get_ticker("nulls", "BTC/USDT");
        REQUIRE(nulls);
        CHECK_FALSE(nulls->bid);
        const auto extra = co_await ticks.get_ticker("bad", "EXTRA");
        REQUIRE(extra);
        CHECK(extra->exchange == "bad"); // not what the JSON says
        const auto everywhere = co_await ticks.get_all_tickers(); // a key of another type among them
        CHECK(everywhere.size() >= 6);

        const fullon_cache::account_reader accounts(redis);
        const auto positions = co_await accounts.get_all_positions();
        CHECK(positions.size() == 3);
        const auto sol = co_await accounts.get_position("2", "SOL/USDT");
        REQUIRE(sol);
        CHECK(sol->volume == 3);
        CHECK_FALSE(sol->price);
        const auto balances = co_await accounts.get_account_balances("1");
        REQUIRE(balances);
        CHECK(names_of(balances->balances, [](const fullon_orm::balance& one) { return one.currency; }) ==
              std::set<std::string>{"USDT", "BTC", "ZERO", "STR", "NULLA", "NEG"});
        const auto zero = co_await accounts.get_full_account("1", "ZERO");
        CHECK(zero->total == 5);
        const auto text = co_await accounts.get_full_account("1", "STR");
        CHECK(text->reserved == 10);
        const auto negative = co_await accounts.get_full_account("1", "NEG");
        CHECK(negative->reserved == 0);

        const fullon_cache::orders_reader orders(redis);
        const auto all_orders = co_await orders.get_orders("binance");
        CHECK(names_of(all_orders, [](const fullon_orm::order& one) { return one.order_id; }) ==
              std::set<std::string>{"777", "EX_1", "MIN", "MKT", "EX_2"});
        const auto queue = co_await orders.get_queue_length("binance");
        CHECK(queue == 5);
        const auto odd_time = co_await orders.get_order_status("binance", "777");
        REQUIRE(odd_time);
        CHECK_FALSE(odd_time->timestamp);

        const fullon_cache::bot_reader bots(redis);
        const auto all_bots = co_await bots.get_bots();
        CHECK(names_of(all_bots, [](const fullon_orm::bot_status& one) { return one.bot_id; }) ==
              std::set<std::string>{"bot_1", "7", "empty"});
        const auto blocker = co_await bots.is_blocked("binance", "BTC/USDT");
        CHECK(blocker == "bot_1");

        const fullon_cache::trades_reader trades(redis);
        const auto good = co_await trades.get_trades("binance", "BTC/USDT");
        CHECK(good.size() == 3);
        const auto mixed = co_await trades.get_trades("binance", "BADJ");
        CHECK(mixed.size() == 1);
        const auto iso = co_await trades.get_trades("binance", "ISO/USDT");
        REQUIRE(iso.size() == 1);
        CHECK(iso[0].time == 1762500000.123456);
        const auto timeless = co_await trades.get_trades("binance", "NULLTIME");
        REQUIRE(timeless.size() == 1);
        CHECK_FALSE(timeless[0].time);

        const fullon_cache::ohlcv_reader bars(redis);
        const auto hours = co_await bars.get_latest_ohlcv_bars("BTC/USD", "1h");
        CHECK(hours.size() == 10);
        const auto weird = co_await bars.get_latest_ohlcv_bars("WEIRD", "1m");
        REQUIRE(weird.size() == 1);
        CHECK(weird[0].volume == 6);

        const fullon_cache::process_reader processes(redis);
        fullon_cache::process_filter ever;
        ever.within = std::chrono::years(100);
        const auto known = co_await processes.get_active_processes(ever);
        CHECK(known.size() == 2);
        const auto bot = co_await processes.get_component_status("bot_1");
        REQUIRE(bot);
        CHECK(bot->status == "error");
        co_await redis.stop();
    });
}
