// Bodies of position.hpp.
#pragma once

#include <fullon_orm/codec.hpp>
#include <fullon_orm/position.hpp>

#include <boost/json/object.hpp>
#include <boost/mp11/algorithm.hpp>

#include <cmath>
#include <utility>

namespace fullon_orm {
namespace {

constexpr std::string_view positions_time = "timestamp";

// What is stored of a position: its symbol is the name of its entry, its account the field.
struct stored_position {
    std::optional<double> cost{};
    std::optional<double> volume{};
    std::optional<double> fee{};
    std::optional<double> count{};
    std::optional<double> price{};
    std::optional<double> timestamp{};
};
BOOST_DESCRIBE_STRUCT(stored_position, (), (cost, volume, fee, count, price, timestamp))

// A null would make the Python gateway fail for every account.
double or_zero(std::optional<double> number)
{
    return number && std::isfinite(*number) ? *number : 0.0;
}

stored_position stored_part(const position& from)
{
    return {.cost = or_zero(from.cost),
            .volume = or_zero(from.volume),
            .fee = or_zero(from.fee),
            .count = or_zero(from.count),
            .price = or_zero(from.price),
            .timestamp = or_zero(from.timestamp)};
}

void append_entry_name(std::string& out, std::string_view name)
{
    if (out.size() > 1)
        out.append(separator(json_style::redis));
    append_string(out, name, json_style::redis);
    out.append(colon(json_style::redis));
}

void append_position(std::string& out, const position& value)
{
    append_entry_name(out, value.symbol);
    write_json(out, stored_part(value), json_style::redis);
}

void append_time(std::string& out, std::optional<double> time)
{
    append_entry_name(out, positions_time);
    write_iso_time(out, time);
    out.push_back('}');
}

} // namespace

std::string to_json(const account_positions& value)
{
    std::string out = "{";
    out.reserve(64 + 128 * value.positions.size());
    for (const auto& one : value.positions)
        append_position(out, one);
    append_time(out, value.timestamp);
    return out;
}

boost::system::result<account_positions, read_error> account_positions_from_json(std::string_view json,
                                                                                 std::string ex_id)
{
    const auto tree = parse_value(json);
    if (!tree)
        return read_error{.fault = read_fault::not_json, .member = {}};
    const auto* object = tree->if_object();
    if (!object)
        return read_error{.fault = read_fault::not_an_object, .member = {}};
    account_positions result;
    for (const auto& [name, entry] : *object) {
        if (name == positions_time) {
            result.timestamp = number_of(entry, number_kind::time);
            continue;
        }
        const auto read = read_json<stored_position>(entry);
        if (!read) {
            result.unreadable.emplace_back(name);
            continue;
        }
        result.positions.push_back({.symbol = std::string(name),
                                    .ex_id = ex_id,
                                    .cost = read->cost,
                                    .volume = read->volume,
                                    .fee = read->fee,
                                    .count = read->count,
                                    .price = read->price,
                                    .timestamp = read->timestamp});
    }
    result.ex_id = std::move(ex_id);
    return result;
}

void merge_position(boost::json::object& stored, const position& value, double now)
{
    const auto part = stored_part(value);
    boost::json::object entry(stored.storage());
    boost::mp11::mp_for_each<members_of<stored_position>>(
        [&](auto member) { entry.emplace(decltype(member)::name, *(part.*member.pointer)); });
    stored.insert_or_assign(value.symbol, std::move(entry));
    touch_positions(stored, now);
}

void touch_positions(boost::json::object& stored, double now)
{
    // The time stands behind the positions.
    if (const auto before = stored.find(positions_time); before != stored.end())
        stored.stable_erase(before);
    auto time = format_iso(now);
    stored.emplace(positions_time, time.empty() ? boost::json::value() : boost::json::value(time));
}

} // namespace fullon_orm
