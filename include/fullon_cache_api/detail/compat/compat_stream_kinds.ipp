// The streams of the compat dialect: how each is asked for, and how a message of the catalogue's becomes one of it.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/compat/compat_parts.hpp>
#include <fullon_cache_api/detail/feed/bot_map.hpp>
#include <fullon_cache_api/detail/feed/feed_registry.hpp>

#include <utility>

namespace fullon_cache_api::detail {
namespace compat {
namespace {

using told = std::optional<json::object>;

// tickers

compat_params read_ticker_stream(const json::object& asked)
{
    auto read = require(asked, {"exchange"}, "exchange parameter required");
    if (read.failure)
        return read;
    json::array symbols;
    if (given(asked, "symbols")) {
        const auto wanted = raw(asked, "symbols");
        if (!wanted.is_array())
            return refuse("symbols: must be a list");
        for (const auto& one : wanted.get_array())
            symbols.emplace_back(protocol::python_text(one));
    }
    read.topics = symbols.size(); // none would be all for the catalogue
    read.params["symbols"] = std::move(symbols);
    return read;
}

std::string ticker_stream_started(const json::object& asked)
{
    const auto count = given(asked, "symbols") ? asked.at("symbols").as_array().size() : 0;
    return "Streaming started for " + std::to_string(count) + " symbols on " + text(asked, "exchange");
}

compat_translator ticker_messages(const json::object& asked)
{
    return [exchange = raw(asked, "exchange")](const json::object& message) -> told {
        json::object made{{"exchange", exchange}, {"symbol", raw(message, "symbol")}};
        append_ticker(made, message);
        return made;
    };
}

// positions

compat_params read_position_stream(const json::object& asked)
{
    if (is_null(asked, "user_id") && is_null(asked, "exchange"))
        return refuse("user_id or exchange parameter required");
    if (given(asked, "user_id") && user_number(asked).is_null())
        return refuse("user_id: must be an integer");
    const std::string_view name = is_null(asked, "exchange") ? "user_id" : "exchange";
    const auto account = protocol::python_int(raw(asked, name));
    compat_params read;
    if (account)
        read.params["user_id"] = *account;
    else
        read.cannot_go_on = std::string(name) + ": must be an integer";
    return read;
}

std::string position_stream_started(const json::object& asked)
{
    return "Streaming started for " + (given(asked, "user_id") ? "user " + text(asked, "user_id")
                                                               : "exchange " + text(asked, "exchange"));
}

compat_translator position_messages(const json::object& asked)
{
    return [user = user_number(asked)](const json::object& message) -> told {
        json::object made{
            {"user_id", user}, {"exchange", raw(message, "exchange")}, {"symbol", raw(message, "symbol")}};
        append_position(made, message);
        return made;
    };
}

// orders

compat_params read_queue_stream(const json::object& asked)
{
    return require(asked, {"exchange"}, "exchange parameter required");
}

compat_translator queue_messages(const json::object&)
{
    return [](const json::object& message) -> told {
        return json::object{{"exchange", raw(message, "exchange")},
                            {"queue_length", raw(message, "queue_length")},
                            {"timestamp", time(message, "timestamp")}};
    };
}

// bots

std::string bot_stream_started(const json::object& asked)
{
    return given(asked, "bot_id") ? "Streaming started for bot " + text(asked, "bot_id")
                                  : "Streaming started";
}

compat_translator bot_messages(const json::object& asked)
{
    const auto one = given(asked, "bot_id") ? text(asked, "bot_id") : std::string();
    return [one, last = told()](const json::object& message) mutable -> told {
        const auto& all = message.at("bots").as_object();
        json::object bots;
        if (one.empty())
            bots = all;
        else if (const auto* found = all.if_contains(one))
            bots[one] = *found;
        if (last == bots) // another bot has changed
            return std::nullopt;
        last = bots;
        return json::object{{"bots", std::move(bots)}, {"timestamp", fullon_orm::now_seconds()}};
    };
}

boost::asio::awaitable<std::unique_ptr<stream_source>> open_bots(operation_context& context, json::object,
                                                                 feed_listener& stream)
{
    std::vector<std::string> only(1);
    auto opening = context.feeds->open(bot_map_feed(context.link), std::move(only), stream);
    auto in_time = operations::within_time_of(context, std::move(opening));
    co_return co_await std::move(in_time);
}

// trades

compat_params read_trade_stream(const json::object& asked)
{
    auto read = require(asked, {"exchange"}, "exchange parameter required");
    if (!read.failure && given(asked, "symbol"))
        read.params["symbol"] = text(asked, "symbol");
    return read;
}

std::string trade_stream_started(const json::object& asked)
{
    auto message = "Streaming started for " + text(asked, "exchange");
    if (given(asked, "symbol"))
        message += " symbol=" + text(asked, "symbol");
    return message;
}

compat_translator trade_messages(const json::object& asked)
{
    return [exchange = raw(asked, "exchange")](const json::object& message) -> told {
        json::object made{{"exchange", exchange}, {"symbol", raw(message, "symbol")}};
        append_trade(made, message);
        return made;
    };
}

// bars

compat_params read_bar_stream(const json::object& asked)
{
    return require(asked, {"symbol", "timeframe"}, "symbol and timeframe required");
}

// A bar that closes as it was told last is no news.
compat_translator bar_messages(const json::object& asked)
{
    return [symbol = raw(asked, "symbol"), timeframe = raw(asked, "timeframe"),
            last = json::value()](const json::object& message) mutable -> told {
        const auto& bar = message.at("bar");
        if (bar == last)
            return std::nullopt;
        last = bar;
        return json::object{{"symbol", symbol}, {"timeframe", timeframe}, {"bar", bar}};
    };
}

// processes

compat_translator process_messages(const json::object&)
{
    return [last = json::value()](const json::object& message) mutable -> told {
        const auto& count = message.at("active_processes");
        if (count == last)
            return std::nullopt;
        last = count;
        return json::object{{"active_processes", count}, {"timestamp", fullon_orm::now_seconds()}};
    };
}

compat_operation stream(std::string_view name, std::string_view group, decltype(compat_operation::read) read,
                        decltype(compat_operation::started) started,
                        decltype(compat_operation::translator) translator)
{
    compat_operation made;
    made.name = name;
    made.group = group;
    made.read = read;
    made.started = started;
    made.translator = translator;
    return made;
}

} // namespace
} // namespace compat

std::vector<compat_operation> compat_stream_kinds()
{
    using namespace compat;
    std::vector<compat_operation> all;
    all.push_back(
        stream("stream_tickers", "tickers", read_ticker_stream, ticker_stream_started, ticker_messages));
    all.push_back(stream("stream_positions", "accounts", read_position_stream, position_stream_started,
                         position_messages));
    all.push_back(stream(
        "stream_order_queue", "orders", read_queue_stream,
        [](const json::object& asked) { return "Streaming started for " + text(asked, "exchange"); },
        queue_messages));
    all.push_back(stream("stream_bot_status", "bots", none, bot_stream_started, bot_messages));
    all.back().open = open_bots;
    all.push_back(
        stream("stream_trade_updates", "trades", read_trade_stream, trade_stream_started, trade_messages));
    all.back().from_now_on = true;
    all.push_back(stream(
        "stream_ohlcv", "ohlcv", read_bar_stream,
        [](const json::object& asked) {
            return "Streaming started for " + text(asked, "symbol") + " " + text(asked, "timeframe");
        },
        bar_messages));
    all.push_back(stream(
        "stream_process_health", "process", none,
        [](const json::object&) { return std::string("Streaming started for process health"); },
        process_messages));
    return all;
}

std::span<const compat_operation> compat_operations()
{
    static const auto all = [] {
        auto made = compat_queries();
        for (auto& one : compat_stream_kinds())
            made.push_back(std::move(one));
        for (auto& one : made) {
            one.entry = find_operation(one.name);
            one.run = one.run ? one.run : one.entry->run;
            one.open = one.open ? one.open : one.entry->open;
        }
        return made;
    }();
    return all;
}

const compat_operation* find_compat(std::string_view name, std::string_view group)
{
    for (const auto& one : compat_operations())
        if (one.name == name && (group.empty() || one.group == group))
            return &one;
    return nullptr;
}

bool is_compat_group(std::string_view name)
{
    for (const auto& one : compat_operations())
        if (one.group == name)
            return true;
    return false;
}

} // namespace fullon_cache_api::detail
