// Bodies of state.hpp.
#include "state.hpp"

#include <fullon_orm/iso_time.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace faults {

namespace json = boost::json;

namespace {

bool odd(long n)
{
    return n % 2 != 0;
}

std::string ticker_text(long n)
{
    return R"({"price":)" + std::to_string(n) + R"(,"time":)" + std::to_string(1'762'500'000 + n) + "}";
}

std::string positions_text(long n)
{
    const auto one = R"({"volume":)" + std::to_string(n) + R"(,"price":1})";
    return R"({"A":)" + one + (odd(n) ? R"(,"C":)" + one : "") + "}";
}

std::string now_text()
{
    return fullon_orm::format_iso(
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count());
}

std::string process_text(long n)
{
    const auto now = now_text();
    return R"({"process_id":"tick:fault:1","process_type":"tick","component":"fault","params":{},"message":"m",)"
           R"("status":")" +
           std::string(odd(n) ? "idle" : "processing") + R"(","created_at":")" + now + R"(","updated_at":")" +
           now + R"(","heartbeat":")" + now + R"("})";
}

std::string bar_text(long n)
{
    const auto value = std::to_string(n);
    return "[" + std::to_string(60 * n) + "," + value + "," + value + "," + value + "," + value + ",1]";
}

double number_of(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_number() ? found->to_number<double>() : -1;
}

std::string whole(double value)
{
    return std::to_string(static_cast<long>(value));
}

std::string text_of(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

bool true_in(const json::object& from, std::string_view name)
{
    const auto* found = from.if_contains(name);
    return found && found->is_bool() && found->get_bool();
}

} // namespace

void write_state(support::redis_cli& redis, long n)
{
    using support::redis_words;
    const auto ticker = ticker_text(n);
    const auto now = std::to_string(n);
    std::vector<std::vector<std::string>> commands{
        redis_words("HSET", "tickers:fault", "A", ticker).list(),
        redis_words("HSET", "tickers:fault", "B", ticker).list(),
        redis_words("HDEL", "tickers:fault", "C").list(),
        redis_words("HSET", "account_positions", "fault", positions_text(n)).list(),
        redis_words("DEL", "order_status:fault").list(),
        redis_words("HSET", "bot_status", "fault", R"({"n":)" + now + "}").list(),
        redis_words("SET", "process:data:tick:fault:1", process_text(n)).list(),
        redis_words("HSET", "process:active:tick", "tick:fault:1", now_text()).list(),
        redis_words("MULTI").list(),
        redis_words("DEL", "trades:fault:AB").list(),
        redis_words("RPUSH", "trades:fault:AB",
                    R"({"trade_id":)" + now + R"(,"symbol":"A/B","price":1,"volume":1,"time":)" +
                        std::to_string(1'762'500'000 + n) + "}")
            .list(),
        redis_words("DEL", "ohlcv:AB:1m").list(),
        redis_words("RPUSH", "ohlcv:AB:1m", bar_text(n - 1), bar_text(n)).list(),
        redis_words("EXEC").list(),
    };
    if (odd(n))
        commands.push_back(redis_words("HSET", "tickers:fault", "C", ticker).list());
    for (int i = 0; i < (odd(n) ? 3 : 2); ++i)
        commands.push_back(
            redis_words("HSET", "order_status:fault", "order" + std::to_string(i), R"({"price":1})").list());
    commands.push_back(redis_words("PUBLISH", "ticker_updates:fault:A", ticker).list());
    for (const auto& reply : redis.pipeline(commands))
        if (reply.is_error())
            throw std::runtime_error("a write of the test failed: " + reply.text);
}

std::map<std::string, std::string> expected_view(std::string_view operation, long n)
{
    const auto value = std::to_string(n);
    std::map<std::string, std::string> view;
    if (operation == "stream_tickers" && n != 0) {
        view = {{"ticker A", value}, {"ticker B", value}};
        if (odd(n))
            view.emplace("ticker C", value);
    } else if (operation == "stream_positions" && n != 0) {
        view = {{"position A", value}};
        if (odd(n))
            view.emplace("position C", value);
    } else if (operation == "stream_order_queue")
        view = {{"queue", n == 0 ? "0" : odd(n) ? "3" : "2"}};
    else if (operation == "stream_bot_status" && n != 0)
        view = {{"bot", value}};
    else if (operation == "stream_process_health")
        view = {{"process", n == 0 ? "none" : odd(n) ? "idle" : "processing"}};
    else if (operation == "stream_trade_updates" && n != 0)
        view = {{"trade", value}};
    else if (operation == "stream_ohlcv" && n != 0)
        view = {{"bar", value}};
    return view;
}

void view::event(std::string what, double place, bool snapshot)
{
    auto& last = events_.try_emplace(what, -1).first->second;
    if (place <= last && !(snapshot && shared))
        violations_ += what + " " + whole(place) + " after " + whole(last) + "; ";
    last = std::max(last, place);
}

void view::apply(const json::object& message)
{
    const auto type = text_of(message, "type");
    std::string item;
    std::string value;
    if (type == "ticker_update") {
        item = "ticker " + text_of(message, "symbol");
        value = whole(number_of(message, "price"));
    } else if (type == "position_update") {
        item = "position " + text_of(message, "symbol");
        value = whole(number_of(message, "size"));
    } else if (type == "queue_update") {
        item = "queue";
        value = whole(number_of(message, "queue_length"));
    } else if (type == "bot_update") {
        if (text_of(message, "bot_id") != "fault")
            return;
        item = "bot";
        value = whole(number_of(message.at("data").as_object(), "n"));
    } else if (type == "process_health_update") {
        const auto& statuses = message.at("by_status").as_object();
        item = "process";
        value = statuses.contains("idle") ? "idle" : statuses.contains("processing") ? "processing" : "none";
    } else if (type == "trade_update") {
        item = "trade";
        value = whole(number_of(message, "trade_id"));
        event(item, number_of(message, "trade_id"), true_in(message, "snapshot"));
    } else if (type == "ohlcv_update") {
        const auto& bar = message.at("bar").as_array();
        item = "bar";
        value = whole(bar.at(4).to_number<double>());
        if (true_in(message, "closed")) {
            ++received_;
            event("closed bar", bar.at(0).to_number<double>(), true_in(message, "snapshot"));
            return;
        }
    } else if (type != "metrics_update")
        return;
    ++received_;
    if (true_in(message, "removed"))
        items_.erase(item);
    else if (!item.empty())
        items_.insert_or_assign(item, value);
}

std::string view::lacks(std::string_view operation, long n) const
{
    const bool events = operation == "stream_trade_updates" || operation == "stream_ohlcv";
    if (n == 0 && events)
        return {};
    const auto wanted = expected_view(operation, n);
    static const std::map<std::string_view, std::string_view> prefixes{{"stream_tickers", "ticker "},
                                                                       {"stream_positions", "position "},
                                                                       {"stream_order_queue", "queue"},
                                                                       {"stream_bot_status", "bot"},
                                                                       {"stream_process_health", "process"},
                                                                       {"stream_trade_updates", "trade"},
                                                                       {"stream_ohlcv", "bar"},
                                                                       {"stream_metrics", "metrics"}};
    std::string text;
    for (const auto& [item, value] : wanted)
        if (const auto found = items_.find(item); found == items_.end())
            text += item + " missing; ";
        else if (found->second != value)
            text += item + " is " + found->second + "; ";
    for (const auto& [item, value] : items_)
        if (item.starts_with(prefixes.at(operation)) && !wanted.contains(item))
            text += item + " should be gone; ";
    return text.empty() ? text : std::string(operation) + ": " + text;
}

const std::vector<followed>& followed_streams()
{
    static const std::vector<followed> rows{
        {"stream_tickers", R"({"exchange":"fault","symbols":["A","B","C"]})"},
        {"stream_tickers", R"({"exchange":"fault"})"},
        {"stream_positions", R"({"user_id":"fault"})"},
        {"stream_order_queue", R"({"exchange":"fault"})"},
        {"stream_bot_status", R"({"bot_id":"fault"})"},
        {"stream_bot_status", "{}"},
        {"stream_process_health", "{}"},
        {"stream_trade_updates", R"({"exchange":"fault","symbol":"A/B"})"},
        {"stream_trade_updates", R"({"exchange":"fault"})"},
        {"stream_ohlcv", R"({"symbol":"A/B","timeframe":"1m"})"},
        {"stream_metrics", R"({"interval":0.1})"},
    };
    return rows;
}

} // namespace faults
