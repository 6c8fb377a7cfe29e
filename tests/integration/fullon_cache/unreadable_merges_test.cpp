// Merging never overwrites what cannot be read, and nothing is written that could not be read back.
#include "support/caches.hpp"

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/base_reader.hpp>
#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/ohlcv_cache.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/process_cache.hpp>
#include <fullon_cache/tick_cache.hpp>
#include <fullon_cache/trades_cache.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using fullon_cache::base_cache;
using fullon_cache::errc;
using world = support::cache_world<base_cache>;

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

// As services have left them: nested 33 deep, with a byte of Latin-1, cut, and no object at all.
std::vector<std::string> unreadable_texts()
{
    return {R"({"x": )" + std::string(32, '[') + std::string(32, ']') + "}",
            "{\"reason\": \"d\xE9j\xE0 vu\"}",
            R"({"status": "open", "volume": 0.)",
            "",
            "[1]",
            "null"};
}

fullon_orm::position make_position(std::string ex_id, std::string symbol)
{
    fullon_orm::position made;
    made.ex_id = std::move(ex_id);
    made.symbol = std::move(symbol);
    made.volume = 1;
    return made;
}

fullon_orm::order make_order(std::string id)
{
    fullon_orm::order made;
    made.order_id = std::move(id);
    made.status = "filled";
    return made;
}

fullon_orm::tick make_tick(double price)
{
    fullon_orm::tick made;
    made.exchange = "okx";
    made.symbol = "BTC/USDT";
    made.price = price;
    return made;
}

fullon_orm::trade make_trade(double price)
{
    fullon_orm::trade made;
    made.symbol = "BTC/USDT";
    made.price = price;
    made.volume = 1;
    return made;
}

json::object nested(std::size_t levels)
{
    json::value value = 1;
    for (std::size_t i = 1; i < levels; ++i) {
        json::array around;
        around.push_back(std::move(value));
        value = std::move(around);
    }
    json::object object;
    object["feed"] = std::move(value);
    return object;
}

json::object latin_note()
{
    json::object object;
    object["note"] = "d\xE9j\xE0";
    return object;
}

// Every method with an argument that is refused, and the member that the refusal names.
struct refused_call {
    const char* named;
    std::function<asio::awaitable<void>(const fullon_cache::connection&)> call;
};

template <class Awaited>
asio::awaitable<void> ignoring(Awaited operation)
{
    (void)co_await std::move(operation);
}

#define CALL(Cache, ...)                                                                                     \
    [](const fullon_cache::connection& redis) -> asio::awaitable<void> {                                     \
        const fullon_cache::Cache cache(redis);                                                              \
        co_await ignoring(__VA_ARGS__);                                                                      \
    }

template <class Model, class Member>
Model with(Model value, Member member, double number)
{
    value.*member = number;
    return value;
}

std::vector<refused_call> numbers()
{
    using fullon_orm::balance;
    using fullon_orm::bar;
    using fullon_orm::order;
    using fullon_orm::position;
    using fullon_orm::tick;
    using fullon_orm::trade;
    balance usdt;
    usdt.currency = "USDT";
    static const std::vector<balance> available(1, with(usdt, &balance::available, nan_value));
    static const std::vector<position> positions(1, with(make_position("1", "A"), &position::cost, infinity));
    static const std::vector<bar> bars(1, with(bar(), &bar::low, nan_value));
    static const json::object odd{{"feed", {{"pnl", nan_value}}}};
    return {
        {"price", CALL(tick_cache, cache.set_ticker(make_tick(nan_value)))},
        {"bid", CALL(tick_cache, cache.set_ticker(with(make_tick(1), &tick::bid, infinity)))},
        {"volume",
         CALL(orders_cache, cache.save_order("okx", with(make_order("7"), &order::volume, nan_value)))},
        {"final_volume",
         CALL(orders_cache,
              cache.save_order_data("okx", with(make_order("7"), &order::final_volume, -infinity)))},
        {"fee", CALL(account_cache,
                     cache.upsert_position(with(make_position("1", "A"), &position::fee, nan_value)))},
        {"cost", CALL(account_cache, cache.upsert_positions("1", positions))},
        {"available", CALL(account_cache, cache.upsert_user_account("1", available))},
        {"account.feed.pnl", CALL(account_cache, cache.upsert_user_account("1", odd))},
        {"cost", CALL(trades_cache, cache.push_trade("okx", with(make_trade(1), &trade::cost, nan_value)))},
        {"roi",
         CALL(trades_cache, cache.push_user_trade("okx", "7", with(make_trade(1), &trade::roi, infinity)))},
        {"low", CALL(ohlcv_cache, cache.update_ohlcv_bars("BTC/USDT", "1m", bars))},
        {"status.feed.pnl", CALL(bot_cache, cache.update_bot("7", odd))},
        {"params.feed.pnl", CALL(process_cache, cache.register_process("bot", "x", odd))},
        {"data.feed.pnl", CALL(process_cache, cache.broadcast_message("bot", "x", odd))},
        {"value.feed.pnl", CALL(base_cache, cache.set_json("k", odd))},
    };
}

std::vector<refused_call> unreadable_by_ourselves()
{
    return {
        {"account", CALL(account_cache, cache.upsert_user_account("1", nested(33)))},
        {"status", CALL(bot_cache, cache.update_bot("7", nested(33)))},
        {"params", CALL(process_cache, cache.register_process("bot", "x", nested(32)))},
        {"data", CALL(process_cache, cache.broadcast_message("bot", "x", nested(32)))},
        {"value", CALL(base_cache, cache.set_json("k", nested(33)))},
        {"status.note", CALL(bot_cache, cache.update_bot("7", latin_note()))},
        {"component", CALL(process_cache, cache.register_process("bot", "d\xE9j\xE0"))},
        {"message", CALL(process_cache, cache.stop_process("bot:x:1", "d\xE9j\xE0"))},
        {"date", CALL(account_cache, cache.touch_user_account("1", "d\xE9j\xE0"))},
        {"symbol", CALL(account_cache, cache.upsert_position(make_position("1", "d\xE9j\xE0")))},
    };
}

// Two pairs would share a key, or a key would have no name.
std::vector<refused_call> names()
{
    static const std::vector<fullon_orm::bar> bar(1);
    auto colon = make_tick(1);
    colon.exchange = "a:b";
    auto slash = make_tick(1);
    slash.symbol = "/";
    static const auto tick_of_colon = colon;
    static const auto tick_of_slash = slash;
    return {
        {"exchange", CALL(tick_cache, cache.set_ticker(tick_of_colon))},
        {"symbol", CALL(tick_cache, cache.set_ticker(tick_of_slash))},
        {"exchange", CALL(tick_cache, cache.get_ticker("a:b", "c"))},
        {"exchange", CALL(tick_cache, cache.get_price("", "c"))},
        {"symbol", CALL(tick_cache, cache.get_any_price(""))},
        {"exchange", CALL(tick_cache, cache.round_down("", "A/B", fullon_cache::order_sizes{.free = 1}))},
        {"exchange", CALL(tick_cache, cache.delete_ticker("a:b", "c"))},
        {"exchange", CALL(tick_cache, cache.delete_exchange_tickers("a:b"))},
        {"exchange", CALL(orders_cache, cache.save_order("a:b", make_order("7")))},
        {"exchange", CALL(orders_cache, cache.save_order_data("a:b", make_order("7")))},
        {"exchange", CALL(orders_cache, cache.get_order_status("a:b", "7"))},
        {"exchange", CALL(trades_cache, cache.push_trade("a:b", make_trade(1)))},
        {"symbol", CALL(trades_cache, cache.push_trade("okx", "/", make_trade(1)))},
        {"symbol", CALL(trades_cache, cache.push_trade("okx", "", make_trade(1)))},
        {"exchange", CALL(trades_cache, cache.get_trades("a:b", "c"))},
        {"exchange", CALL(trades_cache, cache.take_trades("a:b", "c"))},
        {"symbol", CALL(trades_cache, cache.take_trades("okx", "//"))},
        {"exchange", CALL(trades_cache, cache.push_user_trade("a:b", "7", make_trade(1)))},
        {"exchange", CALL(trades_cache, cache.pop_user_trade("a:b", "7"))},
        {"exchange", CALL(trades_cache, cache.list_trade_queues("a:b"))},
        {"symbol", CALL(ohlcv_cache, cache.update_ohlcv_bars("/", "1m", bar))},
        {"timeframe", CALL(ohlcv_cache, cache.update_ohlcv_bars("A", "1:m", bar))},
        {"timeframe", CALL(ohlcv_cache, cache.get_latest_ohlcv_bars("A", "1:m"))},
        {"exchange", CALL(bot_cache, cache.is_blocked("a:b", "c"))},
        {"symbol", CALL(bot_cache, cache.block_exchange("okx", "/", "7"))},
        {"exchange", CALL(bot_cache, cache.try_block_exchange("", "A", "7"))},
        {"bot_id", CALL(bot_cache, cache.unblock_exchange("okx", "A", ""))},
        {"exchange", CALL(bot_cache, cache.force_unblock_exchange("a:b", "A"))},
        {"former_bot_id", CALL(bot_cache, cache.take_over_block("okx", "A", "", "7"))},
        {"symbol", CALL(bot_cache, cache.mark_opening_position("okx", "", "7"))},
        {"bot_id", CALL(bot_cache, cache.unmark_opening_position("okx", "A", ""))},
        {"exchange", CALL(bot_cache, cache.get_opening_position("a:b", "A"))},
        {"symbol", CALL(account_cache, cache.upsert_position(make_position("1", "/")))},
        {"ex_id", CALL(account_cache, cache.upsert_position(make_position("", "A")))},
    };
}

#undef CALL

asio::awaitable<void> require_refused(world* w, std::vector<refused_call> calls)
{
    for (const auto& one : calls) {
        INFO(one.named);
        std::string told;
        try {
            co_await one.call(w->connection);
        } catch (const fullon_cache::cache_error& error) {
            CHECK(error.code() == errc::invalid_argument);
            told = error.diagnostics();
        }
        CHECK(told.starts_with(std::string(one.named) + ":"));
    }
    CHECK(w->cli("DBSIZE").integer() == 0); // nothing was written
}

} // namespace

TEST_CASE("a merge does not overwrite an order, an account or a process that cannot be read")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> {
        const fullon_cache::orders_cache orders(w.connection);
        const fullon_cache::account_cache accounts(w.connection);
        const fullon_cache::process_cache processes(w.connection);
        for (const auto& text : unreadable_texts()) {
            INFO(text);
            w.cli("HSET", "order_status:okx", "7", text);
            const auto merged = co_await support::error_of(orders.save_order_data("okx", make_order("7")));
            CHECK(merged == errc::serialization);
            const auto updated = co_await support::error_of(orders.update_order("okx", make_order("7")));
            CHECK(updated == errc::serialization);
            CHECK(w.cli("HGET", "order_status:okx", "7").text == text);

            w.cli("HSET", "account_positions", "1", text);
            w.cli("HSET", "accounts", "1", text);
            const auto position =
                co_await support::error_of(accounts.upsert_position(make_position("1", "A")));
            CHECK(position == errc::serialization);
            const auto touched = co_await support::error_of(accounts.touch_positions("1"));
            CHECK(touched == errc::serialization);
            const auto dated = co_await support::error_of(accounts.touch_user_account("1"));
            CHECK(dated == errc::serialization);
            CHECK(w.cli("HGET", "account_positions", "1").text == text);
            CHECK(w.cli("HGET", "accounts", "1").text == text);

            w.cli("SET", "process:data:bot:x:1", text);
            const auto beaten = co_await support::error_of(processes.update_process("bot:x:1"));
            CHECK(beaten == errc::serialization);
            const auto stopped = co_await support::error_of(processes.stop_process("bot:x:1"));
            CHECK(stopped == errc::serialization);
            CHECK(w.cli("GET", "process:data:bot:x:1").text == text);
            CHECK(w.cli("EXISTS", "process:active:bot").integer() == 0);
        }
        // Who replaces the whole need not read it.
        co_await orders.save_order("okx", make_order("7"));
        const auto order = co_await orders.get_order_status("okx", "7");
        CHECK(order.has_value());
    });
}

TEST_CASE("numbers that are not finite are refused by name, and nothing is written")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> { //
        co_await require_refused(&w, numbers());
    });
}

TEST_CASE("what could not be read back is refused by name, and nothing is written")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> {
        co_await require_refused(&w, unreadable_by_ourselves());
        // One level less is read back.
        const fullon_cache::account_cache accounts(w.connection);
        co_await accounts.upsert_user_account("1", nested(32));
        const auto account = co_await accounts.get_account_balances("1");
        CHECK(account.has_value());
        const fullon_cache::bot_cache bots(w.connection);
        co_await bots.update_bot("7", nested(32));
        const auto bot = co_await bots.get_bot("7");
        CHECK(bot.has_value());
        const fullon_cache::process_cache processes(w.connection);
        const auto id = co_await processes.register_process("bot", "x", nested(31));
        fullon_cache::process_update update;
        update.params = nested(32);
        const auto refused = co_await support::error_of(processes.update_process(id, update));
        CHECK(refused == errc::invalid_argument);
        update.params = nested(31);
        const bool updated = co_await processes.update_process(id, update);
        CHECK(updated);
        const auto process = co_await processes.get_process(id);
        CHECK(process.has_value());
    });
}

TEST_CASE("names that would give two things one key are refused wherever a key is made")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> { //
        co_await require_refused(&w, names());
    });
}

// Python writes such numbers, and ids of 21 digits.
TEST_CASE("a merge gives back what it does not know as it was, digits and all")
{
    support::with_cache<base_cache>([](world& w) -> asio::awaitable<void> {
        const std::string odd = R"("x": [123456789012345678901, NaN, -Infinity, 1e-07])";
        w.cli("HSET", "order_status:okx", "7", "{" + odd + R"(, "price": NaN, "uid": 99999999999999999999})");
        const fullon_cache::orders_cache orders(w.connection);
        co_await orders.save_order_data("okx", make_order("7"));
        const auto order = w.cli("HGET", "order_status:okx", "7").text;
        CHECK(order.find(odd) != std::string::npos);
        CHECK(order.find(R"("price": NaN)") != std::string::npos);
        CHECK(order.find(R"("uid": 99999999999999999999)") != std::string::npos);

        w.cli("HSET", "account_positions", "1", "{\"B\": {" + odd + "}}");
        const fullon_cache::account_cache accounts(w.connection);
        co_await accounts.upsert_position(make_position("1", "A"));
        CHECK(w.cli("HGET", "account_positions", "1").text.find(odd) != std::string::npos);

        w.cli("SET", "process:data:bot:x:1", R"({"status": "running", "params": {)" + odd + "}}");
        const fullon_cache::process_cache processes(w.connection);
        fullon_cache::process_update update;
        update.params["n"] = 1;
        co_await processes.update_process("bot:x:1", update);
        CHECK(w.cli("GET", "process:data:bot:x:1").text.find(R"("params": {)" + odd + R"(, "n": 1})") !=
              std::string::npos);
    });
}
