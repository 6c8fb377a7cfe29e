// Bodies of account_reader.hpp.
#pragma once

#include <fullon_cache/account_reader.hpp>
#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>

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

template <class Account>
void report_unreadable(const detail::operation& op, std::string_view key, const Account& account)
{
    for (const auto& entry : account.unreadable)
        op.skip(key, account.ex_id + " " + entry, "not a JSON object");
}

template <class Entry>
std::optional<Entry> take_named(std::vector<Entry>& from, std::string Entry::* name, const std::string& value)
{
    const auto place =
        std::find_if(from.begin(), from.end(), [&](const Entry& one) { return one.*name == value; });
    return place == from.end() ? std::nullopt : std::optional(std::move(*place));
}

} // namespace

asio::awaitable<std::optional<account_positions>>
account_reader::get_account_positions(std::string ex_id) const
{
    detail::require_text(ex_id, "ex_id");
    detail::operation op(*this, "get_positions", {{"ex_id", ex_id}});
    const auto json = (co_await op.execute(command("HGET", detail::positions_hash, ex_id))).as_text();
    op.hit(json.has_value());
    if (!json)
        co_return std::nullopt;
    auto read = fullon_orm::account_positions_from_json(*json, ex_id);
    if (!read)
        op.fail(errc::serialization,
                std::string(detail::positions_hash) + " " + ex_id + ": " + read.error().text());
    report_unreadable(op, detail::positions_hash, *read);
    co_return std::move(*read);
}

asio::awaitable<std::vector<position>> account_reader::get_positions(std::string ex_id) const
{
    auto account = co_await get_account_positions(std::move(ex_id));
    std::vector<position> result;
    if (account)
        result = std::move(account->positions);
    co_return result;
}

asio::awaitable<std::optional<position>> account_reader::get_position(std::string symbol, std::string ex_id,
                                                                      std::optional<double> newer_than) const
{
    detail::require_text(symbol, "symbol");
    auto account = co_await get_account_positions(std::move(ex_id));
    std::optional<position> found;
    if (account)
        found = take_named(account->positions, &position::symbol, symbol);
    if (found && newer_than && !(found->timestamp && *found->timestamp > *newer_than))
        found.reset();
    co_return found;
}

asio::awaitable<listing<account_positions>> account_reader::list_account_positions() const
{
    detail::operation op(*this, "get_all_positions");
    auto fields = co_await op.read_hash(std::string(detail::positions_hash));
    listing<account_positions> result;
    for (const auto& [ex_id, json] : fields) {
        auto read = fullon_orm::account_positions_from_json(json, ex_id);
        if (!read) {
            ++result.unreadable;
            op.skip(detail::positions_hash, ex_id, read.error().text());
            continue;
        }
        report_unreadable(op, detail::positions_hash, *read);
        result.entries.push_back(std::move(*read));
    }
    op.hit(!result.entries.empty());
    co_return result;
}

asio::awaitable<std::vector<position>> account_reader::get_all_positions() const
{
    auto accounts = co_await list_account_positions();
    std::vector<position> result;
    for (auto& one : accounts.entries)
        std::move(one.positions.begin(), one.positions.end(), std::back_inserter(result));
    co_return result;
}

asio::awaitable<std::optional<account_balances>> account_reader::get_account_balances(std::string ex_id) const
{
    detail::require_text(ex_id, "ex_id");
    detail::operation op(*this, "get_balances", {{"ex_id", ex_id}});
    const auto json = (co_await op.execute(command("HGET", detail::balances_hash, ex_id))).as_text();
    op.hit(json.has_value());
    if (!json)
        co_return std::nullopt;
    auto read = fullon_orm::account_balances_from_json(*json, ex_id);
    if (!read)
        op.fail(errc::serialization,
                std::string(detail::balances_hash) + " " + ex_id + ": " + read.error().text());
    report_unreadable(op, detail::balances_hash, *read);
    co_return std::move(*read);
}

asio::awaitable<std::optional<balance>> account_reader::get_full_account(std::string ex_id,
                                                                         std::string currency) const
{
    detail::require_text(currency, "currency");
    auto account = co_await get_account_balances(std::move(ex_id));
    std::optional<balance> found;
    if (account)
        found = take_named(account->balances, &balance::currency, currency);
    co_return found;
}

asio::awaitable<listing<account_balances>> account_reader::list_accounts() const
{
    detail::operation op(*this, "get_all_accounts");
    auto fields = co_await op.read_hash(std::string(detail::balances_hash));
    listing<account_balances> result;
    for (const auto& [ex_id, json] : fields) {
        auto read = fullon_orm::account_balances_from_json(json, ex_id);
        if (!read) {
            ++result.unreadable;
            op.skip(detail::balances_hash, ex_id, read.error().text());
            continue;
        }
        report_unreadable(op, detail::balances_hash, *read);
        result.entries.push_back(std::move(*read));
    }
    op.hit(!result.entries.empty());
    co_return result;
}

asio::awaitable<std::vector<account_balances>> account_reader::get_all_accounts() const
{
    auto found = co_await list_accounts();
    co_return std::move(found.entries);
}

} // namespace fullon_cache
