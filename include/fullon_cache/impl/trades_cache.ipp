// Bodies of trades_cache.hpp.
#pragma once

#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/clock.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/detail/trade_keys.hpp>
#include <fullon_cache/trades_cache.hpp>

#include <fullon_orm/iso_time.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::trade;

namespace {

void require_trade(const trade& value)
{
    detail::require_finite(value.price, "price");
    detail::require_finite(value.volume, "volume");
}

std::string iso_now()
{
    return fullon_orm::format_iso(detail::now_seconds());
}

} // namespace

asio::awaitable<std::int64_t> trades_cache::push_trade(std::string exchange, trade value) const
{
    auto symbol = value.symbol;
    return push_trade_list(std::move(symbol), std::move(exchange), std::move(value));
}

asio::awaitable<std::int64_t> trades_cache::push_trade_list(std::string symbol, std::string exchange,
                                                            trade value) const
{
    detail::require_text(symbol, "symbol");
    detail::require_text(exchange, "exchange");
    require_trade(value);
    detail::operation op(*this, "push_trade", {{"symbol", symbol}, {"exchange", exchange}});
    pipeline writes;
    writes.add("RPUSH", detail::trades_list(exchange, symbol), to_json(value))
        .add("SET", detail::make_key(detail::trade_status_prefix, exchange), iso_now());
    const auto replies = co_await op.execute(std::move(writes));
    co_return replies.front().as_integer();
}

asio::awaitable<std::vector<trade>> trades_cache::take_trades(std::string symbol, std::string exchange) const
{
    detail::require_text(symbol, "symbol");
    detail::require_text(exchange, "exchange");
    detail::operation op(*this, "take_trades", {{"symbol", symbol}, {"exchange", exchange}});
    const auto key = detail::trades_list(exchange, symbol);
    pipeline take;
    take.add("LRANGE", key, 0, -1).add("DEL", key);
    auto results = co_await op.execute_atomically(std::move(take));
    std::vector<trade> trades;
    for (const auto& one : std::move(results.front()).as_items()) {
        auto read = fullon_orm::trade_from_json(one.text, symbol);
        if (read)
            trades.push_back(std::move(*read));
        else
            op.skip(key, {}, read.error().text());
    }
    op.hit(!trades.empty());
    co_return trades;
}

asio::awaitable<void> trades_cache::update_trade_status(std::string key) const
{
    detail::require_text(key, "key");
    detail::operation op(*this, "update_trade_status", {{"key", key}});
    co_await op.execute(command("SET", detail::make_key(detail::trade_status_prefix, key), iso_now()));
}

asio::awaitable<std::int64_t> trades_cache::push_user_trade(std::string uid, std::string exchange,
                                                            trade value) const
{
    detail::require_text(uid, "uid");
    detail::require_text(exchange, "exchange");
    require_trade(value);
    detail::operation op(*this, "push_user_trade", {{"uid", uid}, {"exchange", exchange}});
    const auto answer =
        co_await op.execute(command("RPUSH", detail::user_trades_list(uid, exchange), to_json(value)));
    co_return answer.as_integer();
}

asio::awaitable<std::optional<trade>> trades_cache::pop_user_trade(std::string uid, std::string exchange,
                                                                   std::chrono::milliseconds timeout) const
{
    detail::require_text(uid, "uid");
    detail::require_text(exchange, "exchange");
    detail::operation op(*this, "pop_user_trade", {{"uid", uid}, {"exchange", exchange}});
    const auto key = detail::user_trades_list(uid, exchange);
    const auto json = co_await op.pop_front(key, timeout);
    op.hit(json.has_value());
    if (!json)
        co_return std::nullopt;
    auto read = fullon_orm::trade_from_json(*json);
    if (!read) {
        co_await op.execute(command("LPUSH", key, *json));
        op.fail(errc::serialization, key + ": " + read.error().text());
    }
    co_return std::move(*read);
}

asio::awaitable<void> trades_cache::update_user_trade_status(std::string key,
                                                             std::optional<double> time) const
{
    detail::require_text(key, "key");
    auto text = time ? fullon_orm::format_iso(*time) : iso_now();
    detail::require(!text.empty(), "time", "be epoch seconds of the years 1 to 9999");
    detail::operation op(*this, "update_user_trade_status", {{"key", key}});
    co_await op.execute(command("SET", detail::make_key(detail::user_trade_status_prefix, key), text));
}

asio::awaitable<std::int64_t> trades_cache::delete_user_trade_statuses() const
{
    detail::operation op(*this, "delete_user_trade_statuses");
    const auto keys = co_await op.scan(detail::make_key(detail::user_trade_status_prefix, "*"));
    pipeline removals;
    for (const auto& key : keys)
        removals.add("DEL", key);
    std::int64_t count = 0;
    if (!removals.empty())
        for (const auto& one : co_await op.execute(std::move(removals)))
            count += one.as_integer();
    co_return count;
}

} // namespace fullon_cache
