// Bodies of trades_cache.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/keys/storable.hpp>
#include <fullon_cache/detail/lists/joint_writes.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/trades_cache.hpp>
#include <fullon_orm/clock.hpp>

#include <fullon_orm/iso_time.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::trade;

namespace {

std::string iso_now()
{
    return fullon_orm::format_iso(fullon_orm::now_seconds());
}

} // namespace

asio::awaitable<std::int64_t> trades_cache::push_trade(std::string exchange, trade value) const
{
    auto symbol = value.symbol;
    return push_trade(std::move(exchange), std::move(symbol), std::move(value));
}

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct trades_cache::calls {
    static asio::awaitable<std::int64_t> push_trade(trades_cache self, std::string exchange,
                                                    std::string symbol, trade value)
    {
        detail::require_pair(exchange, symbol);
        detail::require_storable_members(value);
        detail::operation op(self, "push_trade", {{"symbol", symbol}, {"exchange", exchange}});
        const auto answer =
            co_await op.execute(detail::push_and_note(trades_list(exchange, symbol), to_json(value),
                                                      make_key(trade_status_prefix, exchange), iso_now()));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::vector<trade>> take_trades(trades_cache self, std::string exchange,
                                                           std::string symbol)
    {
        detail::require_pair(exchange, symbol);
        detail::operation op(self, "take_trades", {{"symbol", symbol}, {"exchange", exchange}});
        const auto key = trades_list(exchange, symbol);
        auto found = co_await op.take(key, true, std::chrono::milliseconds::zero());
        std::vector<trade> trades;
        reading legible;
        for (const auto& json : found.elements()) {
            auto read = fullon_orm::trade_from_json(json, symbol);
            if (read)
                trades.push_back(std::move(*read));
            else
                legible.unreadable({}, read.error().text());
        }
        found.keep();
        legible.readable(trades.size());
        op.report(key, legible);
        op.hit(!trades.empty());
        co_return trades;
    }

    static asio::awaitable<void> update_trade_status(trades_cache self, std::string key)
    {
        detail::require_text(key, "key");
        detail::operation op(self, "update_trade_status", {{"key", key}});
        co_await op.execute(command("SET", make_key(trade_status_prefix, key), iso_now()));
    }

    static asio::awaitable<std::int64_t> push_user_trade(trades_cache self, std::string exchange,
                                                         std::string uid, trade value)
    {
        detail::require_text(uid, "uid");
        detail::require_exchange(exchange);
        detail::require_storable_members(value);
        detail::operation op(self, "push_user_trade", {{"uid", uid}, {"exchange", exchange}});
        const auto answer =
            co_await op.execute(command("RPUSH", user_trades_list(exchange, uid), to_json(value)));
        co_return answer.as_integer();
    }

    static asio::awaitable<std::optional<trade>> pop_user_trade(trades_cache self, std::string exchange,
                                                                std::string uid,
                                                                std::chrono::milliseconds timeout)
    {
        detail::require_text(uid, "uid");
        detail::require_exchange(exchange);
        detail::operation op(self, "pop_user_trade", {{"uid", uid}, {"exchange", exchange}});
        const auto key = user_trades_list(exchange, uid);
        auto found = co_await op.take(key, false, timeout);
        op.hit(!found.elements().empty());
        if (found.elements().empty())
            co_return std::nullopt;
        auto read = fullon_orm::trade_from_json(found.elements().front());
        if (!read) {
            co_await found.put_back(op.settings().socket_timeout);
            op.fail(errc::serialization, key + ": " + read.error().text());
        }
        found.keep();
        co_return std::move(*read);
    }

    static asio::awaitable<void> update_user_trade_status(trades_cache self, std::string key,
                                                          std::optional<double> time)
    {
        detail::require_text(key, "key");
        auto text = time ? fullon_orm::format_iso(*time) : iso_now();
        detail::require(!text.empty(), "time", "be epoch seconds of the years 1 to 9999");
        detail::operation op(self, "update_user_trade_status", {{"key", key}});
        co_await op.execute(command("SET", make_key(user_trade_status_prefix, key), text));
    }

    static asio::awaitable<std::int64_t> delete_user_trade_statuses(trades_cache self)
    {
        detail::operation op(self, "delete_user_trade_statuses");
        const auto keys = co_await op.scan(make_key(user_trade_status_prefix, "*"));
        pipeline removals;
        for (const auto& key : keys)
            removals.add("DEL", key);
        std::int64_t count = 0;
        if (!removals.empty())
            for (const auto& one : co_await op.execute(std::move(removals)))
                count += one.as_integer();
        co_return count;
    }
};

asio::awaitable<std::int64_t> trades_cache::push_trade(std::string exchange, std::string symbol,
                                                       trade value) const
{
    return calls::push_trade(*this, std::move(exchange), std::move(symbol), std::move(value));
}

asio::awaitable<std::vector<trade>> trades_cache::take_trades(std::string exchange, std::string symbol) const
{
    return calls::take_trades(*this, std::move(exchange), std::move(symbol));
}

asio::awaitable<void> trades_cache::update_trade_status(std::string key) const
{
    return calls::update_trade_status(*this, std::move(key));
}

asio::awaitable<std::int64_t> trades_cache::push_user_trade(std::string exchange, std::string uid,
                                                            trade value) const
{
    return calls::push_user_trade(*this, std::move(exchange), std::move(uid), std::move(value));
}

asio::awaitable<std::optional<trade>> trades_cache::pop_user_trade(std::string exchange, std::string uid,
                                                                   std::chrono::milliseconds timeout) const
{
    return calls::pop_user_trade(*this, std::move(exchange), std::move(uid), timeout);
}

asio::awaitable<void> trades_cache::update_user_trade_status(std::string key,
                                                             std::optional<double> time) const
{
    return calls::update_user_trade_status(*this, std::move(key), time);
}

asio::awaitable<std::int64_t> trades_cache::delete_user_trade_statuses() const
{
    return calls::delete_user_trade_statuses(*this);
}

} // namespace fullon_cache
