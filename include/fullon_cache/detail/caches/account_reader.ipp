// Bodies of account_reader.hpp.
#pragma once

#include <fullon_cache/account_reader.hpp>
#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/keys.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::account_balances;
using fullon_orm::account_positions;
using fullon_orm::balance;
using fullon_orm::position;

namespace {

// An account that could be read, with those of its entries that could not.
template <class Account>
void count_entries(reading& into, const Account& account)
{
    into.readable();
    for (const auto& entry : account.unreadable)
        into.unreadable(account.ex_id + " " + entry, "not a JSON object");
}

template <class Account>
void report_account(const detail::operation& op, std::string_view key, const Account& account)
{
    reading found;
    count_entries(found, account);
    op.report(std::string(key) + " " + account.ex_id, found);
}

// What is asked for by its name and cannot be read is not missing.
template <class Entry>
std::optional<Entry> take_named(std::vector<Entry>& from, std::string Entry::* name, const std::string& value,
                                const std::vector<std::string>& unreadable)
{
    const auto place =
        std::find_if(from.begin(), from.end(), [&](const Entry& one) { return one.*name == value; });
    if (place != from.end())
        return std::move(*place);
    if (std::find(unreadable.begin(), unreadable.end(), value) != unreadable.end())
        throw cache_error(errc::serialization, value + ": not a JSON object");
    return std::nullopt;
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct account_reader::calls {
    static asio::awaitable<std::optional<account_positions>> get_account_positions(account_reader self,
                                                                                   std::string ex_id)
    {
        detail::require_text(ex_id, "ex_id");
        detail::operation op(self, "get_positions", {{"ex_id", ex_id}});
        const auto json = (co_await op.execute(command("HGET", positions_hash, ex_id))).as_text();
        op.hit(json.has_value());
        if (!json)
            co_return std::nullopt;
        auto read = fullon_orm::account_positions_from_json(*json, ex_id);
        if (!read)
            op.fail(errc::serialization,
                    std::string(positions_hash) + " " + ex_id + ": " + read.error().text());
        report_account(op, positions_hash, *read);
        co_return std::move(*read);
    }

    static asio::awaitable<std::vector<position>> get_positions(account_reader self, std::string ex_id)
    {
        auto account = co_await self.get_account_positions(std::move(ex_id));
        std::vector<position> result;
        if (account)
            result = std::move(account->positions);
        co_return result;
    }

    static asio::awaitable<std::optional<position>>
    get_position(account_reader self, std::string ex_id, std::string symbol, std::optional<double> newer_than)
    {
        detail::require_text(symbol, "symbol");
        auto account = co_await self.get_account_positions(std::move(ex_id));
        std::optional<position> found;
        if (account)
            found = take_named(account->positions, &position::symbol, symbol, account->unreadable);
        if (found && newer_than && !(found->timestamp && *found->timestamp > *newer_than))
            found.reset();
        co_return found;
    }

    static asio::awaitable<listing<account_positions>> list_account_positions(account_reader self)
    {
        detail::operation op(self, "get_all_positions");
        auto fields = co_await op.read_hash(std::string(positions_hash));
        listing<account_positions> result;
        reading found;
        for (const auto& [ex_id, json] : fields) {
            auto read = fullon_orm::account_positions_from_json(json, ex_id);
            if (!read) {
                ++result.unreadable;
                found.unreadable(ex_id, read.error().text());
                continue;
            }
            count_entries(found, *read);
            result.entries.push_back(std::move(*read));
        }
        op.report(positions_hash, found);
        op.hit(!result.entries.empty());
        co_return result;
    }

    static asio::awaitable<std::vector<position>> get_all_positions(account_reader self)
    {
        auto accounts = co_await self.list_account_positions();
        std::vector<position> result;
        for (auto& one : accounts.entries)
            std::move(one.positions.begin(), one.positions.end(), std::back_inserter(result));
        co_return result;
    }

    static asio::awaitable<std::optional<account_balances>> get_account_balances(account_reader self,
                                                                                 std::string ex_id)
    {
        detail::require_text(ex_id, "ex_id");
        detail::operation op(self, "get_balances", {{"ex_id", ex_id}});
        const auto json = (co_await op.execute(command("HGET", balances_hash, ex_id))).as_text();
        op.hit(json.has_value());
        if (!json)
            co_return std::nullopt;
        auto read = fullon_orm::account_balances_from_json(*json, ex_id);
        if (!read)
            op.fail(errc::serialization,
                    std::string(balances_hash) + " " + ex_id + ": " + read.error().text());
        report_account(op, balances_hash, *read);
        co_return std::move(*read);
    }

    static asio::awaitable<std::optional<balance>> get_full_account(account_reader self, std::string ex_id,
                                                                    std::string currency)
    {
        detail::require_text(currency, "currency");
        auto account = co_await self.get_account_balances(std::move(ex_id));
        std::optional<balance> found;
        if (account)
            found = take_named(account->balances, &balance::currency, currency, account->unreadable);
        co_return found;
    }

    static asio::awaitable<listing<account_balances>> list_accounts(account_reader self)
    {
        detail::operation op(self, "get_all_accounts");
        auto fields = co_await op.read_hash(std::string(balances_hash));
        listing<account_balances> result;
        reading found;
        for (const auto& [ex_id, json] : fields) {
            auto read = fullon_orm::account_balances_from_json(json, ex_id);
            if (!read) {
                ++result.unreadable;
                found.unreadable(ex_id, read.error().text());
                continue;
            }
            count_entries(found, *read);
            result.entries.push_back(std::move(*read));
        }
        op.report(balances_hash, found);
        op.hit(!result.entries.empty());
        co_return result;
    }

    static asio::awaitable<std::vector<account_balances>> get_all_accounts(account_reader self)
    {
        auto found = co_await self.list_accounts();
        co_return std::move(found.entries);
    }
};

asio::awaitable<std::optional<account_positions>>
account_reader::get_account_positions(std::string ex_id) const
{
    return calls::get_account_positions(*this, std::move(ex_id));
}

asio::awaitable<std::vector<position>> account_reader::get_positions(std::string ex_id) const
{
    return calls::get_positions(*this, std::move(ex_id));
}

asio::awaitable<std::optional<position>> account_reader::get_position(std::string ex_id, std::string symbol,
                                                                      std::optional<double> newer_than) const
{
    return calls::get_position(*this, std::move(ex_id), std::move(symbol), newer_than);
}

asio::awaitable<listing<account_positions>> account_reader::list_account_positions() const
{
    return calls::list_account_positions(*this);
}

asio::awaitable<std::vector<position>> account_reader::get_all_positions() const
{
    return calls::get_all_positions(*this);
}

asio::awaitable<std::optional<account_balances>> account_reader::get_account_balances(std::string ex_id) const
{
    return calls::get_account_balances(*this, std::move(ex_id));
}

asio::awaitable<std::optional<balance>> account_reader::get_full_account(std::string ex_id,
                                                                         std::string currency) const
{
    return calls::get_full_account(*this, std::move(ex_id), std::move(currency));
}

asio::awaitable<listing<account_balances>> account_reader::list_accounts() const
{
    return calls::list_accounts(*this);
}

asio::awaitable<std::vector<account_balances>> account_reader::get_all_accounts() const
{
    return calls::get_all_accounts(*this);
}

} // namespace fullon_cache
