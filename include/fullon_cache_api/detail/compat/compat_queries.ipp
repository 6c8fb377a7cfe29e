// The queries of the compat dialect. Its texts are those of the Python gateway: bots may compare them.
#pragma once

#include <fullon_cache_api/detail/answers/operation_context.hpp>
#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/compat/compat_parts.hpp>
#include <fullon_cache_api/detail/feed/bot_map.hpp>

#include <fullon_orm/codec.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {
namespace compat {
namespace {

using shaped = std::optional<json::object>;

compat_error retrieve_error(std::string_view what)
{
    return {"CACHE_ERROR", "Failed to retrieve " + std::string(what)};
}

// tickers

compat_params read_ticker(const json::object& asked)
{
    return require(asked, {"exchange", "symbol"}, "exchange and symbol parameters required");
}

json::object ticker_result(const json::object& found)
{
    json::object made{{"symbol", raw(found, "symbol")}, {"exchange", raw(found, "exchange")}};
    append_ticker(made, found);
    return made;
}

compat_params read_exchange(const json::object& asked)
{
    return require(asked, {"exchange"}, "exchange parameter required");
}

shaped all_tickers(const json::object& asked, json::object found)
{
    json::array tickers;
    for (const auto& one : found.at("tickers").as_array())
        tickers.push_back(ticker_result(one.as_object()));
    return json::object{{"exchange", raw(asked, "exchange")}, {"tickers", std::move(tickers)}};
}

// accounts

compat_params read_balance(const json::object& asked)
{
    const std::string_view currency = given(asked, "currency") ? "currency" : "exchange"; // its older name
    if (is_null(asked, "user_id") || !given(asked, currency))
        return refuse("user_id and currency parameters required");
    const auto user = protocol::python_int(raw(asked, "user_id"));
    if (!user)
        return fail(retrieve_error("balance data"));
    compat_params read;
    read.params["user_id"] = *user;
    read.params["currency"] = text(asked, currency);
    return read;
}

shaped balance_result(const json::object& asked, json::object found)
{
    return json::object{{"user_id", *protocol::python_int(raw(asked, "user_id"))},
                        {"currency", raw(found, "currency")},
                        {"total_balance", number(found, "total_balance")},
                        {"available_balance", number(found, "available_balance")},
                        {"reserved_balance", number(found, "reserved_balance")},
                        {"timestamp", time(found, "timestamp")}};
}

compat_error no_balance(const json::object& asked)
{
    const std::string_view currency = given(asked, "currency") ? "currency" : "exchange";
    return {"BALANCE_NOT_FOUND",
            "Balance not found for user " + text(asked, "user_id") + " " + text(asked, currency)};
}

compat_params read_positions(const json::object& asked)
{
    if (is_null(asked, "user_id") && is_null(asked, "exchange"))
        return refuse("user_id or exchange parameter required");
    const auto account =
        protocol::python_int(raw(asked, is_null(asked, "exchange") ? "user_id" : "exchange"));
    if (!account || (given(asked, "user_id") && user_number(asked).is_null()))
        return fail(retrieve_error("positions"));
    compat_params read;
    read.params["user_id"] = *account;
    return read;
}

shaped positions_result(const json::object& asked, json::object found)
{
    json::array positions;
    for (const auto& one : found.at("positions").as_array()) {
        const auto& position = one.as_object();
        json::object made{{"symbol", raw(position, "symbol")}, {"exchange", raw(position, "exchange")}};
        append_position(made, position);
        positions.push_back(std::move(made));
    }
    const auto count = positions.size();
    return json::object{{"user_id", user_number(asked)},
                        {"exchange", raw(asked, "exchange")},
                        {"positions", std::move(positions)},
                        {"count", count}};
}

// orders

compat_params read_order(const json::object& asked)
{
    return require(asked, {"order_id", "exchange"}, "exchange and order_id parameters required");
}

shaped order_result(const json::object& asked, json::object found)
{
    const double when = time(found, "timestamp");
    const auto* const rest =
        raw(found, "filled").is_null() ? "amount" : "remaining"; // nothing is filled, to this dialect
    return json::object{{"order_id", raw(found, "order_id")},
                        {"symbol", raw(found, "symbol")},
                        {"exchange", text(asked, "exchange")},
                        {"side", raw(found, "side")},
                        {"amount", number(found, "amount")},
                        {"price", number(found, "price")},
                        {"filled", number(found, "filled")},
                        {"remaining", std::max(0.0, number(found, rest))},
                        {"status", raw(found, "status")},
                        {"order_type", raw(found, "order_type")},
                        {"timestamp", when},
                        {"last_update", when}};
}

// bots

compat_params read_bot(const json::object& asked)
{
    return require(asked, {"bot_id"}, "bot_id parameter required");
}

shaped bot_result(const json::object&, json::object found)
{
    if (found.at("data").as_object().empty())
        return std::nullopt;
    found["timestamp"] = time(found, "timestamp");
    return found;
}

boost::asio::awaitable<outcome> run_bots(operation_context& context, json::object)
{
    auto reading = operations::within_time_of(context, read_bot_map(context.link));
    const auto bots = co_await std::move(reading);
    outcome done;
    done.from_redis = true;
    done.anything = !bots.empty();
    done.result = R"({"bots":)";
    fullon_orm::write_json(done.result, bots, fullon_orm::json_style::wire);
    done.result.push_back('}');
    co_return done;
}

// It may be blocked in the other spelling.
shaped blocked_result(const json::object& asked, json::object found)
{
    found["symbol"] = text(asked, "symbol");
    return found;
}

// trades, bars, processes

shaped trades_result(const json::object& asked, json::object found)
{
    json::array trades;
    for (const auto& one : found.at("trades").as_array()) {
        const auto& trade = one.as_object();
        json::object made{{"symbol", raw(trade, "symbol")}, {"exchange", raw(asked, "exchange")}};
        append_trade(made, trade);
        trades.push_back(std::move(made));
    }
    return json::object{{"exchange", raw(asked, "exchange")},
                        {"symbol", raw(asked, "symbol")},
                        {"trades", std::move(trades)}};
}

compat_params read_bars(const json::object& asked)
{
    constexpr std::int64_t most = 10000; // that a list has, and that the catalogue gives
    auto read = require(asked, {"symbol", "timeframe"}, "symbol and timeframe parameters required");
    if (read.failure || !asked.contains("count"))
        return read;
    const auto count = protocol::python_int(raw(asked, "count"));
    if (!count || *count < 0)
        return refuse("count: must be an integer from 0 (all) to 10000");
    read.params["count"] = *count == 0 ? most : std::min(*count, most);
    return read;
}

shaped bars_result(const json::object& asked, json::object found)
{
    found["symbol"] = raw(asked, "symbol");
    found["timeframe"] = raw(asked, "timeframe");
    return found;
}

compat_params read_processes(const json::object& asked)
{
    compat_params read;
    for (const std::string_view name : {"process_type", "component"})
        if (!is_null(asked, name))
            read.params[name] = text(asked, name);
    if (is_null(asked, "since_minutes"))
        return read;
    const auto minutes = protocol::python_int(raw(asked, "since_minutes"));
    if (!minutes)
        return refuse("since_minutes: must be an integer");
    read.params["since_minutes"] = *minutes;
    return read;
}

// Beside what the cache says, the members that the Python gateway had, which never filled them.
shaped processes_result(const json::object&, json::object found)
{
    for (auto& one : found.at("processes").as_array()) {
        auto& process = one.as_object();
        process["name"] = raw(process, "component");
        process["pid"] = raw(process.at("params").as_object(), "pid");
        process["last_seen"] = time(process, "updated_at");
    }
    return found;
}

shaped as_found(const json::object&, json::object found)
{
    return found;
}

compat_operation query(std::string_view name, std::string_view group, decltype(compat_operation::read) read,
                       compat_error failure, decltype(compat_operation::result) result,
                       decltype(compat_operation::miss) miss = nullptr)
{
    compat_operation made;
    made.name = name;
    made.group = group;
    made.read = read;
    made.cache_error = std::move(failure);
    made.result = result;
    made.miss = miss;
    return made;
}

} // namespace
} // namespace compat

std::vector<compat_operation> compat_queries()
{
    using namespace compat;
    std::vector<compat_operation> all;
    all.push_back(query(
        "get_ticker", "tickers", read_ticker, retrieve_error("ticker data"),
        [](const json::object&, json::object found) { return shaped(ticker_result(found)); },
        [](const json::object& asked) {
            return compat_error{"TICKER_NOT_FOUND", "Ticker " + text(asked, "symbol") + " not found for " +
                                                        text(asked, "exchange")};
        }));
    all.push_back(query("get_all_tickers", "tickers", read_exchange, retrieve_error("tickers"), all_tickers));
    all.push_back(query("get_balance", "accounts", read_balance, retrieve_error("balance data"),
                        balance_result, no_balance));
    all.push_back(
        query("get_positions", "accounts", read_positions, retrieve_error("positions"), positions_result));
    all.push_back(query("get_order_status", "orders", read_order, retrieve_error("order status"),
                        order_result, [](const json::object& asked) {
                            return compat_error{"ORDER_NOT_FOUND",
                                                "Order " + text(asked, "order_id") + " not found"};
                        }));
    all.push_back(
        query("get_queue_length", "orders", read_exchange, retrieve_error("queue length"), as_found));
    all.push_back(query("get_bot_status", "bots", read_bot, retrieve_error("bot status"), bot_result,
                        [](const json::object& asked) {
                            return compat_error{"BOT_NOT_FOUND",
                                                "Bot " + text(asked, "bot_id") + " not found"};
                        }));
    all.push_back(query("is_blocked", "bots", read_ticker, {"CACHE_ERROR", "Failed to query blocking status"},
                        blocked_result));
    all.push_back(query("get_bots", "bots", none, retrieve_error("bots"), as_found));
    all.back().run = run_bots;
    all.push_back(query("get_trades", "trades", read_ticker, retrieve_error("trades"), trades_result));
    all.push_back(query("get_latest_ohlcv_bars", "ohlcv", read_bars, retrieve_error("OHLCV data"),
                        bars_result, [](const json::object& asked) {
                            return compat_error{"OHLCV_NOT_FOUND", "OHLCV data not found for " +
                                                                       text(asked, "symbol") + " " +
                                                                       text(asked, "timeframe")};
                        }));
    all.push_back(query("get_system_health", "process", none, retrieve_error("system health"), as_found));
    all.push_back(query("get_active_processes", "process", read_processes, retrieve_error("active processes"),
                        processes_result));
    return all;
}

} // namespace fullon_cache_api::detail
