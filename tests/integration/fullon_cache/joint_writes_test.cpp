// What belongs together is written at once or not at all: refused, without rights, and cancelled at every turn.
#include "support/caches.hpp"
#include "support/cancelled_at.hpp"

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/base_cache.hpp>
#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/detail/lists/merge_queue.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/process_cache.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_cache/tick_cache.hpp>
#include <fullon_cache/trades_cache.hpp>

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using fullon_cache::errc;
using fullon_cache::process_cache;
using fullon_cache::tick_cache;
using fullon_cache::trades_cache;

fullon_orm::tick make_tick(double price)
{
    return support::make_tick("okx", "BTC/USDT", price, 1762500000.5 + price);
}

fullon_orm::trade make_trade(double price)
{
    fullon_orm::trade made;
    made.symbol = "BTC/USDT";
    made.price = price;
    made.volume = 1;
    return made;
}

constexpr const char* process_id = "bot:x:1762500000.5";
const std::string process_key = std::string("process:data:") + process_id;
constexpr const char* since = "2025-11-07T07:20:00+00:00";

void store_process(support::redis_cli& cli, const std::string& status = "running")
{
    cli("SETEX", process_key, 86400,
        R"({"process_id": "bot:x:1762500000.5", "status": ")" + status + R"(", "updated_at": ")" + since +
            R"(", "heartbeat": ")" + since + "\"}");
    cli("HSET", "process:active:bot", process_id, since);
    cli("HSET", "process:components", "x", process_id);
}

json::object stored_process(support::redis_cli& cli)
{
    return json::parse(cli("GET", process_key).text).as_object();
}

// Each operation, the state before it, and whether it was done: nothing where that cannot be said of all parts alike.
struct operation_case {
    const char* name;
    std::function<void(support::redis_cli&)> prepare;
    std::function<asio::awaitable<void>(const fullon_cache::connection&)> run;
    std::function<std::vector<bool>(support::redis_cli&)> parts;
};

asio::awaitable<void> set_ticker(const fullon_cache::connection& redis)
{
    const tick_cache cache(redis);
    co_await cache.set_ticker(make_tick(2));
}
asio::awaitable<void> delete_ticker(const fullon_cache::connection& redis)
{
    const tick_cache cache(redis);
    co_await cache.delete_ticker("okx", "BTC/USDT");
}
asio::awaitable<void> delete_tickers(const fullon_cache::connection& redis)
{
    const tick_cache cache(redis);
    co_await cache.delete_exchange_tickers("okx");
}
asio::awaitable<void> push_trade(const fullon_cache::connection& redis)
{
    const trades_cache cache(redis);
    co_await cache.push_trade("okx", make_trade(1));
}
asio::awaitable<void> register_process(const fullon_cache::connection& redis)
{
    const process_cache cache(redis);
    co_await cache.register_process("bot", "x");
}
asio::awaitable<void> update_process(const fullon_cache::connection& redis)
{
    const process_cache cache(redis);
    co_await cache.update_process(process_id);
}
asio::awaitable<void> stop_process(const fullon_cache::connection& redis)
{
    const process_cache cache(redis);
    co_await cache.stop_process(process_id);
}
asio::awaitable<void> clean_up(const fullon_cache::connection& redis)
{
    const process_cache cache(redis);
    co_await cache.cleanup_stale_processes();
}
asio::awaitable<void> upsert_position(const fullon_cache::connection& redis)
{
    const fullon_cache::account_cache cache(redis);
    fullon_orm::position one;
    one.ex_id = "1";
    one.symbol = "A";
    one.volume = 1;
    co_await cache.upsert_position(std::move(one));
}
asio::awaitable<void> cancel_order(const fullon_cache::connection& redis)
{
    const fullon_cache::orders_cache cache(redis);
    fullon_orm::order one;
    one.order_id = "7";
    one.status = "canceled";
    co_await cache.save_order_data("okx", std::move(one));
}
asio::awaitable<void> block(const fullon_cache::connection& redis)
{
    const fullon_cache::bot_cache cache(redis);
    co_await cache.try_block_exchange("okx", "A", "7", std::chrono::seconds(1));
}
asio::awaitable<void> unblock(const fullon_cache::connection& redis)
{
    const fullon_cache::bot_cache cache(redis);
    co_await cache.unblock_exchange("okx", "A", "7");
}

void store_tick(support::redis_cli& cli)
{
    cli("HSET", "tickers:okx", "BTC/USDT", R"({"price": 1.0})");
    cli("SET", "ticker_time:okx:BTC/USDT", "1.0");
}

bool is_stopped(support::redis_cli& cli)
{
    return stored_process(cli).at("status") == "stopped";
}
bool is_listed(support::redis_cli& cli)
{
    return cli("HEXISTS", "process:active:bot", process_id).integer() == 1;
}

std::vector<operation_case> operations()
{
    using cli = support::redis_cli;
    return {
        {"set_ticker", store_tick, set_ticker,
         [](cli& at) {
             return std::vector<bool>{at("HGET", "tickers:okx", "BTC/USDT").text.find("2.0") !=
                                          std::string::npos,
                                      at("GET", "ticker_time:okx:BTC/USDT").text != "1.0"};
         }},
        {"delete_ticker", store_tick, delete_ticker,
         [](cli& at) {
             return std::vector<bool>{at("HEXISTS", "tickers:okx", "BTC/USDT").integer() == 0,
                                      at("EXISTS", "ticker_time:okx:BTC/USDT").integer() == 0};
         }},
        {"delete_exchange_tickers", store_tick, delete_tickers,
         [](cli& at) {
             return std::vector<bool>{at("EXISTS", "tickers:okx").integer() == 0,
                                      at("EXISTS", "ticker_time:okx:BTC/USDT").integer() == 0};
         }},
        {"push_trade", [](cli&) {}, push_trade,
         [](cli& at) {
             return std::vector<bool>{at("LLEN", "trades:okx:BTCUSDT").integer() == 1,
                                      at("EXISTS", "TRADE:STATUS:okx").integer() == 1};
         }},
        {"register_process", [](cli&) {}, register_process,
         [](cli& at) {
             return std::vector<bool>{at("KEYS", "process:data:*").elements.size() == 1,
                                      at("HLEN", "process:active:bot").integer() == 1,
                                      at("HEXISTS", "process:components", "x").integer() == 1};
         }},
        {"update_process", [](cli& at) { store_process(at); }, update_process,
         [](cli& at) {
             const auto process = stored_process(at);
             return std::vector<bool>{process.at("updated_at") != since, process.at("heartbeat") != since,
                                      at("HGET", "process:active:bot", process_id).text ==
                                              process.at("updated_at").as_string() &&
                                          process.at("updated_at") != since};
         }},
        {"stop_process", [](cli& at) { store_process(at); }, stop_process,
         [](cli& at) {
             return std::vector<bool>{is_stopped(at), !is_listed(at),
                                      at("HEXISTS", "process:components", "x").integer() == 0};
         }},
        {"cleanup_stale_processes", [](cli& at) { store_process(at); }, clean_up,
         [](cli& at) {
             return std::vector<bool>{is_stopped(at), !is_listed(at),
                                      at("HEXISTS", "process:components", "x").integer() == 0};
         }},
        {"upsert_position",
         [](cli& at) { at("HSET", "account_positions", "1", R"({"B": {}, "timestamp": null})"); },
         upsert_position,
         [](cli& at) {
             const auto account = json::parse(at("HGET", "account_positions", "1").text).as_object();
             CHECK(account.contains("B"));
             return std::vector<bool>{account.contains("A"), account.at("timestamp").is_string()};
         }},
        {"save_order_data",
         [](cli& at) { at("HSET", "order_status:okx", "7", R"({"status": "open", "n": 1})"); }, cancel_order,
         [](cli& at) {
             const auto order = json::parse(at("HGET", "order_status:okx", "7").text).as_object();
             CHECK(order.at("n") == 1);
             return std::vector<bool>{order.at("status") == "canceled", order.contains("timestamp")};
         }},
        {"try_block_exchange", [](cli&) {}, block,
         [](cli& at) {
             return std::vector<bool>{at("HGET", "block_exchange", "okx:A").text == "7",
                                      at("HEXISTS", "fullon_cache:block_notes", "okx:A").integer() == 1};
         }},
        {"unblock_exchange",
         [](cli& at) {
             at("HSET", "block_exchange", "okx:A", "7");
             at("HSET", "fullon_cache:block_notes", "okx:A", "1 0 7");
         },
         unblock,
         [](cli& at) {
             return std::vector<bool>{at("HEXISTS", "block_exchange", "okx:A").integer() == 0,
                                      at("HEXISTS", "fullon_cache:block_notes", "okx:A").integer() == 0};
         }},
    };
}

bool all_alike(const std::vector<bool>& parts)
{
    return std::vector<bool>(parts.size(), parts.front()) == parts;
}

// Whatever is under way in Redis or in the queue of merges is over then.
void settle(asio::io_context& context, const fullon_cache::connection& redis)
{
    support::run(context, [&]() -> asio::awaitable<void> {
        co_await redis.shared_link()->merges().join();
        const fullon_cache::bot_cache any(redis);
        co_await any.ping();
    });
}

} // namespace

TEST_CASE("cancelled at any turn of the event loop nothing is written by halves")
{
    support::redis_server server;
    support::redis_cli cli(server);
    asio::io_context context(1);
    fullon_cache::connection redis(context.get_executor(), support::redis_config(server));
    redis.start();
    support::run(context, [&] { return redis.ready(); });
    for (const auto& one : operations()) {
        bool ended = false;
        int undone = 0;
        for (std::size_t turns = 0; !ended; ++turns) {
            INFO(one.name << ", cancelled after " << turns << " turns");
            REQUIRE(turns < 500);
            cli("FLUSHALL");
            one.prepare(cli);
            support::monitor_session monitor(server);
            const auto end = support::cancel_after_turns(context, turns, one.run(redis));
            settle(context, redis);
            const auto parts = one.parts(cli);
            CHECK(all_alike(parts));
            ended = end.in_time;
            CHECK((parts.front() || end.aborted));
            undone += parts.front() ? 0 : 1;
            if (std::string(one.name) == "set_ticker") {
                int published = 0;
                for (const auto& seen : monitor.collect())
                    published += seen.words.front() == "PUBLISH" ? 1 : 0;
                CHECK(published == (parts.front() ? 1 : 0));
            }
        }
        INFO(one.name);
        CHECK(undone > 0); // else it was never cancelled in time
    }
    support::run(context, [&] { return redis.stop(); });
}

TEST_CASE("what is refused in part is not written in part, nor published")
{
    support::with_cache<tick_cache>([](support::cache_world<tick_cache>& w) -> asio::awaitable<void> {
        const trades_cache trades(w.connection);
        const process_cache processes(w.connection);
        support::monitor_session monitor(w.server);
        w.cli("SET", "tickers:okx", "x");
        const auto tick = co_await support::error_of(w.cache.set_ticker(make_tick(1)));
        CHECK(tick == errc::wrong_type);
        const auto gone = co_await support::error_of(w.cache.delete_ticker("okx", "BTC/USDT"));
        CHECK(gone == errc::wrong_type);
        const auto all_gone = co_await support::error_of(w.cache.delete_exchange_tickers("okx"));
        CHECK(all_gone == errc::wrong_type);
        w.cli("SET", "trades:okx:BTCUSDT", "x");
        const auto trade = co_await support::error_of(trades.push_trade("okx", make_trade(1)));
        CHECK(trade == errc::wrong_type);

        for (const auto* const key : {"process:active:bot", "process:components"}) {
            store_process(w.cli);
            w.cli("DEL", key);
            w.cli("SET", key, "x");
            const auto before = w.cli("GET", process_key).text;
            INFO(key);
            const auto registered = co_await support::error_of(processes.register_process("bot", "y"));
            CHECK(registered == errc::wrong_type);
            const auto stopped = co_await support::error_of(processes.stop_process(process_id));
            CHECK(stopped == errc::wrong_type);
            CHECK(w.cli("GET", process_key).text == before);
            CHECK(w.cli("KEYS", "process:data:*").elements.size() == 1);
            w.cli("DEL", key);
        }
        for (const auto& seen : monitor.collect())
            CHECK(seen.words.front() != "PUBLISH");
        CHECK(w.cli("EXISTS", "ticker_time:okx:BTC/USDT", "TRADE:STATUS:okx").integer() == 0);
    });
}

TEST_CASE("who may not do all of it does nothing of it")
{
    support::with_cache<tick_cache>([](support::cache_world<tick_cache>& w) -> asio::awaitable<void> {
        if (w.cli("INFO", "server").text.find("redis_version:6") != std::string::npos)
            SKIP("Redis 6 does not tell scripts their rights");
        w.cli("ACL", "SETUSER", "some", "on", ">secret", "~*", "&other", "+@all", "-hdel", "-set");
        auto settings = support::redis_config(w.server);
        settings.user = "some";
        settings.password = "secret";
        fullon_cache::connection redis(w.connection.get_executor(), settings);
        redis.start();
        const tick_cache ticks(redis);
        const trades_cache trades(redis);
        const process_cache processes(redis);
        const auto no_set = co_await support::error_of(ticks.set_ticker(make_tick(1)));
        CHECK(no_set == errc::permission_denied);
        const auto no_note = co_await support::error_of(trades.push_trade("okx", make_trade(1)));
        CHECK(no_note == errc::permission_denied);
        w.cli("ACL", "SETUSER", "some", "+set");
        const auto no_channel = co_await support::error_of(ticks.set_ticker(make_tick(1)));
        CHECK(no_channel == errc::permission_denied);
        CHECK(w.cli("DBSIZE").integer() == 0);
        store_process(w.cli);
        const auto no_hdel = co_await support::error_of(processes.stop_process(process_id));
        CHECK(no_hdel == errc::permission_denied);
        CHECK(stored_process(w.cli).at("status") == "running");
        const bool beats = co_await processes.update_process(process_id);
        CHECK(beats);
        co_await redis.stop();
    });
}

TEST_CASE("without memory nothing is written by halves")
{
    support::with_cache<tick_cache>([](support::cache_world<tick_cache>& w) -> asio::awaitable<void> {
        const trades_cache trades(w.connection);
        const process_cache processes(w.connection);
        store_process(w.cli);
        w.cli("CONFIG", "SET", "maxmemory", "1");
        support::monitor_session monitor(w.server);
        const auto tick = co_await support::error_of(w.cache.set_ticker(make_tick(1)));
        CHECK(tick == errc::out_of_memory);
        const auto trade = co_await support::error_of(trades.push_trade("okx", make_trade(1)));
        CHECK(trade == errc::out_of_memory);
        const auto stopped = co_await support::error_of(processes.stop_process(process_id));
        CHECK(stopped == errc::out_of_memory);
        for (const auto& seen : monitor.collect())
            CHECK(seen.words.front() != "PUBLISH");
        w.cli("CONFIG", "SET", "maxmemory", "0");
        CHECK(stored_process(w.cli).at("status") == "running");
        CHECK(is_listed(w.cli));
        CHECK(w.cli("EXISTS", "tickers:okx", "ticker_time:okx:BTC/USDT", "TRADE:STATUS:okx").integer() == 0);
    });
}

TEST_CASE("a sign of life after the end says so, and brings nothing back")
{
    support::with_cache<process_cache>([](support::cache_world<process_cache>& w) -> asio::awaitable<void> {
        const auto id = co_await w.cache.register_process("bot", "x");
        const bool stopped = co_await w.cache.stop_process(id);
        CHECK(stopped);
        const auto before = w.cli("GET", "process:data:" + id).text;
        const bool beats = co_await w.cache.update_process(id);
        CHECK_FALSE(beats);
        fullon_cache::process_update running;
        running.status = "running";
        const bool runs = co_await w.cache.update_process(id, running);
        CHECK_FALSE(runs);
        CHECK(w.cli("GET", "process:data:" + id).text == before);
        CHECK(w.cli("EXISTS", "process:active:bot", "process:components").integer() == 0);
        const bool again = co_await w.cache.stop_process(id, "really");
        CHECK(again); // so that it may be tried again
    });
}

TEST_CASE("signs of life that race with the end never outlive it")
{
    support::with_cache<process_cache>([](support::cache_world<process_cache>& w) -> asio::awaitable<void> {
        fullon_cache::connection other(w.connection.get_executor(), support::redis_config(w.server));
        other.start();
        const process_cache stopper(other);
        for (int round = 0; round < 50; ++round) {
            const auto id = co_await w.cache.register_process("bot", "x");
            bool beating = true;
            auto beat = [&]() -> asio::awaitable<void> {
                bool alive = true;
                while (alive)
                    alive = co_await w.cache.update_process(id);
                beating = false;
            };
            asio::co_spawn(w.connection.get_executor(), beat(),
                           [](const std::exception_ptr& failure) { CHECK_FALSE(failure); });
            const bool stopped = co_await stopper.stop_process(id);
            CHECK(stopped);
            co_await support::eventually("the heart has stopped", [&] { return !beating; });
            const auto process = co_await w.cache.get_process(id);
            REQUIRE(process);
            CHECK(process->status == "stopped");
            CHECK(w.cli("EXISTS", "process:active:bot", "process:components").integer() == 0);
        }
        co_await other.stop();
    });
}

TEST_CASE("scripts run whether or not Redis knows them, or lets the user call them by their digest")
{
    const auto body = [](support::cache_world<process_cache>& world) -> asio::awaitable<void> {
        auto& cli = world.cli;
        const tick_cache ticks(world.connection);
        const trades_cache trades(world.connection);
        const auto first = make_tick(2); // named: g++ 12
        const auto second = make_tick(3);
        const auto third = make_tick(4);
        co_await ticks.set_ticker(first);
        cli("SCRIPT", "FLUSH");
        co_await ticks.set_ticker(second);
        CHECK(cli("GET", "ticker_time:okx:BTC/USDT").text == "1762500003.5");

        for (const auto* const id : {"bot:x:1", "bot:y:1"})
            cli("HSET", "process:active:bot", id, since);
        cli("SCRIPT", "FLUSH");
        const auto cleaned = co_await world.cache.cleanup_stale_processes(); // several in one write
        CHECK(cleaned == 2);
        CHECK(cli("EXISTS", "process:active:bot").integer() == 0);

        cli("ACL", "SETUSER", "default", "-evalsha");
        co_await ticks.set_ticker(third);
        CHECK(cli("GET", "ticker_time:okx:BTC/USDT").text == "1762500004.5");
        const auto trade = make_trade(1);
        const auto pushed = co_await trades.push_trade("okx", trade);
        CHECK(pushed == 1);
        const auto taken = co_await trades.take_trades("okx", "BTC/USDT");
        CHECK(taken.size() == 1);
    };
    support::with_cache<process_cache>(body);
}

TEST_CASE("an order whose lifetime may not be changed is not written, or it is written and said to be")
{
    const auto body = [](support::cache_world<fullon_cache::orders_cache>& world) -> asio::awaitable<void> {
        fullon_orm::order order;
        order.order_id = "7";
        order.price = 1;
        world.cli("ACL", "SETUSER", "default", "-persist");
        const auto refused = co_await support::error_of(world.cache.save_order_data("okx", order));
        world.cli("ACL", "SETUSER", "default", "+persist");
        CHECK(refused == errc::permission_denied);
        CHECK(world.cli("EXISTS", "order_status:okx").integer() == 0);
        const auto saved = co_await support::error_of(world.cache.save_order_data("okx", order));
        CHECK_FALSE(saved);
    };
    support::with_cache<fullon_cache::orders_cache>(body);
}

TEST_CASE("without the right to transactions nothing of one is executed")
{
    const auto body = [](support::cache_world<fullon_cache::base_cache>& world) -> asio::awaitable<void> {
        for (const auto* const right : {"multi", "exec"}) {
            CAPTURE(right);
            world.cli("ACL", "SETUSER", "default", std::string("-") + right);
            fullon_cache::pipeline writes;
            writes.add("SET", "a", "1").add("SET", "b", "2");
            const auto refused = co_await support::error_of(world.cache.execute_atomically(writes));
            world.cli("ACL", "SETUSER", "default", std::string("+") + right);
            CHECK(refused == errc::permission_denied);
            CHECK(world.cli("EXISTS", "a", "b").integer() == 0);
        }
        fullon_cache::pipeline writes;
        writes.add("SET", "a", "1").add("SET", "b", "2");
        const auto done = co_await world.cache.execute_atomically(writes);
        CHECK(done.size() == 2);
    };
    support::with_cache<fullon_cache::base_cache>(body);
}
