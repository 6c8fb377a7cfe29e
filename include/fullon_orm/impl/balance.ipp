// Bodies of balance.hpp.
#pragma once

#include <fullon_orm/balance.hpp>
#include <fullon_orm/codec.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace fullon_orm {
namespace {

constexpr std::string_view balances_time = account_members.front();

// Of the two spellings of a number, the one that says something.
std::optional<double> either(const boost::json::object& from, std::string_view first, std::string_view second)
{
    const auto number = [&](std::string_view name) {
        const auto* const found = from.if_contains(name);
        return found ? number_of(*found, number_kind::plain) : std::nullopt;
    };
    const auto one = number(first);
    if (one && *one != 0)
        return one;
    const auto other = number(second);
    return other ? other : one;
}

// What ccxt's fetch_balance() has beside the currencies.
bool is_currency(std::string_view name)
{
    return std::find(account_members.begin(), account_members.end(), name) == account_members.end();
}

// The part that is not stored; nothing of what is beyond a double.
std::optional<double> rest(double whole, double part)
{
    const double left = std::max(0.0, whole - part);
    return std::isfinite(left) ? std::optional(left) : std::nullopt;
}

struct stored_balance {
    std::optional<double> balance{};
    std::optional<double> available{};
    std::optional<double> reserved{};
};
BOOST_DESCRIBE_STRUCT(stored_balance, (), (balance, available, reserved))

void append_date(std::string& out, std::string_view date)
{
    if (out.size() > 1)
        out.append(separator(json_style::redis));
    append_string(out, balances_time, json_style::redis);
    out.append(colon(json_style::redis));
    append_string(out, date, json_style::redis);
    out.push_back('}');
}

} // namespace

std::string to_json(const std::vector<balance>& balances, std::string_view date)
{
    std::string out = "{";
    out.reserve(64 + 96 * balances.size());
    for (const auto& one : balances) {
        if (out.size() > 1)
            out.append(separator(json_style::redis));
        append_string(out, one.currency, json_style::redis);
        out.append(colon(json_style::redis));
        const stored_balance entry{
            .balance = one.total, .available = one.available, .reserved = one.reserved};
        write_json(out, entry, json_style::redis);
    }
    append_date(out, date);
    return out;
}

boost::system::result<account_balances, read_error> account_balances_from_json(std::string_view json,
                                                                               std::string ex_id)
{
    const auto tree = parse_value(json);
    if (!tree)
        return read_error{.fault = read_fault::not_json, .member = {}};
    const auto* object = tree->if_object();
    if (!object)
        return read_error{.fault = read_fault::not_an_object, .member = {}};
    account_balances result;
    for (const auto& [name, entry] : *object) {
        if (name == balances_time) {
            result.date = number_of(entry, number_kind::time);
            continue;
        }
        if (!is_currency(name))
            continue;
        const auto* const numbers = entry.if_object();
        if (!numbers) {
            result.unreadable.emplace_back(name);
            continue;
        }
        balance one{.currency = std::string(name),
                    .total = either(*numbers, "balance", "total"),
                    .available = either(*numbers, "available", "free"),
                    .reserved = either(*numbers, "reserved", "used")};
        if (one.total && !one.available)
            one.available = rest(*one.total, one.reserved.value_or(0));
        if (one.total && one.available && !one.reserved)
            one.reserved = rest(*one.total, *one.available);
        result.balances.push_back(std::move(one));
    }
    result.ex_id = std::move(ex_id);
    return result;
}

void touch_balances(boost::json::object& stored, std::string_view date)
{
    // It stands behind the currencies.
    if (const auto before = stored.find(balances_time); before != stored.end())
        stored.stable_erase(before);
    stored.emplace(balances_time, date);
}

} // namespace fullon_orm
