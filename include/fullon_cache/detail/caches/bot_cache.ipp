// Bodies of bot_cache.hpp.
#pragma once

#include <fullon_cache/bot_cache.hpp>
#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/keys/storable.hpp>
#include <fullon_cache/detail/lists/block_writes.hpp>
#include <fullon_cache/detail/lists/compare_and_set.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_orm/clock.hpp>

#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;

namespace {

std::string place_of(const std::string& exchange, const std::string& symbol)
{
    return make_key({}, exchange, symbol);
}

void require_claim(const std::string& exchange, const std::string& symbol, const std::string& bot_id)
{
    detail::require_pair(exchange, symbol);
    detail::require_text(bot_id, "bot_id");
}

void require_lease(std::chrono::milliseconds lease)
{
    detail::require(lease >= std::chrono::milliseconds::zero(), "lease", "not be below zero");
}

// \returns what the script says
asio::awaitable<bool> whether(detail::operation* op, command script)
{
    const auto answer = co_await op->execute(std::move(script));
    co_return answer.as_integer() != 0;
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct bot_cache::calls {
    static asio::awaitable<void> block_exchange(bot_cache self, std::string exchange, std::string symbol,
                                                std::string bot_id)
    {
        require_claim(exchange, symbol, bot_id);
        detail::operation op(self, "block_exchange",
                             {{"exchange", exchange}, {"symbol", symbol}, {"bot_id", bot_id}});
        co_await op.execute(detail::set_block(place_of(exchange, symbol), bot_id));
    }

    static asio::awaitable<bool> try_block_exchange(bot_cache self, std::string exchange, std::string symbol,
                                                    std::string bot_id, std::chrono::milliseconds lease)
    {
        require_claim(exchange, symbol, bot_id);
        require_lease(lease);
        detail::operation op(self, "try_block_exchange",
                             {{"exchange", exchange}, {"symbol", symbol}, {"bot_id", bot_id}});
        co_return co_await whether(&op, detail::try_block(place_of(exchange, symbol), bot_id, lease));
    }

    static asio::awaitable<bool> take_over_block(bot_cache self, std::string exchange, std::string symbol,
                                                 std::string former_bot_id, std::string bot_id,
                                                 std::chrono::milliseconds lease)
    {
        require_claim(exchange, symbol, bot_id);
        detail::require_text(former_bot_id, "former_bot_id");
        require_lease(lease);
        detail::operation op(self, "take_over_block",
                             {{"exchange", exchange},
                              {"symbol", symbol},
                              {"former_bot_id", former_bot_id},
                              {"bot_id", bot_id}});
        co_return co_await whether(
            &op, detail::take_over_block(place_of(exchange, symbol), former_bot_id, bot_id, lease));
    }

    static asio::awaitable<bool> unblock_exchange(bot_cache self, std::string exchange, std::string symbol,
                                                  std::string bot_id)
    {
        require_claim(exchange, symbol, bot_id);
        detail::operation op(self, "unblock_exchange",
                             {{"exchange", exchange}, {"symbol", symbol}, {"bot_id", bot_id}});
        co_return co_await whether(&op, detail::release_block(place_of(exchange, symbol), bot_id));
    }

    static asio::awaitable<bool> force_unblock_exchange(bot_cache self, std::string exchange,
                                                        std::string symbol)
    {
        detail::require_pair(exchange, symbol);
        detail::operation op(self, "force_unblock_exchange", {{"exchange", exchange}, {"symbol", symbol}});
        co_return co_await whether(&op, detail::remove_block(place_of(exchange, symbol)));
    }

    static asio::awaitable<void> mark_opening_position(bot_cache self, std::string exchange,
                                                       std::string symbol, std::string bot_id)
    {
        require_claim(exchange, symbol, bot_id);
        detail::operation op(self, "mark_opening_position",
                             {{"exchange", exchange}, {"symbol", symbol}, {"bot_id", bot_id}});
        const auto mark = fullon_orm::opening_position_text(bot_id, fullon_orm::now_seconds());
        co_await op.execute(command("HSET", opening_hash, place_of(exchange, symbol), mark));
    }

    static asio::awaitable<bool> unmark_opening_position(bot_cache self, std::string exchange,
                                                         std::string symbol, std::string bot_id)
    {
        require_claim(exchange, symbol, bot_id);
        detail::operation op(self, "unmark_opening_position",
                             {{"exchange", exchange}, {"symbol", symbol}, {"bot_id", bot_id}});
        const auto place = place_of(exchange, symbol);
        for (;;) {
            const auto mark = (co_await op.execute(command("HGET", opening_hash, place))).as_text();
            op.hit(mark.has_value());
            if (!mark || fullon_orm::opening_position_from_text(*mark, exchange, symbol).bot_id != bot_id)
                co_return false;
            const bool deleted = co_await whether(&op, detail::delete_field_if(opening_hash, place, *mark));
            if (deleted)
                co_return true;
            op.require_time_left(); // it was marked anew meanwhile
        }
    }

    static asio::awaitable<bool> force_unmark_opening_position(bot_cache self, std::string exchange,
                                                               std::string symbol)
    {
        detail::require_pair(exchange, symbol);
        detail::operation op(self, "force_unmark_opening_position",
                             {{"exchange", exchange}, {"symbol", symbol}});
        co_return co_await whether(&op, command("HDEL", opening_hash, place_of(exchange, symbol)));
    }

    static asio::awaitable<void> update_bot(bot_cache self, std::string bot_id, boost::json::object status)
    {
        detail::require_text(bot_id, "bot_id");
        detail::require_storable(status, "status");
        detail::operation op(self, "update_bot", {{"bot_id", bot_id}});
        const auto json = fullon_orm::stamp_feeds(status, fullon_orm::now_seconds());
        co_await op.execute(command("HSET", bots_hash, bot_id, json));
    }

    static asio::awaitable<bool> del_bot(bot_cache self, std::string bot_id)
    {
        detail::require_text(bot_id, "bot_id");
        detail::operation op(self, "del_bot", {{"bot_id", bot_id}});
        const auto answer = co_await op.execute(command("HDEL", bots_hash, bot_id));
        co_return answer.as_integer() != 0;
    }

    static asio::awaitable<bool> del_status(bot_cache self)
    {
        detail::operation op(self, "del_status");
        const auto answer = co_await op.execute(command("DEL", bots_hash));
        co_return answer.as_integer() != 0;
    }
};

asio::awaitable<void> bot_cache::block_exchange(std::string exchange, std::string symbol,
                                                std::string bot_id) const
{
    return calls::block_exchange(*this, std::move(exchange), std::move(symbol), std::move(bot_id));
}

asio::awaitable<bool> bot_cache::try_block_exchange(std::string exchange, std::string symbol,
                                                    std::string bot_id, std::chrono::milliseconds lease) const
{
    return calls::try_block_exchange(*this, std::move(exchange), std::move(symbol), std::move(bot_id), lease);
}

asio::awaitable<bool> bot_cache::take_over_block(std::string exchange, std::string symbol,
                                                 std::string former_bot_id, std::string bot_id,
                                                 std::chrono::milliseconds lease) const
{
    return calls::take_over_block(*this, std::move(exchange), std::move(symbol), std::move(former_bot_id),
                                  std::move(bot_id), lease);
}

asio::awaitable<bool> bot_cache::unblock_exchange(std::string exchange, std::string symbol,
                                                  std::string bot_id) const
{
    return calls::unblock_exchange(*this, std::move(exchange), std::move(symbol), std::move(bot_id));
}

asio::awaitable<bool> bot_cache::force_unblock_exchange(std::string exchange, std::string symbol) const
{
    return calls::force_unblock_exchange(*this, std::move(exchange), std::move(symbol));
}

asio::awaitable<void> bot_cache::mark_opening_position(std::string exchange, std::string symbol,
                                                       std::string bot_id) const
{
    return calls::mark_opening_position(*this, std::move(exchange), std::move(symbol), std::move(bot_id));
}

asio::awaitable<bool> bot_cache::unmark_opening_position(std::string exchange, std::string symbol,
                                                         std::string bot_id) const
{
    return calls::unmark_opening_position(*this, std::move(exchange), std::move(symbol), std::move(bot_id));
}

asio::awaitable<bool> bot_cache::force_unmark_opening_position(std::string exchange, std::string symbol) const
{
    return calls::force_unmark_opening_position(*this, std::move(exchange), std::move(symbol));
}

asio::awaitable<void> bot_cache::update_bot(std::string bot_id, boost::json::object status) const
{
    return calls::update_bot(*this, std::move(bot_id), std::move(status));
}

asio::awaitable<bool> bot_cache::del_bot(std::string bot_id) const
{
    return calls::del_bot(*this, std::move(bot_id));
}

asio::awaitable<bool> bot_cache::del_status() const
{
    return calls::del_status(*this);
}

} // namespace fullon_cache
