// What streams cost Redis: nothing while nothing is written, and for each kind of write a reading of what was written.
#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/served_redis.hpp"
#include "support/surfaces.hpp"

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/ohlcv_cache.hpp>
#include <fullon_cache/orders_cache.hpp>
#include <fullon_cache/process_cache.hpp>
#include <fullon_cache/trades_cache.hpp>
#include <fullon_cache_api/client.hpp>
#include <fullon_cache_api/types/bot.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/object.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using fullon_cache::command;
using support::surface;

// What the server asked Redis: command and key of everything that the writer has not sent, the watchdog's PING apart.
class questions {
public:
    questions(const support::redis_server& redis, std::string writer)
        : monitor_(redis), writer_(std::move(writer))
    {}

    std::vector<std::string> collect()
    {
        std::vector<std::string> asked;
        for (const auto& one : monitor_.collect())
            if (one.client != writer_ && one.client != "lua" && one.words.front() != "PING" &&
                one.words.front() != "ROLE")
                asked.push_back(one.words.front() + (one.words.size() > 1 ? " " + one.words[1] : ""));
        return asked;
    }

private:
    support::monitor_session monitor_;
    std::string writer_;
};

// Until nothing has been asked for longer than a verification is put off.
asio::awaitable<void> settle(questions* asked)
{
    bool quiet = false;
    while (!quiet) {
        co_await support::pause(1100ms);
        quiet = asked->collect().empty();
    }
}

asio::awaitable<std::string> address_of(fullon_cache::connection* redis)
{
    const auto info = (co_await redis->execute(command("CLIENT", "INFO"))).text;
    const auto begin = info.find(" addr=") + 6;
    co_return info.substr(begin, info.find(' ', begin) - begin);
}

struct write_kind {
    std::string name;
    std::function<asio::awaitable<void>()> write;
    std::vector<std::string> may_ask; ///< beginnings; none: the write is no business of a stream
    std::size_t readings = 1; ///< at most: one per round trip of the write
};

template <class T>
asio::awaitable<void> ignoring(asio::awaitable<T> operation)
{
    (void)co_await std::move(operation);
}

fullon_orm::position position_of(std::string symbol, double volume)
{
    fullon_orm::position made;
    made.ex_id = "1";
    made.symbol = std::move(symbol);
    made.volume = volume;
    return made;
}

fullon_orm::order order_of(std::string id, std::string status)
{
    fullon_orm::order made;
    made.order_id = std::move(id);
    made.status = std::move(status);
    return made;
}

json::object bot_says(int number)
{
    json::object made;
    made["n"] = number;
    return made;
}

fullon_orm::trade trade_of(std::string symbol)
{
    fullon_orm::trade made;
    made.symbol = std::move(symbol);
    made.price = made.volume = 1;
    return made;
}

std::vector<fullon_orm::bar> one_bar()
{
    return std::vector<fullon_orm::bar>(1);
}

struct writers {
    explicit writers(support::served_redis& world)
        : ticks(world.ticks), accounts(world.writer), bots(world.writer), orders(world.writer),
          processes(world.writer), trades(world.writer), bars(world.writer)
    {}
    fullon_cache::tick_cache& ticks;
    fullon_cache::account_cache accounts;
    fullon_cache::bot_cache bots;
    fullon_cache::orders_cache orders;
    fullon_cache::process_cache processes;
    fullon_cache::trades_cache trades;
    fullon_cache::ohlcv_cache bars;
    std::string process{};

    asio::awaitable<void> start_process() { process = co_await processes.register_process("bot", "b"); }
};

// What a publication names, or a scan did not see, is read by itself.
std::vector<std::string> all_of_exchange()
{
    std::vector<std::string> asked;
    asked.emplace_back("HSCAN tickers:y");
    asked.emplace_back("HMGET tickers:y");
    return asked;
}

std::vector<write_kind> kinds_of_writes(writers& to)
{
    const std::vector<std::string> ticker{"HMGET tickers:x"};
    const auto all_tickers = all_of_exchange();
    const std::vector<std::string> positions{"HMGET account_positions"};
    const std::vector<std::string> queue{"HSCAN order_status:x"};
    const std::vector<std::string> bots{"HSCAN bot_status"};
    const std::vector<std::string> processes{"HGETALL process:active:", "GET process:data:"};
    const std::vector<std::string> trades{"MULTI", "LLEN trades:", "LRANGE trades:", "EXEC"};
    const std::vector<std::string> bars_lists{"MULTI", "LLEN ohlcv:A:1m", "LRANGE ohlcv:A:1m", "EXEC"};
    std::vector<write_kind> kinds;
    const auto add = [&](std::string name, std::function<asio::awaitable<void>()> write,
                         std::vector<std::string> may_ask, std::size_t readings = 1) {
        kinds.push_back({std::move(name), std::move(write), std::move(may_ask), readings});
    };
    add("set_ticker", [&] { return to.ticks.set_ticker(support::make_tick("x", "A", 1, 1)); }, ticker, 2);
    add("delete_ticker", [&] { return ignoring(to.ticks.delete_ticker("x", "A")); }, ticker);
    add(
        "set_ticker, all", [&] { return to.ticks.set_ticker(support::make_tick("y", "A", 1, 1)); },
        all_tickers, 2);
    add(
        "delete_exchange_tickers", [&] { return ignoring(to.ticks.delete_exchange_tickers("y")); },
        all_tickers);
    add("set_ticker, of nobody", [&] { return to.ticks.set_ticker(support::make_tick("z", "A", 1, 1)); }, {});
    add("upsert_position", [&] { return to.accounts.upsert_position(position_of("A", 1)); }, positions);
    add("upsert_positions", [&] { return to.accounts.upsert_positions("1", {}); }, positions);
    add("clean_positions", [&] { return ignoring(to.accounts.clean_positions()); }, {}); // there are none
    add("save_order", [&] { return to.orders.save_order("x", order_of("1", "open")); }, queue);
    add("save_order_data", [&] { return to.orders.save_order_data("x", order_of("1", "filled")); }, queue);
    add("canceled", [&] { return to.orders.update_order("x", order_of("1", "canceled")); }, queue);
    add("save_order, of nobody", [&] { return to.orders.save_order("xy", order_of("1", "open")); }, {});
    add("update_bot", [&] { return to.bots.update_bot("b", bot_says(1)); }, bots);
    add("del_bot", [&] { return ignoring(to.bots.del_bot("b")); }, bots);
    add("block_exchange", [&] { return to.bots.block_exchange("x", "A", "b"); }, {});
    add("register_process", [&] { return to.start_process(); }, processes);
    add("update_process", [&] { return ignoring(to.processes.update_process(to.process)); }, processes, 2);
    add("stop_process", [&] { return ignoring(to.processes.stop_process(to.process)); }, processes, 2);
    add("push_trade", [&] { return ignoring(to.trades.push_trade("x", trade_of("A"))); }, trades);
    add("push_trade, all", [&] { return ignoring(to.trades.push_trade("y", trade_of("A"))); }, trades);
    add("take_trades", [&] { return ignoring(to.trades.take_trades("x", "A")); }, trades);
    add("push_trade, of nobody", [&] { return ignoring(to.trades.push_trade("x", trade_of("B"))); }, {});
    add("push_user_trade", [&] { return ignoring(to.trades.push_user_trade("x", "1", trade_of("A"))); }, {});
    add("update_ohlcv_bars", [&] { return to.bars.update_ohlcv_bars("A", "1m", one_bar()); }, bars_lists);
    add("update_ohlcv_bars, of nobody", [&] { return to.bars.update_ohlcv_bars("A", "5m", one_bar()); }, {});
    add("broadcast_message", [&] { return ignoring(to.processes.broadcast_message("bot", "x")); }, {});
    return kinds;
}

bool is_one_of(const std::string& asked, const std::vector<std::string>& beginnings)
{
    return std::any_of(beginnings.begin(), beginnings.end(),
                       [&](const std::string& one) { return asked.starts_with(one); });
}

} // namespace

TEST_CASE("each kind of write makes the server read what was written, once per round trip, and nothing else")
{
    support::run_on_both(
        [](asio::any_io_executor executor, surface where) -> asio::awaitable<void> {
            support::served_redis world(executor);
            co_await world.start();
            writers write(world);
            auto cache = co_await support::use(world, where);
            const auto tickers = co_await cache->stream_tickers("x", "A");
            const auto all_tickers = co_await cache->stream_tickers("y");
            const auto positions = co_await cache->stream_positions("1");
            const auto queue = co_await cache->stream_order_queue("x");
            const auto bots = co_await cache->stream_bot_status();
            const auto one_bot = co_await cache->stream_bot_status("b");
            const auto trades = co_await cache->stream_trade_updates("x", "A");
            const auto all_trades = co_await cache->stream_trade_updates("y");
            const auto bars = co_await cache->stream_ohlcv("A", "1m");
            const auto health = co_await cache->stream_process_health();

            questions asked(world.redis, co_await address_of(&world.writer));
            for (const auto& kind : kinds_of_writes(write)) {
                INFO(kind.name);
                (void)asked.collect();
                co_await kind.write();
                std::vector<std::string> seen;
                const auto collect = [&] {
                    for (auto& one : asked.collect())
                        seen.push_back(std::move(one));
                    return !seen.empty() || kind.may_ask.empty();
                };
                co_await support::eventually("a reading after " + kind.name, collect);
                co_await support::pause(50ms); // for what must not come
                (void)collect();
                std::size_t first = 0; // each reading begins with the same question
                for (const auto& one : seen) {
                    INFO(one);
                    CHECK(is_one_of(one, kind.may_ask));
                    first += one == seen.front() ? 1 : 0;
                }
                CHECK(first <= kind.readings);
                if (kind.may_ask == all_of_exchange()) // verified once more when that has been paid for
                    co_await settle(&asked);
            }
            co_await cache.close();
            co_await world.stop();
        },
        60s);
}
