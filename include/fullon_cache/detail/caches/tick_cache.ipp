// Bodies of tick_cache.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/keys/storable.hpp>
#include <fullon_cache/detail/lists/joint_writes.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/tick_cache.hpp>

#include <fullon_orm/number_text.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::tick;

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct tick_cache::calls {
    static asio::awaitable<void> set_ticker(tick_cache self, tick value)
    {
        detail::require_pair(value.exchange, value.symbol);
        detail::require_storable_members(value);
        detail::operation op(self, "set_ticker", {{"symbol", value.symbol}, {"exchange", value.exchange}});
        const std::string json = fullon_orm::to_json(value);
        std::string time;
        if (value.time)
            fullon_orm::append_number(time, *value.time);
        else
            time = "None"; // as the Python library writes it
        co_await op.execute(detail::store_tick(
            ticker_hash(value.exchange), value.symbol, json, ticker_time_key(value.exchange, value.symbol),
            time, ticker_channel(ticker_channel_prefix, value.exchange, value.symbol)));
    }

    static asio::awaitable<bool> delete_ticker(tick_cache self, std::string exchange, std::string symbol)
    {
        detail::require_pair(exchange, symbol);
        detail::operation op(self, "delete_ticker", {{"symbol", symbol}, {"exchange", exchange}});
        const auto answer = co_await op.execute(
            detail::delete_tick(ticker_hash(exchange), symbol, ticker_time_key(exchange, symbol)));
        co_return answer.as_integer() != 0;
    }

    static asio::awaitable<std::int64_t> delete_exchange_tickers(tick_cache self, std::string exchange)
    {
        detail::require_exchange(exchange);
        detail::operation op(self, "delete_exchange_tickers", {{"exchange", exchange}});
        const auto answer =
            co_await op.execute(detail::delete_ticks(ticker_hash(exchange), ticker_time_key(exchange, "")));
        co_return answer.as_integer();
    }
};

asio::awaitable<void> tick_cache::set_ticker(tick value) const
{
    return calls::set_ticker(*this, std::move(value));
}

asio::awaitable<bool> tick_cache::delete_ticker(std::string exchange, std::string symbol) const
{
    return calls::delete_ticker(*this, std::move(exchange), std::move(symbol));
}

asio::awaitable<bool> tick_cache::delete_ticker(fullon_orm::symbol symbol) const
{
    return delete_ticker(std::move(symbol.exchange_name), std::move(symbol.symbol));
}

asio::awaitable<std::int64_t> tick_cache::delete_exchange_tickers(std::string exchange) const
{
    return calls::delete_exchange_tickers(*this, std::move(exchange));
}

} // namespace fullon_cache
