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

constexpr std::string_view balances_time = "date";

// Of the two spellings of a number, the one that says something.
std::optional<double> either(const boost::json::object& from, std::string_view first, std::string_view second)
{
    const auto number = [&](std::string_view name) {
        const auto* const found = from.if_contains(name);
        return found ? detail::number_of(*found, detail::number_kind::plain) : std::nullopt;
    };
    const auto one = number(first);
    if (one && *one != 0)
        return one;
    const auto other = number(second);
    return other ? other : one;
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
            result.date = detail::number_of(entry, detail::number_kind::time);
            continue;
        }
        const auto* const numbers = entry.if_object();
        if (!numbers) {
            result.unreadable.emplace_back(name);
            continue;
        }
        balance one{.currency = std::string(name),
                    .total = either(*numbers, "balance", "total"),
                    .available = either(*numbers, "available", "free"),
                    .reserved = either(*numbers, "reserved", "used")};
        if (!one.reserved && one.total && one.available) {
            const double rest = std::max(0.0, *one.total - *one.available);
            if (std::isfinite(rest))
                one.reserved = rest;
        }
        result.balances.push_back(std::move(one));
    }
    result.ex_id = std::move(ex_id);
    return result;
}

std::string touch_balances(std::string_view stored, std::string_view date)
{
    const auto tree = parse_value(stored);
    const auto* before = tree ? tree->if_object() : nullptr;
    if (!before)
        return {};
    std::string out = "{";
    out.reserve(stored.size() + 32);
    for (const auto& [name, entry] : *before) {
        if (name == balances_time)
            continue;
        if (out.size() > 1)
            out.append(separator(json_style::redis));
        append_string(out, {name.data(), name.size()}, json_style::redis);
        out.append(colon(json_style::redis));
        write_json(out, entry, json_style::redis);
    }
    append_date(out, date);
    return out;
}

} // namespace fullon_orm
