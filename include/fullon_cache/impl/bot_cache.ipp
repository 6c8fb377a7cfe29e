// Bodies of bot_cache.hpp.
#pragma once

#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/clock.hpp>
#include <fullon_cache/detail/compare_and_set.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;

namespace {

void require_pair(const std::string& exchange, const std::string& symbol)
{
    detail::require_text(exchange, "exchange");
    detail::require(exchange.find(':') == std::string::npos, "exchange", "not contain ':'");
    detail::require_text(symbol, "symbol");
}

} // namespace

asio::awaitable<void> bot_cache::block_exchange(std::string exchange, std::string symbol,
                                                std::string bot_id) const
{
    require_pair(exchange, symbol);
    detail::require_text(bot_id, "bot_id");
    detail::operation op(*this, "block_exchange",
                         {{"exchange", exchange}, {"symbol", symbol}, {"bot_id", bot_id}});
    co_await op.execute(command("HSET", detail::blocks_hash, detail::make_key({}, exchange, symbol), bot_id));
}

asio::awaitable<bool> bot_cache::try_block_exchange(std::string exchange, std::string symbol,
                                                    std::string bot_id) const
{
    require_pair(exchange, symbol);
    detail::require_text(bot_id, "bot_id");
    detail::operation op(*this, "try_block_exchange",
                         {{"exchange", exchange}, {"symbol", symbol}, {"bot_id", bot_id}});
    const auto result = detail::read_set_result(co_await op.execute(detail::set_field_if(
        detail::blocks_hash, detail::make_key({}, exchange, symbol), std::nullopt, bot_id)));
    co_return result.written || result.stored == bot_id;
}

asio::awaitable<bool> bot_cache::unblock_exchange(std::string exchange, std::string symbol) const
{
    require_pair(exchange, symbol);
    detail::operation op(*this, "unblock_exchange", {{"exchange", exchange}, {"symbol", symbol}});
    const auto answer =
        co_await op.execute(command("HDEL", detail::blocks_hash, detail::make_key({}, exchange, symbol)));
    co_return answer.as_integer() != 0;
}

asio::awaitable<void> bot_cache::mark_opening_position(std::string exchange, std::string symbol,
                                                       std::string bot_id) const
{
    require_pair(exchange, symbol);
    detail::require_text(bot_id, "bot_id");
    detail::operation op(*this, "mark_opening_position",
                         {{"exchange", exchange}, {"symbol", symbol}, {"bot_id", bot_id}});
    const auto mark = fullon_orm::opening_position_text(bot_id, detail::now_seconds());
    co_await op.execute(command("HSET", detail::opening_hash, detail::make_key({}, exchange, symbol), mark));
}

asio::awaitable<bool> bot_cache::unmark_opening_position(std::string exchange, std::string symbol) const
{
    require_pair(exchange, symbol);
    detail::operation op(*this, "unmark_opening_position", {{"exchange", exchange}, {"symbol", symbol}});
    const auto answer =
        co_await op.execute(command("HDEL", detail::opening_hash, detail::make_key({}, exchange, symbol)));
    co_return answer.as_integer() != 0;
}

asio::awaitable<void> bot_cache::update_bot(std::string bot_id, boost::json::object status) const
{
    detail::require_text(bot_id, "bot_id");
    detail::operation op(*this, "update_bot", {{"bot_id", bot_id}});
    const auto json = fullon_orm::stamp_feeds(status, detail::now_seconds());
    co_await op.execute(command("HSET", detail::bots_hash, bot_id, json));
}

asio::awaitable<bool> bot_cache::del_bot(std::string bot_id) const
{
    detail::require_text(bot_id, "bot_id");
    detail::operation op(*this, "del_bot", {{"bot_id", bot_id}});
    const auto answer = co_await op.execute(command("HDEL", detail::bots_hash, bot_id));
    co_return answer.as_integer() != 0;
}

asio::awaitable<bool> bot_cache::del_status() const
{
    detail::operation op(*this, "del_status");
    const auto answer = co_await op.execute(command("DEL", detail::bots_hash));
    co_return answer.as_integer() != 0;
}

} // namespace fullon_cache
