// Bodies of tick_cache.hpp.
#pragma once

#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/detail/ticker_keys.hpp>
#include <fullon_cache/tick_cache.hpp>

#include <fullon_orm/number_text.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::tick;

asio::awaitable<void> tick_cache::set_ticker(tick value) const
{
    detail::require_text(value.symbol, "symbol");
    detail::require_text(value.exchange, "exchange");
    detail::require_finite(value.price, "price");
    detail::operation op(*this, "set_ticker", {{"symbol", value.symbol}, {"exchange", value.exchange}});
    const std::string json = fullon_orm::to_json(value);
    std::string time;
    if (value.time)
        fullon_orm::append_number(time, *value.time);
    else
        time = "None"; // as the Python library writes it
    pipeline writes;
    writes.add("HSET", detail::ticker_hash(value.exchange), value.symbol, json)
        .add("SET", detail::ticker_time_key(value.exchange, value.symbol), time)
        .add("PUBLISH", detail::ticker_channel(detail::ticker_channel_prefix, value.exchange, value.symbol),
             json);
    co_await op.execute(std::move(writes));
}

asio::awaitable<bool> tick_cache::delete_ticker(std::string symbol, std::string exchange) const
{
    detail::require_text(symbol, "symbol");
    detail::require_text(exchange, "exchange");
    detail::operation op(*this, "delete_ticker", {{"symbol", symbol}, {"exchange", exchange}});
    pipeline writes;
    writes.add("HDEL", detail::ticker_hash(exchange), symbol)
        .add("DEL", detail::ticker_time_key(exchange, symbol));
    const auto replies = co_await op.execute(std::move(writes));
    co_return replies.front().as_integer() != 0;
}

asio::awaitable<bool> tick_cache::delete_ticker(fullon_orm::symbol symbol) const
{
    return delete_ticker(std::move(symbol.symbol), std::move(symbol.exchange_name));
}

asio::awaitable<std::int64_t> tick_cache::delete_exchange_tickers(std::string exchange) const
{
    detail::require_text(exchange, "exchange");
    detail::operation op(*this, "delete_exchange_tickers", {{"exchange", exchange}});
    const auto fields = (co_await op.execute(command("HKEYS", detail::ticker_hash(exchange)))).as_items();
    pipeline writes;
    writes.add("DEL", detail::ticker_hash(exchange));
    for (const auto& field : fields)
        writes.add("DEL", detail::ticker_time_key(exchange, field.text));
    co_await op.execute(std::move(writes));
    co_return static_cast<std::int64_t>(fields.size());
}

} // namespace fullon_cache
