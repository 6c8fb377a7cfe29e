// What our methods send is what the Python library sent: every section of tests/data/recorded_redis_writes.md, by MONITOR.
#include "support/async_test.hpp"
#include "support/recorded_writes.hpp"
#include "support/redis_cli.hpp"
#include "support/redis_server.hpp"
#include "support/served_redis.hpp"

#include <fullon_cache/fullon_cache.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/iso_time.hpp>
#include <fullon_orm/number_text.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;
using fullon_orm::bar;
using fullon_orm::order;
using fullon_orm::position;
using fullon_orm::tick;
using fullon_orm::trade;
using words = std::vector<std::string>;

/// The caches, and what one section leaves for the next.
struct services {
    explicit services(const fullon_cache::connection& redis)
        : ticks(redis), accounts(redis), orders(redis), bots(redis), trades(redis), bars(redis),
          processes(redis), base(redis, "pfx")
    {}
    fullon_cache::tick_cache ticks;
    fullon_cache::account_cache accounts;
    fullon_cache::orders_cache orders;
    fullon_cache::bot_cache bots;
    fullon_cache::trades_cache trades;
    fullon_cache::ohlcv_cache bars;
    fullon_cache::process_cache processes;
    fullon_cache::base_cache base;
    std::string tick_process;
    std::string bot_process;
};

using method = std::function<asio::awaitable<void>(services&)>;

// --- what was passed to the Python methods -------------------------------------------------------------------------

constexpr double recorded_time = 1762500000.123456;

tick make_tick(std::string exchange, std::string symbol, double price)
{
    tick made;
    made.exchange = std::move(exchange);
    made.symbol = std::move(symbol);
    made.price = price;
    made.time = recorded_time;
    return made;
}

tick full_tick()
{
    auto made = make_tick("binance", "BTC/USDT", 50000.0);
    made.volume = 1234.56;
    made.bid = 49999.0;
    made.ask = 50001.0;
    made.last = 50000.5;
    return made;
}

tick odd_tick()
{
    auto made = make_tick("binance", "\xE2\x82\xBFTC/USDT", 3000);
    made.time = 1762500000;
    made.volume = 1e-07;
    made.bid = 1e+22;
    made.ask = 0.30000000000000004;
    made.last = -0.0;
    return made;
}

position make_position(std::string symbol, double cost, double volume, double fee, double count, double price)
{
    position made;
    made.symbol = std::move(symbol);
    made.ex_id = "1";
    made.cost = cost;
    made.volume = volume;
    made.fee = fee;
    made.count = count;
    made.price = price;
    made.timestamp = recorded_time;
    return made;
}

position btc_position()
{
    return make_position("BTC/USDT", 25000.0, 0.5, 25.0, 1.0, 50000.0);
}

std::vector<position> both_positions()
{
    std::vector<position> both;
    both.push_back(btc_position());
    both.push_back(make_position("ETH/USDT", 3000.0, -1.0, 3.0, 2.0, 3000.0));
    return both;
}

order make_order(std::string ex_order_id, std::string status)
{
    order made;
    made.ex_order_id = std::move(ex_order_id);
    made.status = std::move(status);
    return made;
}

order full_order()
{
    auto made = make_order("EX_12345", "open");
    made.bot_id = made.uid = made.ex_id = made.cat_ex_id = fullon_orm::stored_id(std::int64_t(1));
    made.exchange = "binance";
    made.symbol = "BTC/USDT";
    made.order_type = "limit";
    made.side = "buy";
    made.volume = 0.1;
    made.price = 50000.0;
    made.futures = false;
    made.leverage = 1.0;
    return made;
}

trade recorded_trade()
{
    trade made;
    made.trade_id = fullon_orm::stored_id(std::int64_t(12345));
    made.ex_trade_id = fullon_orm::stored_id(std::string("EX_TRD_001"));
    made.ex_order_id = fullon_orm::stored_id(std::string("EX_ORD_001"));
    made.uid = made.ex_id = fullon_orm::stored_id(std::int64_t(1));
    made.symbol = "BTC/USDT";
    made.order_type = "limit";
    made.side = "buy";
    made.volume = 0.1;
    made.price = 50000.0;
    made.cost = 5000.0;
    made.fee = 5.0;
    made.time = recorded_time;
    return made;
}

bar make_bar(double timestamp, double open, double high, double low, double close, double volume)
{
    bar made;
    made.timestamp = timestamp;
    made.open = open;
    made.high = high;
    made.low = low;
    made.close = close;
    made.volume = volume;
    return made;
}

json::object object_of(std::string_view text)
{
    return json::parse(text).as_object();
}

// --- our methods, by section -----------------------------------------------------------------------------------------

template <class Awaited>
asio::awaitable<void> ignoring(Awaited call)
{
    (void)co_await std::move(call);
}

#define CALL(...) [](services& s) -> asio::awaitable<void> { return ignoring(__VA_ARGS__); }

std::map<std::string, method> tick_methods()
{
    return {
        {"TickCache.set_ticker(Tick full)", CALL(s.ticks.set_ticker(full_tick()))},
        {"TickCache.set_ticker(Tick without volume/bid/ask/last)",
         CALL(s.ticks.set_ticker(make_tick("kraken", "ETH/USDT", 3000.0)))},
        {"TickCache.set_ticker(Tick unicode symbol, int price, tiny, huge)",
         CALL(s.ticks.set_ticker(odd_tick()))},
        // It always fails and writes nothing: there is no such method.
        {"TickCache.update_ticker('BTC/USDT','binance',{...}) [legacy]", CALL(s.ticks.ping())},
        {"TickCache.get_ticker('BTC/USDT','binance')", CALL(s.ticks.get_ticker("binance", "BTC/USDT"))},
        {"TickCache.get_ticker(Symbol)", CALL(s.ticks.get_ticker("kraken", "ETH/USDT"))},
        {"TickCache.get_any_ticker(Symbol)", CALL(s.ticks.get_any_ticker("ETH/USDT"))},
        {"TickCache.get_all_tickers(exchange_name='binance')", CALL(s.ticks.get_all_tickers("binance"))},
        {"TickCache.get_all_tickers()", CALL(s.ticks.get_all_tickers())},
        {"TickCache.delete_ticker(Symbol)", CALL(s.ticks.delete_ticker("kraken", "ETH/USDT"))},
        {"TickCache.delete_exchange_tickers('binance')", CALL(s.ticks.delete_exchange_tickers("binance"))},
    };
}

std::map<std::string, method> account_methods()
{
    return {
        {"AccountCache.upsert_positions(1,[BTC,ETH])",
         CALL(s.accounts.upsert_positions("1", both_positions()))},
        {"AccountCache.upsert_position(BTC)", CALL(s.accounts.upsert_position(btc_position()))},
        {"AccountCache.upsert_positions(1,[],update_date=True)", CALL(s.accounts.touch_positions("1"))},
        {"AccountCache.upsert_positions(99,[],update_date=True) [missing]",
         CALL(s.accounts.touch_positions("99"))},
        {"AccountCache.get_position('BTC/USDT','1')", CALL(s.accounts.get_position("1", "BTC/USDT"))},
        {"AccountCache.get_all_positions()", CALL(s.accounts.get_all_positions())},
        {"AccountCache.upsert_positions(1,[]) [delete]", CALL(s.accounts.upsert_positions("1", {}))},
        {"AccountCache.upsert_user_account(1,{USDT:{balance,available},BTC:{total,free,used}})",
         CALL(s.accounts.upsert_user_account(
             "1", object_of(R"({"USDT": {"balance": 10000.0, "available": 8500.0, "reserved": 1500.0},
                                "BTC": {"total": 1.5, "free": 1.2, "used": 0.3}})")))},
        {"AccountCache.upsert_user_account(1,{},update_date='2024-01-15 10:30:00')",
         CALL(s.accounts.touch_user_account("1", "2024-01-15 10:30:00"))},
        {"AccountCache.get_full_account(1,'USDT')", CALL(s.accounts.get_full_account("1", "USDT"))},
        {"AccountCache.get_all_accounts()", CALL(s.accounts.get_all_accounts())},
        {"AccountCache.clean_positions()", CALL(s.accounts.clean_positions())},
    };
}

asio::awaitable<void> save_order_without_ids(services& s)
{
    bool refused = false;
    try {
        co_await s.orders.save_order("kraken", order());
    } catch (const fullon_cache::cache_error& failure) {
        refused = failure.code() == fullon_cache::errc::invalid_argument;
    }
    CHECK(refused); // where Python stores it under the field "None"
}

order filled_order()
{
    auto made = make_order("EX_12345", "filled");
    made.final_volume = 0.095;
    return made;
}

order partial_order()
{
    auto made = make_order("EX_12345", "partially_filled");
    made.final_volume = 0.05;
    return made;
}

order unknown_order()
{
    auto made = make_order("EX_777", "open");
    made.symbol = "BTC/USDT";
    made.order_type = "market";
    made.side = "sell";
    made.volume = 1.0;
    return made;
}

std::map<std::string, method> order_methods()
{
    return {
        {"OrdersCache.push_open_order('EX_12345','LOCAL_001')",
         CALL(s.orders.push_open_order("EX_12345", "LOCAL_001"))},
        {"OrdersCache.pop_open_order('LOCAL_001')", CALL(s.orders.pop_open_order("LOCAL_001"))},
        {"OrdersCache.pop_open_order('LOCAL_001') [empty]", CALL(s.orders.pop_open_order("LOCAL_001"))},
        {"OrdersCache.save_order_data('binance',order) [new]",
         CALL(s.orders.save_order_data("binance", full_order()))},
        {"OrdersCache.save_order_data('binance',partial) [merge]",
         CALL(s.orders.save_order_data("binance", partial_order()))},
        {"OrdersCache.save_order_data('binance',status=canceled)",
         CALL(s.orders.save_order_data("binance", make_order("EX_12345", "canceled")))},
        {"OrdersCache.save_order('kraken',order)", CALL(s.orders.save_order("kraken", full_order()))},
        {"OrdersCache.update_order('kraken',status=filled)",
         CALL(s.orders.update_order("kraken", filled_order()))},
        {"OrdersCache.update_order('kraken',status=canceled)",
         CALL(s.orders.update_order("kraken", make_order("EX_12345", "canceled")))},
        {"OrdersCache.update_order('kraken',unknown) [falls back to save_order]",
         CALL(s.orders.update_order("kraken", unknown_order()))},
        {"OrdersCache.save_order('kraken', Order()) [no ids]", save_order_without_ids},
        {"OrdersCache.get_order_status('kraken','EX_12345')",
         CALL(s.orders.get_order_status("kraken", "EX_12345"))},
        {"OrdersCache.get_orders('kraken')", CALL(s.orders.get_orders("kraken"))},
    };
}

std::map<std::string, method> trade_methods()
{
    return {
        {"TradesCache.push_trade_list('BTC/USDT','binance',trade numeric time)",
         CALL(s.trades.push_trade("binance", "BTC/USDT", recorded_trade()))},
        {"TradesCache.push_trade('binance',trade datetime time)",
         CALL(s.trades.push_trade("binance", recorded_trade()))},
        {"TradesCache.update_trade_status('binance')", CALL(s.trades.update_trade_status("binance"))},
        {"TradesCache.get_trade_status('binance')", CALL(s.trades.get_trade_status("binance"))},
        {"TradesCache.get_all_trade_statuses()", CALL(s.trades.get_all_trade_statuses())},
        {"TradesCache.update_user_trade_status('user_123')",
         CALL(s.trades.update_user_trade_status("user_123"))},
        {"TradesCache.update_user_trade_status('user_456', ts)",
         CALL(s.trades.update_user_trade_status("user_456", recorded_time))},
        {"TradesCache.delete_user_trade_statuses()", CALL(s.trades.delete_user_trade_statuses())},
        {"TradesCache.push_my_trades_list('user_123','binance',trade)",
         CALL(s.trades.push_user_trade("binance", "user_123", recorded_trade()))},
        {"TradesCache.push_user_trade('user_123','binance',trade)",
         CALL(s.trades.push_user_trade("binance", "user_123", recorded_trade()))},
        {"TradesCache.pop_my_trade('user_123','binance')",
         CALL(s.trades.pop_user_trade("binance", "user_123"))},
        {"TradesCache.pop_user_trade('user_123','binance',timeout=1)",
         CALL(s.trades.pop_user_trade("binance", "user_123", 1s))},
        {"TradesCache.get_trades('BTC/USDT','binance') [destructive]",
         CALL(s.trades.take_trades("binance", "BTC/USDT"))},
        {"TradesCache.get_trades_list('BTC/USDT','binance') [destructive]",
         CALL(s.trades.take_trades("binance", "BTC/USDT"))},
        {"OHLCVCache.update_ohlcv_bars('BTCUSD','1h',2 bars)",
         CALL(
             s.bars.update_ohlcv_bars("BTCUSD", "1h",
                                      {make_bar(1234567890, 50000, 50100, 49900, 50050, 1234.56),
                                       make_bar(1234567950, 50050.5, 50150.25, 50000.0, 50100.0, 2345.67)}))},
        {"OHLCVCache.update_ohlcv_bars('BTC/USD','1m',7 columns, + short bar + tuple dropped)",
         CALL(s.bars.update_ohlcv_bars("BTC/USD", "1m", {make_bar(1, 2, 3, 4, 5, 6)}))},
        {"OHLCVCache.update_ohlcv_bars([])", CALL(s.bars.update_ohlcv_bars("BTCUSD", "1h", {}))},
        {"OHLCVCache.get_latest_ohlcv_bars('BTCUSD','1h',10)",
         CALL(s.bars.get_latest_ohlcv_bars("BTCUSD", "1h", 10))},
    };
}

std::map<std::string, method> bot_methods()
{
    return {
        {"BotCache.block_exchange('binance','BTC/USDT','bot_1')",
         CALL(s.bots.block_exchange("binance", "BTC/USDT", "bot_1"))},
        {"BotCache.block_exchange(1,'ETH/USDT',7)", CALL(s.bots.block_exchange("1", "ETH/USDT", "7"))},
        {"BotCache.is_blocked", CALL(s.bots.is_blocked("binance", "BTC/USDT"))},
        {"BotCache.get_blocks", CALL(s.bots.get_blocks())},
        {"BotCache.unblock_exchange", CALL(s.bots.unblock_exchange("binance", "BTC/USDT", "bot_1"))},
        {"BotCache.mark_opening_position('binance','BTC/USDT',7)",
         CALL(s.bots.mark_opening_position("binance", "BTC/USDT", "7"))},
        {"BotCache.is_opening_position", CALL(s.bots.is_opening_position("binance", "BTC/USDT"))},
        {"BotCache.unmark_opening_position",
         CALL(s.bots.unmark_opening_position("binance", "BTC/USDT", "7"))},
        {"BotCache.update_bot('bot_1',{feed_1,feed_2,scalar})",
         CALL(
             s.bots.update_bot("bot_1", object_of(R"({"feed_1": {"status": "running", "symbols": ["BTC/USDT"],
                                               "performance": {"pnl": 100.0}},
                                    "feed_2": {"status": "paused", "symbols": ["ETH/USDT"]},
                                    "note": "scalar untouched"})")))},
        {"BotCache.get_bots", CALL(s.bots.get_bots())},
        {"BotCache.del_bot", CALL(s.bots.del_bot("bot_1"))},
        {"BotCache.del_status", CALL(s.bots.del_status())},
    };
}

asio::awaitable<void> register_tick_process(services& s)
{
    s.tick_process = co_await s.processes.register_process(
        "tick", "ticker_daemon", object_of(R"({"exchanges": ["binance"]})"), "Started");
}

asio::awaitable<void> register_bot_process(services& s)
{
    s.bot_process = co_await s.processes.register_process("bot", "bot_1");
}

asio::awaitable<void> update_tick_process(services& s)
{
    fullon_cache::process_update update;
    update.status = "running";
    update.message = "Received ticker";
    update.params = object_of(R"({"n": 1})");
    (void)co_await s.processes.update_process(s.tick_process, std::move(update));
}

asio::awaitable<void> update_without_heartbeat(services& s)
{
    fullon_cache::process_update update;
    update.heartbeat = false;
    (void)co_await s.processes.update_process(s.tick_process, std::move(update));
}

asio::awaitable<void> write_base(services& s)
{
    co_await s.base.set("k", "v");
    co_await s.base.set("k2", "v", 10s);
    json::value value = object_of("{\"d\": \"2025-11-07T07:20:00.123456+00:00\", \"u\": \"\xE2\x82\xAC\"}");
    co_await s.base.set_json("k3", std::move(value), 5s);
    (void)co_await s.base.publish("chan", "m");
}

std::map<std::string, method> process_methods()
{
    return {
        {"ProcessCache.register_process(TICK,'ticker_daemon',params,msg,status STARTING)",
         register_tick_process},
        {"ProcessCache.register_process(BOT,'bot_1') [defaults]", register_bot_process},
        {"ProcessCache.update_process(pid, RUNNING, msg, params)", update_tick_process},
        {"ProcessCache.update_process(pid, heartbeat=False)", update_without_heartbeat},
        {"ProcessCache.update_process(unknown)", CALL(s.processes.update_process("nope"))},
        {"ProcessCache.get_process", CALL(s.processes.get_process(s.tick_process))},
        {"ProcessCache.get_active_processes()", CALL(s.processes.get_active_processes())},
        {"ProcessCache.get_component_status('bot_1')", CALL(s.processes.get_component_status("bot_1"))},
        {"ProcessCache.get_system_health()", CALL(s.processes.get_system_health())},
        {"ProcessCache.broadcast_message(BOT,'reload',{'x':1})",
         CALL(s.processes.broadcast_message("bot", "reload", object_of(R"({"x": 1})")))},
        {"ProcessCache.get_metrics()", CALL(s.processes.get_metrics())},
        {"ProcessCache.stop_process(pid)", CALL(s.processes.stop_process(s.tick_process))},
        {"ProcessCache.stop_process(pid2,'bye')", CALL(s.processes.stop_process(s.bot_process, "bye"))},
        {"ProcessCache.cleanup_stale_processes()", CALL(s.processes.cleanup_stale_processes())},
        {"BaseCache('pfx').set/setex/set_json/publish", write_base},
    };
}

#undef CALL

// --- comparing ----------------------------------------------------------------------------------------------------------

const std::set<std::string> reads{"HGET", "HGETALL", "HKEYS", "HSCAN",  "HLEN", "GET",    "SCAN", "LRANGE",
                                  "LLEN", "PING",    "HELLO", "CLIENT", "ROLE", "EXISTS", "TYPE", "TIME"};

// Exceptions, each with its reason:
//   EVAL      a compare-and-set around an HSET or SETEX, writes that belong together, or what takes out of a list: what it
//             does is seen beside it; EVALSHA likewise
//   RENAME    of a list: takes all of it, where Python reads and deletes it, also when there is none
//   BLPOP     a LPOP, again when the list has changed or the time is over
//   what is taken stands in keys of our own until it has been handed out
//   MULTI     what belongs together is sent as one step
//   EXPIRE    Python gives the WHOLE hash a lifetime when one order is cancelled; ours takes that off (PERSIST) and
//             has the field alone expire (HEXPIRE, from Redis 7.4 on)
const std::set<std::string> exceptions{"EVAL", "EVALSHA", "TIME",    "MULTI",
                                       "EXEC", "EXPIRE",  "PERSIST", "HEXPIRE"};

// Times of writing are those of the recording, or of this run.
std::string without_times(const std::string& text)
{
    static const std::regex iso(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00)");
    static const std::regex epoch(R"(:(1[789]\d{8}(\.\d+)?))");
    const double now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    const auto recent = [&](double time) {
        return std::abs(time - now) < 600 || std::abs(time - 1795189008) < 600; // 2026-11-20T15:36:48
    };
    std::string result;
    auto begin = text.begin();
    for (std::sregex_iterator one(text.begin(), text.end(), iso), end; one != end; ++one) {
        result.append(begin, (*one)[0].first);
        const auto found = one->str();
        result += recent(fullon_orm::parse_time(found).value_or(0)) ? "<now>" : found;
        begin = (*one)[0].second;
    }
    result.append(begin, text.end());
    std::smatch id;
    if (std::regex_search(result, id, epoch) && recent(std::stod(id[1])))
        result = std::regex_replace(result, epoch, ":<epoch>");
    return result;
}

// JSON by value: integers are doubles. Trade times that Python wrote as ISO text are numbers.
json::value comparable(const json::value& from, std::string_view name = {})
{
    if (const auto* object = from.if_object()) {
        std::map<std::string, json::value> sorted;
        for (const auto& [key, value] : *object)
            sorted.emplace(key, comparable(value, {key.data(), key.size()}));
        json::object result;
        for (auto& [key, value] : sorted)
            result.emplace(key, std::move(value));
        return result;
    }
    if (const auto* array = from.if_array()) {
        json::array result;
        for (const auto& one : *array)
            result.push_back(comparable(one));
        return result;
    }
    if (from.is_number())
        return from.to_number<double>();
    if (const auto* text = from.if_string(); text && name == "time") {
        const auto time = fullon_orm::parse_time({text->data(), text->size()});
        return time ? json::value(*time) : from;
    }
    return from;
}

std::string comparable_word(const std::string& word, bool is_bar)
{
    const auto text = without_times(word);
    auto tree = fullon_orm::parse_value(text);
    if (!tree)
        return text;
    if (is_bar && tree->is_array() && tree->get_array().size() > 6)
        tree->get_array().resize(6); // extra columns are not written
    if (tree->is_structured()) {
        std::string out;
        fullon_orm::write_json(out, comparable(*tree), fullon_orm::json_style::redis);
        return out;
    }
    // An integer where the model has a double is compared by value, a float by its text.
    const auto number = fullon_orm::parse_number(text);
    if (number && text.ends_with(".0"))
        return text.substr(0, text.size() - 2);
    return text;
}

// What is to be compared of some commands, one line each.
std::vector<std::string> comparable_lines(const std::vector<words>& commands)
{
    std::vector<std::string> lines;
    for (const auto& command : commands) {
        if (reads.contains(command.at(0)) || exceptions.contains(command.at(0)))
            continue;
        if (command.at(0).ends_with("LPOP")) {
            if (const auto pop = "LPOP " + command.at(1); lines.empty() || lines.back() != pop)
                lines.push_back(pop);
            continue;
        }
        if (command.at(0) == "RENAME") {
            lines.push_back("DEL " + command.at(1));
            continue;
        }
        // Ours: what is taken and not handed out yet, and since when a block is held.
        if (command.size() > 1 && command.at(1).starts_with("fullon_cache:"))
            continue;
        const bool is_bar = command.at(0) == "RPUSH" && command.at(1).starts_with("ohlcv:");
        if (command.at(0) == "DEL") { // several keys at once are sent as single DELs
            for (std::size_t i = 1; i < command.size(); ++i)
                lines.push_back("DEL " + command[i]);
            continue;
        }
        std::string line;
        for (std::size_t i = 0; i < command.size(); ++i) {
            auto word = comparable_word(command[i], is_bar);
            if (i == 1 && word.starts_with("ohlcv:")) // written without "/"
                word.erase(std::remove(word.begin(), word.end(), '/'), word.end());
            line += (i == 0 ? "" : " ") + word;
        }
        lines.push_back(std::move(line));
    }
    // The order of DELs among themselves is that of a hash or a SCAN.
    for (auto begin = lines.begin(); begin != lines.end();) {
        const auto end = std::find_if_not(begin, lines.end(),
                                          [](const std::string& one) { return one.starts_with("DEL "); });
        std::sort(begin, end);
        begin = end == lines.end() ? end : std::next(end);
    }
    return lines;
}

// By then the list is empty.
constexpr std::string_view taken_before = "TradesCache.get_trades_list('BTC/USDT','binance') [destructive]";

bool writes_none_field(const words& command)
{
    return command.size() > 2 && command[2] == "None"; // an order without ids: ours is refused
}

} // namespace

TEST_CASE("every recorded write is sent by our method in the same way")
{
    support::run([](asio::any_io_executor executor) -> asio::awaitable<void> {
        support::redis_server server;
        fullon_cache::connection redis(executor, support::redis_config(server));
        redis.start();
        co_await redis.ready();
        services all(redis);
        std::map<std::string, method> methods;
        for (auto group :
             {tick_methods, account_methods, order_methods, trade_methods, bot_methods, process_methods})
            methods.merge(group());
        support::monitor_session monitor(server);

        for (const auto& recorded : support::recorded_calls()) {
            INFO(recorded.title);
            const auto ours = methods.find(recorded.title);
            CHECK(ours != methods.end());
            if (ours == methods.end())
                continue;
            monitor.collect();
            co_await ours->second(all);
            std::vector<words> sent;
            for (auto& one : monitor.collect())
                sent.push_back(std::move(one.words));
            auto expected = recorded.commands;
            std::erase_if(expected, writes_none_field);
            if (recorded.title == taken_before)
                expected.clear();
            if (recorded.title.ends_with("[empty]")) // ours sees that there is nothing, and takes nothing
                std::erase_if(expected, [](const words& one) { return one.front().ends_with("LPOP"); });
            CHECK(comparable_lines(sent) == comparable_lines(expected));
            methods.erase(ours);
        }
        for (const auto& [title, call] : methods)
            FAIL_CHECK("not recorded: " << title);
        co_await redis.stop();
    });
}
