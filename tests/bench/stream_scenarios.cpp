// Bodies of stream_scenarios.hpp: one function per stream.
#include "bench/stream_scenarios.hpp"

#include <fullon_cache_api/types/bot.hpp>

#include <boost/json/object.hpp>

#include <cmath>
#include <string>
#include <utility>

namespace bench {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using fullon_cache::command;
using fullon_cache_api::account_position;
using fullon_cache_api::bar_update;
using fullon_cache_api::bot;
using fullon_cache_api::process_health;
using fullon_cache_api::queue_length;
using fullon_cache_api::ticker;
using fullon_cache_api::trade;
template <class X>
using update = fullon_cache_api::update<X>;
using scenario_ptr = std::unique_ptr<any_scenario>;

const std::string symbol = "BTC/USDT";

// One of its own for each subject: the server looks again at each at intervals.
std::string exchange(int subject)
{
    return "exchange_" + std::to_string(subject);
}

fullon_orm::tick tick_of(place where)
{
    fullon_orm::tick made;
    made.exchange = exchange(where.subject);
    made.symbol = symbol;
    made.price = where.round;
    made.time = 1'762'500'000 + where.round;
    return made;
}

step<ticker> set_ticker()
{
    return {"set_ticker", [](stream_world& at, place where) { return at.ticks.set_ticker(tick_of(where)); },
            [](const update<ticker>& heard, place where) {
                return !heard.removed && !heard.snapshot && heard.price == where.round;
            }};
}

bool is_removed(const update<ticker>& heard, place)
{
    return heard.removed;
}

step<ticker> delete_ticker()
{
    return {"delete_ticker",
            [](stream_world& at, place where) {
                return ignoring(at.ticks.delete_ticker(exchange(where.subject), symbol));
            },
            is_removed};
}

step<ticker> delete_exchange_tickers()
{
    return {"delete_exchange_tickers",
            [](stream_world& at, place where) {
                return ignoring(at.ticks.delete_exchange_tickers(exchange(where.subject)));
            },
            is_removed};
}

scenario_ptr tickers_again_and_again()
{
    auto made = std::make_unique<scenario<ticker>>();
    made->name = "tickers by name, in a row";
    made->open = [](stream_world& at, int subject) {
        return at.cache.stream_tickers(exchange(subject), symbol);
    };
    made->steps.push_back(set_ticker());
    return made;
}

scenario_ptr tickers_by_name()
{
    auto made = std::make_unique<scenario<ticker>>();
    made->name = "tickers by name";
    made->subjects = 30;
    made->rest = 150ms; // verified every 100 ms
    made->open = [](stream_world& at, int subject) {
        return at.cache.stream_tickers(exchange(subject), symbol);
    };
    made->steps = {set_ticker(), delete_ticker(), set_ticker(), delete_exchange_tickers()};
    return made;
}

scenario_ptr tickers_of_exchange()
{
    auto made = std::make_unique<scenario<ticker>>();
    made->name = "tickers of an exchange";
    made->subjects = 60;
    made->rest = 1100ms; // verified every second
    made->open = [](stream_world& at, int subject) { return at.cache.stream_tickers(exchange(subject)); };
    made->steps = {set_ticker(), delete_ticker(), set_ticker(), delete_exchange_tickers()};
    return made;
}

fullon_orm::position position_of(double volume)
{
    fullon_orm::position made;
    made.ex_id = "1";
    made.symbol = symbol;
    made.volume = volume;
    made.price = 100;
    return made;
}

scenario_ptr positions()
{
    const auto has_size = [](double offset) {
        return [offset](const update<account_position>& heard, place where) {
            return !heard.removed && heard.size == where.round + offset;
        };
    };
    const auto gone = [](const update<account_position>& heard, place) { return heard.removed; };
    auto made = std::make_unique<scenario<account_position>>();
    made->name = "positions";
    made->open = [](stream_world& at, int) { return at.cache.stream_positions("1"); };
    made->steps.push_back(
        {"upsert_position",
         [](stream_world& at, place where) { return at.accounts.upsert_position(position_of(where.round)); },
         has_size(0)});
    made->steps.push_back({"touch_positions", [](stream_world& at, place) {
                               return ignoring(at.accounts.touch_positions("1"));
                           }});
    made->steps.push_back({"upsert_positions",
                           [](stream_world& at, place where) {
                               std::vector<fullon_orm::position> one(1, position_of(where.round + 0.5));
                               return at.accounts.upsert_positions("1", std::move(one));
                           },
                           has_size(0.5)});
    made->steps.push_back({"upsert_positions, none",
                           [](stream_world& at, place) { return at.accounts.upsert_positions("1", {}); },
                           gone});
    made->steps.push_back({"upsert_position, the first",
                           [](stream_world& at, place where) {
                               return at.accounts.upsert_position(position_of(where.round + 0.25));
                           },
                           has_size(0.25)});
    made->steps.push_back({"clean_positions",
                           [](stream_world& at, place) { return ignoring(at.accounts.clean_positions()); },
                           gone});
    return made;
}

fullon_orm::order order_of(std::string id, std::string status)
{
    fullon_orm::order made;
    made.order_id = std::move(id);
    made.status = std::move(status);
    return made;
}

scenario_ptr order_queue()
{
    const auto has_length = [](std::int64_t length) {
        return [length](const update<queue_length>& heard, place) { return heard.queue_length == length; };
    };
    auto made = std::make_unique<scenario<queue_length>>();
    made->name = "order queue";
    made->open = [](stream_world& at, int) { return at.cache.stream_order_queue("binance"); };
    made->steps.push_back(
        {"save_order, new",
         [](stream_world& at, place) { return at.orders.save_order("binance", order_of("1", "open")); },
         has_length(1)});
    made->steps.push_back(
        {"save_order_data, new",
         [](stream_world& at, place) { return at.orders.save_order_data("binance", order_of("2", "open")); },
         has_length(2)});
    made->steps.push_back({"update_order, merged", [](stream_world& at, place) {
                               return at.orders.update_order("binance", order_of("2", "partially_filled"));
                           }});
    made->steps.push_back({"update_order, canceled", [](stream_world& at, place) {
                               return at.orders.update_order("binance", order_of("2", "canceled"));
                           }});
    made->steps.push_back({"an order's time is over",
                           [](stream_world& at, place) {
                               return ignoring(
                                   at.writer.execute(command("HDEL", "order_status:binance", "2")));
                           },
                           has_length(1)});
    made->steps.push_back({"the whole hash's time is over",
                           [](stream_world& at, place) {
                               return ignoring(at.writer.execute(command("DEL", "order_status:binance")));
                           },
                           has_length(0)});
    return made;
}

// Of one bot, or of all for an empty id.
scenario_ptr bots(std::string name, std::string id)
{
    const auto set = [](stream_world& at, place where) {
        json::object feed;
        feed["n"] = where.round;
        json::object status;
        status["feed"] = std::move(feed);
        return at.bots.update_bot("bot_1", std::move(status));
    };
    const auto is_set = [](const update<bot>& heard, place where) {
        return !heard.removed && heard.data.at("feed").at("n") == where.round;
    };
    const auto gone = [](const update<bot>& heard, place) { return heard.removed; };
    auto made = std::make_unique<scenario<bot>>();
    made->name = std::move(name);
    made->open = [id](stream_world& at, int) { return at.cache.stream_bot_status(id); };
    made->steps.push_back({"update_bot", set, is_set});
    made->steps.push_back(
        {"del_bot", [](stream_world& at, place) { return ignoring(at.bots.del_bot("bot_1")); }, gone});
    made->steps.push_back({"update_bot", set, is_set});
    made->steps.push_back(
        {"del_status", [](stream_world& at, place) { return ignoring(at.bots.del_status()); }, gone});
    return made;
}

asio::awaitable<void> start_process(stream_world* at)
{
    at->process_id = co_await at->processes.register_process("bot", "bot_1");
}

scenario_ptr process_states()
{
    const auto has = [](std::int64_t active, std::int64_t in_error) {
        return [=](const update<process_health>& heard, place) {
            return heard.active_processes == active && heard.error_processes == in_error;
        };
    };
    const auto start = [](stream_world& at, place) { return start_process(&at); };
    auto made = std::make_unique<scenario<process_health>>();
    made->name = "process health";
    made->open = [](stream_world& at, int) { return at.cache.stream_process_health(); };
    made->steps.push_back({"register_process", start, has(1, 0)});
    made->steps.push_back({"update_process, status",
                           [](stream_world& at, place) {
                               fullon_cache::process_update failing;
                               failing.status = "error";
                               return ignoring(at.processes.update_process(at.process_id, failing));
                           },
                           has(1, 1)});
    made->steps.push_back({"update_process, heartbeat", [](stream_world& at, place) {
                               return ignoring(at.processes.update_process(at.process_id));
                           }});
    made->steps.push_back(
        {"stop_process",
         [](stream_world& at, place) { return ignoring(at.processes.stop_process(at.process_id)); },
         has(0, 0)});
    made->steps.push_back({"register_process", start, has(1, 0)});
    made->steps.push_back(
        {"cleanup_stale_processes",
         [](stream_world& at, place) { return ignoring(at.processes.cleanup_stale_processes(0min)); },
         has(0, 0)});
    made->steps.push_back({"register_process", start, has(1, 0)});
    made->steps.push_back(
        {"delete_from_top",
         [](stream_world& at, place) { return ignoring(at.processes.delete_from_top("bot_1")); }, has(0, 0)});
    made->steps.push_back({"broadcast_message", [](stream_world& at, place) {
                               return ignoring(at.processes.broadcast_message("bot", "reload"));
                           }});
    return made;
}

scenario_ptr trades(std::string name, std::string of)
{
    const auto push = [](stream_world& at, place where) {
        fullon_orm::trade one;
        one.symbol = "BTC/USDT";
        one.price = where.round;
        one.volume = 1;
        return ignoring(at.trades.push_trade("binance", std::move(one)));
    };
    auto made = std::make_unique<scenario<trade>>();
    made->name = std::move(name);
    made->open = [of](stream_world& at, int) { return at.cache.stream_trade_updates("binance", of); };
    made->steps.push_back({"push_trade", push, [](const update<trade>& heard, place where) {
                               return !heard.snapshot && heard.price == where.round;
                           }});
    made->steps.push_back({"take_trades", [](stream_world& at, place) {
                               return ignoring(at.trades.take_trades("binance", "BTC/USDT"));
                           }});
    return made;
}

scenario_ptr bars()
{
    const auto time = std::make_shared<double>(0); // of the newest bar: it never goes back
    const auto push = [time](double later) {
        return [time, later](stream_world& at, place where) {
            *time += later;
            std::vector<fullon_orm::bar> one(1);
            one.front().timestamp = *time;
            one.front().close = where.round;
            return at.bars.update_ohlcv_bars("BTC/USDT", "1m", std::move(one));
        };
    };
    auto made = std::make_unique<scenario<bar_update>>();
    made->name = "bars";
    made->open = [](stream_world& at, int) { return at.cache.stream_ohlcv("BTC/USDT", "1m"); };
    made->steps.push_back(
        {"update_ohlcv_bars, new", push(60), [time](const update<bar_update>& heard, place) {
             return !heard.closed && heard.bar.timestamp == *time;
         }});
    made->steps.push_back({"update_ohlcv_bars, the same", push(0)});
    return made;
}

} // namespace

std::vector<scenario_ptr> all_scenarios()
{
    std::vector<scenario_ptr> all;
    all.push_back(tickers_again_and_again());
    all.push_back(tickers_by_name());
    all.push_back(tickers_of_exchange());
    all.push_back(positions());
    all.push_back(order_queue());
    all.push_back(bots("one bot", "bot_1"));
    all.push_back(bots("all bots", ""));
    all.push_back(process_states());
    all.push_back(trades("trades of a symbol", "BTC/USDT"));
    all.push_back(trades("trades of an exchange", ""));
    all.push_back(bars());
    return all;
}

} // namespace bench
