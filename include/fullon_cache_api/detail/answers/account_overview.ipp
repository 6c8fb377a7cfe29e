// Bodies of the queries on all accounts and all bots.
#pragma once

#include <fullon_cache_api/detail/answers/health_rules.hpp>
#include <fullon_cache_api/detail/answers/operation_helpers.hpp>
#include <fullon_cache_api/detail/catalogue/accounts_overview.hpp>
#include <fullon_cache_api/detail/catalogue/bots_overview.hpp>

#include <fullon_cache/error.hpp>

#include <fullon_orm/json_values.hpp>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace fullon_cache_api::operations {

namespace asio = boost::asio;

namespace {

/// Half of what is known of an account. \returns whether it is there and unreadable.
template <class Part>
asio::awaitable<bool> read_part(asio::awaitable<std::optional<Part>> reading, std::optional<Part>* into)
{
    bool broken = false;
    try {
        *into = co_await std::move(reading);
    } catch (const fullon_cache::cache_error& failure) {
        if (failure.code() != fullon_cache::errc::serialization)
            throw;
        broken = true;
    }
    co_return broken;
}

// Services keep what was closed, with a volume of 0.
bool is_open(const fullon_orm::position& one)
{
    return one.volume.value_or(0) != 0;
}

// Whether one is open whose volume is missing or no number, nobody knows: it counts with what is no position at all.
std::int64_t count_unreadable(const fullon_orm::account_positions& account)
{
    const auto without_volume = std::count_if(account.positions.begin(), account.positions.end(),
                                              [](const auto& one) { return !one.volume; });
    return static_cast<std::int64_t>(account.unreadable.size()) + without_volume;
}

asio::awaitable<std::optional<account_status>> read_account_status(operation_context* context,
                                                                   std::string account)
{
    std::optional<fullon_orm::account_balances> balances;
    std::optional<fullon_orm::account_positions> positions;
    const bool balances_broken =
        co_await read_part(context->accounts.get_account_balances(account), &balances);
    const bool positions_broken =
        co_await read_part(context->accounts.get_account_positions(account), &positions);
    std::optional<account_status> found;
    if (!balances && !positions && !balances_broken && !positions_broken)
        co_return found;
    auto& status = found.emplace();
    status.unreadable = (balances_broken ? 1 : 0) + (positions_broken ? 1 : 0);
    protocol::time_span times;
    if (balances) {
        for (const auto& one : balances->balances)
            status.currencies.push_back(one.currency);
        status.unreadable += static_cast<std::int64_t>(balances->unreadable.size());
        status.balances_updated = balances->date;
    }
    if (positions) {
        for (const auto& one : positions->positions)
            if (is_open(one))
                status.symbols.push_back(one.symbol);
        status.open_positions = static_cast<std::int64_t>(status.symbols.size());
        status.unreadable += count_unreadable(*positions);
        status.positions_updated = positions->timestamp;
    }
    std::sort(status.currencies.begin(), status.currencies.end());
    std::sort(status.symbols.begin(), status.symbols.end());
    times.add(status.balances_updated);
    times.add(status.positions_updated);
    status.timestamp = times.newest;
    const double now = epoch_now();
    status.status = protocol::health_text(
        protocol::worse_of(protocol::better_of(protocol::state_by_age(status.balances_updated, now),
                                               protocol::state_by_age(status.positions_updated, now)),
                           protocol::state_by_unreadable(status.unreadable)));
    status.user_id = std::move(account);
    co_return found;
}

void add_to(currency_total& sum, const fullon_orm::balance& one)
{
    const double parts = one.available.value_or(0) + one.reserved.value_or(0);
    sum.total_balance += one.total.value_or(parts);
    sum.available_balance += one.available.value_or(0);
    sum.reserved_balance += one.reserved.value_or(0);
    ++sum.accounts;
}

accounts_summary sum_up(const fullon_cache::listing<fullon_orm::account_balances>& balances,
                        const fullon_cache::listing<fullon_orm::account_positions>& positions, double now)
{
    accounts_summary found;
    struct written {
        protocol::time_span times{};
        protocol::health_state state = protocol::health_state::unhealthy;

        void add(std::optional<double> time, double at)
        {
            times.add(time);
            state = protocol::better_of(state, protocol::state_by_age(time, at));
        }
    };
    std::map<std::string, written> accounts;
    found.unreadable = balances.unreadable + positions.unreadable;
    for (const auto& account : balances.entries) {
        accounts[account.ex_id].add(account.date, now);
        found.unreadable += static_cast<std::int64_t>(account.unreadable.size());
        for (const auto& one : account.balances)
            add_to(found.totals[one.currency], one);
    }
    for (const auto& account : positions.entries) {
        accounts[account.ex_id].add(account.timestamp, now);
        found.unreadable += count_unreadable(account);
        const auto open = std::count_if(account.positions.begin(), account.positions.end(), is_open);
        found.open_positions += open;
        found.with_positions += open != 0 ? 1 : 0;
    }
    found.accounts = static_cast<std::int64_t>(accounts.size());
    found.with_balances = static_cast<std::int64_t>(balances.entries.size());
    protocol::time_span times;
    auto state = protocol::state_by_unreadable(found.unreadable);
    auto best = protocol::health_state::unhealthy;
    for (const auto& [account, one] : accounts) {
        times.add(one.times.newest);
        best = protocol::better_of(best, one.state);
        if (one.state != protocol::health_state::healthy)
            state = protocol::health_state::degraded;
    }
    if (best == protocol::health_state::unhealthy)
        state = best;
    found.oldest = times.oldest;
    found.newest = times.newest;
    found.status = protocol::health_text(state);
    return found;
}

asio::awaitable<accounts_summary> read_accounts_summary(operation_context* context)
{
    const auto balances = co_await context->accounts.list_accounts();
    const auto positions = co_await context->accounts.list_account_positions();
    co_return sum_up(balances, positions, epoch_now());
}

bool says_user(const boost::json::object& from, std::string_view user)
{
    for (const std::string_view name : {"user_id", "uid"}) {
        const auto* const said = from.if_contains(name);
        if (!said)
            continue;
        const auto id = fullon_orm::id_of(*said);
        if (id && id_text(*id) == user)
            return true;
    }
    return false;
}

bool belongs_to(const boost::json::object& bot, std::string_view user)
{
    return says_user(bot, user) || std::any_of(bot.begin(), bot.end(), [&](const auto& member) {
               const auto* const feed = member.value().if_object();
               return feed && says_user(*feed, user);
           });
}

asio::awaitable<coordination_status> read_coordination(operation_context* context)
{
    auto blocks = co_await context->bots.list_blocks();
    auto marks = co_await context->bots.list_opening_positions();
    coordination_status found;
    protocol::time_span times;
    const auto by_place = [](const auto& a, const auto& b) {
        return std::tie(a.exchange, a.symbol) < std::tie(b.exchange, b.symbol);
    };
    std::sort(blocks.entries.begin(), blocks.entries.end(), by_place);
    std::sort(marks.entries.begin(), marks.entries.end(), by_place);
    found.unreadable = blocks.unreadable + marks.unreadable;
    auto state = protocol::state_by_unreadable(found.unreadable);
    const double now = epoch_now();
    for (const auto& one : marks.entries) {
        times.add(one.since);
        state = protocol::worse_of(state, one.since ? protocol::state_by_age(one.since, now)
                                                    : protocol::health_state::degraded);
    }
    found.status = protocol::health_text(state);
    found.oldest = times.oldest;
    found.newest = times.newest;
    found.blocks = std::move(blocks.entries);
    found.opening_positions = std::move(marks.entries);
    co_return found;
}

} // namespace

asio::awaitable<answer<account_status>> get_accounts_status::run(operation_context& context, params arguments)
{
    const auto account = id_text(arguments.user_id);
    auto reading = within_time_of(context, read_account_status(&context, account));
    auto found = co_await std::move(reading);
    if (!found)
        co_return answer<result>::miss("Account " + account + " not found");
    co_return found_in_redis(std::move(*found));
}

asio::awaitable<answer<accounts_summary>> get_accounts_summary::run(operation_context& context, params)
{
    auto reading = within_time_of(context, read_accounts_summary(&context));
    auto found = co_await std::move(reading);
    const bool any = found.accounts != 0;
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<user_bots>> get_bots_bots::run(operation_context& context, params arguments)
{
    auto reading = within_time_of(context, context.bots.list_bots());
    auto stored = co_await std::move(reading);
    const auto user = id_text(arguments.user_id);
    result found;
    found.unreadable = stored.unreadable;
    for (auto& one : stored.entries)
        if (belongs_to(one.data, user))
            found.bots.emplace(std::move(one.bot_id), std::move(one.data));
    const bool any = !found.bots.empty();
    co_return found_in_redis(std::move(found), any);
}

asio::awaitable<answer<coordination_status>> get_bots_coordination_status::run(operation_context& context,
                                                                               params)
{
    auto reading = within_time_of(context, read_coordination(&context));
    auto found = co_await std::move(reading);
    const bool any = !found.blocks.empty() || !found.opening_positions.empty();
    co_return found_in_redis(std::move(found), any);
}

} // namespace fullon_cache_api::operations
