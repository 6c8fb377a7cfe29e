// Bodies of account_cache.hpp.
#pragma once

#include <fullon_cache/account_cache.hpp>
#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/names.hpp>
#include <fullon_cache/detail/keys/storable.hpp>
#include <fullon_cache/detail/lists/compare_and_set.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_orm/clock.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/iso_time.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::balance;
using fullon_orm::position;

namespace {

/// A change to the stored object of an account.
class account_change final : public detail::merge_change {
public:
    using function = std::function<bool(detail::stored_document& at)>;

    account_change(std::string_view hash, std::string ex_id, function apply)
        : hash_(hash), ex_id_(std::move(ex_id)), apply_(std::move(apply))
    {}

    bool apply(detail::stored_document& at) override { return apply_(at); }
    command write(const std::optional<std::string>& expected, const std::string& text) const override
    {
        return detail::set_field_if(hash_, ex_id_, expected, text);
    }

private:
    std::string hash_;
    std::string ex_id_;
    function apply_;
};

// \returns whether it was changed.
asio::awaitable<bool> change_account(detail::operation* op, std::string hash, std::string ex_id,
                                     account_change::function apply)
{
    auto change = std::make_shared<account_change>(hash, ex_id, std::move(apply));
    const auto result = co_await op->merge(std::move(hash), std::move(ex_id), std::move(change));
    co_return result.changed;
}

void require_position(const position& one)
{
    detail::require_symbol(one.symbol);
    detail::require(one.symbol != "timestamp", "symbol", "not be the name of the account's time");
    detail::require_storable_members(one);
}

void require_balance(const balance& one)
{
    detail::require_text(one.currency, "currency");
    detail::require(std::find(fullon_orm::account_members.begin(), fullon_orm::account_members.end(),
                              one.currency) == fullon_orm::account_members.end(),
                    "currency", "not be one of date, info, free, used, total, timestamp, datetime");
    detail::require_storable_members(one);
}

std::string or_now(std::string date)
{
    return date.empty() ? fullon_orm::format_iso(fullon_orm::now_seconds()) : std::move(date);
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct account_cache::calls {
    static asio::awaitable<void> upsert_positions(account_cache self, std::string ex_id,
                                                  std::vector<position> positions)
    {
        detail::require_text(ex_id, "ex_id");
        for (const auto& one : positions)
            require_position(one);
        detail::operation op(self, "upsert_positions", {{"ex_id", ex_id}, {"count", positions.size()}});
        if (positions.empty()) {
            co_await op.execute(command("HDEL", positions_hash, ex_id));
            co_return;
        }
        fullon_orm::account_positions account;
        account.ex_id = ex_id;
        account.positions = std::move(positions);
        account.timestamp = fullon_orm::now_seconds();
        co_await op.execute(command("HSET", positions_hash, ex_id, to_json(account)));
    }

    static asio::awaitable<void> upsert_position(account_cache self, position value)
    {
        detail::require_text(value.ex_id, "ex_id");
        require_position(value);
        detail::operation op(self, "upsert_position", {{"ex_id", value.ex_id}, {"symbol", value.symbol}});
        account_change::function merge = [value,
                                          now = fullon_orm::now_seconds()](detail::stored_document& at) {
            fullon_orm::merge_position(at.change(), value, now);
            return true;
        };
        co_await change_account(&op, std::string(positions_hash), std::move(value.ex_id), std::move(merge));
    }

    static asio::awaitable<bool> touch_positions(account_cache self, std::string ex_id)
    {
        detail::require_text(ex_id, "ex_id");
        detail::operation op(self, "touch_positions", {{"ex_id", ex_id}});
        account_change::function touch = [](detail::stored_document& at) {
            if (at.absent())
                return false;
            fullon_orm::touch_positions(at.change(), fullon_orm::now_seconds());
            return true;
        };
        co_return co_await change_account(&op, std::string(positions_hash), std::move(ex_id),
                                          std::move(touch));
    }

    static asio::awaitable<void> upsert_user_account(account_cache self, std::string ex_id,
                                                     std::vector<balance> balances, std::string date)
    {
        detail::require_text(ex_id, "ex_id");
        detail::require(!balances.empty(), "balances", "not be empty");
        for (const auto& one : balances)
            require_balance(one);
        detail::require_utf8(date, "date");
        detail::operation op(self, "upsert_user_account", {{"ex_id", ex_id}});
        const auto json = fullon_orm::to_json(balances, or_now(std::move(date)));
        co_await op.execute(command("HSET", balances_hash, ex_id, json));
    }

    static asio::awaitable<void> upsert_user_account(account_cache self, std::string ex_id,
                                                     boost::json::object account, std::string date)
    {
        detail::require_text(ex_id, "ex_id");
        detail::require(!account.empty(), "account", "not be empty");
        detail::require_storable(account, "account");
        detail::require_utf8(date, "date");
        detail::operation op(self, "upsert_user_account", {{"ex_id", ex_id}});
        fullon_orm::touch_balances(account, or_now(std::move(date)));
        std::string json;
        fullon_orm::write_json(json, account, fullon_orm::json_style::redis);
        co_await op.execute(command("HSET", balances_hash, ex_id, json));
    }

    static asio::awaitable<bool> touch_user_account(account_cache self, std::string ex_id, std::string date)
    {
        detail::require_text(ex_id, "ex_id");
        detail::require_utf8(date, "date");
        detail::operation op(self, "touch_user_account", {{"ex_id", ex_id}});
        account_change::function touch = [date = or_now(std::move(date))](detail::stored_document& at) {
            if (at.absent())
                return false;
            fullon_orm::touch_balances(at.change(), date);
            return true;
        };
        co_return co_await change_account(&op, std::string(balances_hash), std::move(ex_id),
                                          std::move(touch));
    }

    static asio::awaitable<std::int64_t> clean_positions(account_cache self)
    {
        detail::operation op(self, "clean_positions");
        pipeline removals;
        removals.add("DEL", positions_hash).add("DEL", balances_hash);
        std::int64_t count = 0;
        for (const auto& one : co_await op.execute_atomically(std::move(removals)))
            count += one.as_integer();
        co_return count;
    }
};

asio::awaitable<void> account_cache::upsert_positions(std::string ex_id,
                                                      std::vector<position> positions) const
{
    return calls::upsert_positions(*this, std::move(ex_id), std::move(positions));
}

asio::awaitable<void> account_cache::upsert_position(position value) const
{
    return calls::upsert_position(*this, std::move(value));
}

asio::awaitable<bool> account_cache::touch_positions(std::string ex_id) const
{
    return calls::touch_positions(*this, std::move(ex_id));
}

asio::awaitable<void> account_cache::upsert_user_account(std::string ex_id, std::vector<balance> balances,
                                                         std::string date) const
{
    return calls::upsert_user_account(*this, std::move(ex_id), std::move(balances), std::move(date));
}

asio::awaitable<void> account_cache::upsert_user_account(std::string ex_id, boost::json::object account,
                                                         std::string date) const
{
    return calls::upsert_user_account(*this, std::move(ex_id), std::move(account), std::move(date));
}

asio::awaitable<bool> account_cache::touch_user_account(std::string ex_id, std::string date) const
{
    return calls::touch_user_account(*this, std::move(ex_id), std::move(date));
}

asio::awaitable<std::int64_t> account_cache::clean_positions() const
{
    return calls::clean_positions(*this);
}

} // namespace fullon_cache
