// Bodies of account_cache.hpp.
#pragma once

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/clock.hpp>
#include <fullon_cache/detail/compare_and_set.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/iso_time.hpp>

#include <functional>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::balance;
using fullon_orm::position;

namespace {

/// What becomes of the stored text; an empty result leaves it alone.
using change = std::function<std::string(const std::optional<std::string>& stored)>;

// \returns whether it was changed.
asio::awaitable<bool> change_field(detail::operation* op, std::string key, std::string field, change apply)
{
    auto stored = (co_await op->execute(command("HGET", key, field))).as_text();
    op->hit(stored.has_value());
    for (;;) {
        const auto next = apply(stored);
        if (next.empty())
            co_return false;
        auto result =
            detail::read_set_result(co_await op->execute(detail::set_field_if(key, field, stored, next)));
        if (result.written)
            co_return true;
        stored = std::move(result.stored);
        op->require_time_left();
    }
}

void require_symbol(const std::string& symbol)
{
    detail::require_text(symbol, "symbol");
    detail::require(symbol != "timestamp", "symbol", "not be the name of the account's time");
}

std::string or_now(std::string date)
{
    return date.empty() ? fullon_orm::format_iso(detail::now_seconds()) : std::move(date);
}

} // namespace

asio::awaitable<void> account_cache::upsert_positions(std::string ex_id,
                                                      std::vector<position> positions) const
{
    detail::require_text(ex_id, "ex_id");
    for (const auto& one : positions)
        require_symbol(one.symbol);
    detail::operation op(*this, "upsert_positions", {{"ex_id", ex_id}, {"count", positions.size()}});
    if (positions.empty()) {
        co_await op.execute(command("HDEL", detail::positions_hash, ex_id));
        co_return;
    }
    fullon_orm::account_positions account;
    account.ex_id = ex_id;
    account.positions = std::move(positions);
    account.timestamp = detail::now_seconds();
    co_await op.execute(command("HSET", detail::positions_hash, ex_id, to_json(account)));
}

asio::awaitable<void> account_cache::upsert_position(position value) const
{
    detail::require_text(value.ex_id, "ex_id");
    require_symbol(value.symbol);
    detail::operation op(*this, "upsert_position", {{"ex_id", value.ex_id}, {"symbol", value.symbol}});
    const double now = detail::now_seconds();
    change merge = [&value, now](const std::optional<std::string>& stored) {
        return fullon_orm::merge_position(stored.value_or(""), value, now);
    };
    co_await change_field(&op, std::string(detail::positions_hash), value.ex_id, std::move(merge));
}

asio::awaitable<bool> account_cache::touch_positions(std::string ex_id) const
{
    detail::require_text(ex_id, "ex_id");
    detail::operation op(*this, "touch_positions", {{"ex_id", ex_id}});
    change touch = [](const std::optional<std::string>& stored) {
        return stored ? fullon_orm::touch_positions(*stored, detail::now_seconds()) : std::string();
    };
    const bool changed =
        co_await change_field(&op, std::string(detail::positions_hash), std::move(ex_id), std::move(touch));
    co_return changed;
}

asio::awaitable<void> account_cache::upsert_user_account(std::string ex_id, std::vector<balance> balances,
                                                         std::string date) const
{
    detail::require_text(ex_id, "ex_id");
    detail::require(!balances.empty(), "balances", "not be empty");
    for (const auto& one : balances) {
        detail::require_text(one.currency, "currency");
        detail::require(one.currency != "date", "currency", "not be the name of the account's date");
    }
    detail::operation op(*this, "upsert_user_account", {{"ex_id", ex_id}});
    const auto json = fullon_orm::to_json(balances, or_now(std::move(date)));
    co_await op.execute(command("HSET", detail::balances_hash, ex_id, json));
}

asio::awaitable<void> account_cache::upsert_user_account(std::string ex_id, boost::json::object account,
                                                         std::string date) const
{
    detail::require_text(ex_id, "ex_id");
    detail::require(!account.empty(), "account", "not be empty");
    detail::operation op(*this, "upsert_user_account", {{"ex_id", ex_id}});
    std::string json;
    fullon_orm::write_json(json, account, fullon_orm::json_style::redis);
    const auto dated = fullon_orm::touch_balances(json, or_now(std::move(date)));
    co_await op.execute(command("HSET", detail::balances_hash, ex_id, dated));
}

asio::awaitable<bool> account_cache::touch_user_account(std::string ex_id, std::string date) const
{
    detail::require_text(ex_id, "ex_id");
    detail::operation op(*this, "touch_user_account", {{"ex_id", ex_id}});
    change touch = [date = or_now(std::move(date))](const std::optional<std::string>& stored) {
        return stored ? fullon_orm::touch_balances(*stored, date) : std::string();
    };
    const bool changed =
        co_await change_field(&op, std::string(detail::balances_hash), std::move(ex_id), std::move(touch));
    co_return changed;
}

asio::awaitable<std::int64_t> account_cache::clean_positions() const
{
    detail::operation op(*this, "clean_positions");
    pipeline removals;
    removals.add("DEL", detail::positions_hash).add("DEL", detail::balances_hash);
    std::int64_t count = 0;
    for (const auto& one : co_await op.execute(std::move(removals)))
        count += one.as_integer();
    co_return count;
}

} // namespace fullon_cache
