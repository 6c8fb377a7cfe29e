// Bodies of position.hpp.
#pragma once

#include <fullon_orm/codec.hpp>
#include <fullon_orm/position.hpp>

#include <boost/json/object.hpp>

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

stored_position stored_part(const position& from)
{
    return {.cost = from.cost,
            .volume = from.volume,
            .fee = from.fee,
            .count = from.count,
            .price = from.price,
            .timestamp = from.timestamp};
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
    detail::write_iso_time(out, time);
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
            result.timestamp = detail::number_of(entry, detail::number_kind::time);
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

std::string merge_position(std::string_view stored, const position& value, double now)
{
    const auto tree = parse_value(stored);
    const auto* before = tree ? tree->if_object() : nullptr;
    std::string out = "{";
    out.reserve(stored.size() + 128);
    bool replaced = false;
    if (before)
        for (const auto& [name, entry] : *before) {
            if (name == positions_time)
                continue;
            if (name == value.symbol) {
                append_position(out, value);
                replaced = true;
                continue;
            }
            append_entry_name(out, {name.data(), name.size()});
            write_json(out, entry, json_style::redis);
        }
    if (!replaced)
        append_position(out, value);
    append_time(out, now);
    return out;
}

std::string touch_positions(std::string_view stored, double now)
{
    const auto tree = parse_value(stored);
    const auto* before = tree ? tree->if_object() : nullptr;
    if (!before)
        return {};
    std::string out = "{";
    out.reserve(stored.size() + 64);
    for (const auto& [name, entry] : *before) {
        if (name == positions_time)
            continue;
        append_entry_name(out, {name.data(), name.size()});
        write_json(out, entry, json_style::redis);
    }
    append_time(out, now);
    return out;
}

} // namespace fullon_orm
