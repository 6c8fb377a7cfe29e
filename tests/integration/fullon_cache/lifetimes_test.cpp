// Who may be destroyed before whom: caches and connections before their operations begin, the io_context before both.
#include "support/async_test.hpp"
#include "support/background.hpp"
#include "support/caches.hpp"

#include <fullon_cache/fullon_cache.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <catch2/catch_test_macros.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::base_cache;
using fullon_cache::command;
using fullon_cache::connection;
using support::redis_cli;
using support::redis_server;

} // namespace

TEST_CASE("an operation has all that it needs before it begins: its cache may be gone")
{
    redis_server server;
    asio::io_context context(1);
    connection redis(context.get_executor(), support::redis_config(server));
    redis.start();
    int done = 0;
    const auto count = [&](const std::exception_ptr& failure, auto&&...) {
        CHECK_FALSE(failure);
        ++done;
    };
    asio::co_spawn(context,
                   base_cache(redis, "a prefix that is too long to be stored in place").set("k", "value"),
                   count);
    asio::co_spawn(context, base_cache(redis).rpush("q", std::vector<std::string>(1, "1")), count);
    asio::co_spawn(context, base_cache(redis).blpop("q", 60s), count);
    asio::co_spawn(context, base_cache(redis).get_keys("*"), count);
    asio::co_spawn(context, base_cache(redis).ping(), count);
    asio::co_spawn(context, fullon_cache::orders_cache(redis).push_open_order("EX1", "local"), count);
    asio::co_spawn(context, fullon_cache::orders_cache(redis).pop_open_order("local", 60s), count);
    asio::co_spawn(context, fullon_cache::trades_cache(redis).take_trades("kraken", "BTC/USD"), count);
    asio::co_spawn(context, fullon_cache::trades_cache(redis).update_trade_status("kraken"), count);
    asio::co_spawn(context, redis.execute(command("PING")), count);

    fullon_orm::tick tick;
    tick.exchange = "kraken";
    tick.symbol = "BTC/USD";
    tick.price = 1;
    fullon_orm::position position;
    position.ex_id = "7";
    position.symbol = "BTC/USD";
    fullon_orm::trade trade;
    trade.symbol = "BTC/USD";
    fullon_orm::order order;
    order.exchange = "kraken";
    order.symbol = "BTC/USD";
    order.order_id = "EX1";
    const boost::json::object some{{"a", 1}};
    using namespace fullon_cache;
    asio::co_spawn(context, account_cache(redis).upsert_position(position), count);
    asio::co_spawn(context, account_cache(redis).upsert_user_account("7", some), count);
    asio::co_spawn(context, account_reader(redis).get_all_accounts(), count);
    asio::co_spawn(context, account_reader(redis).get_position("7", "BTC/USD"), count);
    asio::co_spawn(context, bot_cache(redis).update_bot("1", some), count);
    asio::co_spawn(context, bot_cache(redis).try_block_exchange("kraken", "BTC/USD", "1"), count);
    asio::co_spawn(context, bot_reader(redis).get_bots(), count);
    asio::co_spawn(context, bot_reader(redis).is_opening_position("kraken", "BTC/USD"), count);
    asio::co_spawn(context, ohlcv_reader(redis).get_latest_ohlcv_bars("BTCUSD", "1m", 5), count);
    asio::co_spawn(context, orders_cache(redis).save_order("kraken", order), count);
    asio::co_spawn(context, orders_reader(redis).get_orders("kraken"), count);
    asio::co_spawn(context, overview_reader(redis).count_keys(), count);
    asio::co_spawn(context, process_cache(redis).register_process("bot", "bot_1"), count);
    asio::co_spawn(context, process_reader(redis).get_active_processes(), count);
    asio::co_spawn(context, tick_cache(redis).set_ticker(tick), count);
    asio::co_spawn(context, tick_reader(redis).get_any_ticker("BTC/USD"), count);
    asio::co_spawn(context, tick_reader(redis).get_any_price("BTC/USD"), count);
    asio::co_spawn(context, trades_cache(redis).push_trade("kraken", trade), count);
    asio::co_spawn(context, trades_reader(redis).get_trades("kraken", "BTC/USD"), count);
    while (done < 29)
        REQUIRE(context.run_one_for(10s * support::patience) == 1);
    redis_cli cli(server);
    CHECK(cli("GET", "a prefix that is too long to be stored in place:k").text == "value");
    asio::co_spawn(context, redis.stop(), count);
    context.run();
    CHECK(done == 30);
}

TEST_CASE("an operation of a connection that was destroyed before it began is closed")
{
    redis_server server;
    asio::io_context context(1);
    std::optional<connection> redis(std::in_place, context.get_executor(), support::redis_config(server));
    redis->start();
    auto operation = redis->execute(command("PING"));
    auto ready = redis->ready();
    redis.reset();
    int closed = 0;
    const auto expect_closed = [&](const std::exception_ptr& failure, auto&&...) {
        REQUIRE(failure);
        try {
            std::rethrow_exception(failure);
        } catch (const fullon_cache::cache_error& error) {
            closed += error.code() == fullon_cache::errc::closed ? 1 : 0;
        }
    };
    asio::co_spawn(context, std::move(operation), expect_closed);
    asio::co_spawn(context, std::move(ready), expect_closed);
    context.run();
    CHECK(closed == 2);
}

TEST_CASE("an io_context may be destroyed before the connections and caches over it")
{
    redis_server server;
    for (int round = 0; round < 40; ++round) {
        INFO(round);
        auto context = std::make_unique<asio::io_context>(1);
        connection redis(context->get_executor(), support::redis_config(server));
        connection unused(context->get_executor(), support::redis_config(server));
        const base_cache cache(redis);
        if (round % 4 > 0)
            redis.start();
        if (round % 4 > 1)
            support::run(*context, [&]() -> asio::awaitable<void> {
                co_await redis.ready();
                co_await cache.set("k", "1");
            });
        const auto ignore = [](const std::exception_ptr&, auto&&...) {};
        asio::co_spawn(*context, cache.blpop("q", 60s), ignore);
        asio::co_spawn(*context, cache.set("k", std::string(100000, 'x')), ignore);
        asio::co_spawn(*context, cache.xread("s", "$", std::nullopt, 60s), ignore);
        for (int i = 0; i < round && round % 4 > 0; ++i)
            context->poll_one();
        if (round % 8 == 7)
            context->run_for(5ms);
        context.reset();
    }
}

TEST_CASE("an io_context may be destroyed while merges of one thing wait for each other")
{
    redis_server server;
    for (int turns = 0; turns < 12; ++turns) {
        INFO(turns);
        auto context = std::make_unique<asio::io_context>(1);
        connection redis(context->get_executor(), support::redis_config(server));
        const fullon_cache::account_cache cache(redis);
        redis.start();
        support::run(*context, [&]() -> asio::awaitable<void> { co_await redis.ready(); });
        const auto ignore = [](const std::exception_ptr&, auto&&...) {};
        for (int i = 0; i < 8; ++i) {
            fullon_orm::position one;
            one.ex_id = "1";
            one.symbol = "S" + std::to_string(i) + "/USD";
            asio::co_spawn(*context, cache.upsert_position(one), ignore);
        }
        for (int i = 0; i < turns * 3; ++i)
            context->poll_one();
        context.reset();
    }
}
