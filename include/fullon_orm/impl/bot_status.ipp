// Bodies of bot_status.hpp.
#pragma once

#include <fullon_orm/bot_status.hpp>
#include <fullon_orm/codec.hpp>
#include <fullon_orm/iso_time.hpp>

#include <algorithm>
#include <utility>

namespace fullon_orm {
namespace {

constexpr std::string_view feed_time = "timestamp";
constexpr std::string_view feed_status = "status";

std::optional<std::string> status_in(const boost::json::object& from)
{
    const auto* const found = from.if_contains(feed_status);
    return found ? text_of(*found) : std::nullopt;
}

} // namespace

std::string bot_status::status() const
{
    if (auto own = status_in(data))
        return std::move(*own);
    for (const auto& [name, feed] : data)
        if (const auto* const object = feed.if_object())
            if (auto status = status_in(*object))
                return std::move(*status);
    return "unknown";
}

std::optional<double> bot_status::timestamp() const
{
    std::optional<double> newest;
    for (const auto& [name, feed] : data) {
        const auto* const object = feed.if_object();
        const auto* const found = object ? object->if_contains(feed_time) : nullptr;
        const auto time = found ? number_of(*found, number_kind::time) : std::nullopt;
        if (time)
            newest = std::max(newest.value_or(*time), *time);
    }
    return newest;
}

boost::system::result<bot_status, read_error> bot_status_from_json(std::string_view json, std::string bot_id)
{
    auto tree = parse_value(json);
    if (!tree)
        return read_error{.fault = read_fault::not_json, .member = {}};
    auto* const object = tree->if_object();
    if (!object)
        return read_error{.fault = read_fault::not_an_object, .member = {}};
    drop_non_finite(*object);
    return bot_status{.bot_id = std::move(bot_id), .data = std::move(*object)};
}

std::string stamp_feeds(const boost::json::object& data, double now)
{
    boost::json::object stamped = data;
    const auto time = format_iso(now);
    for (auto& member : stamped)
        if (auto* const feed = member.value().if_object())
            (*feed)[feed_time] = time;
    std::string out;
    write_json(out, stamped, json_style::redis);
    return out;
}

std::string opening_position_text(std::string_view bot_id, double since)
{
    return std::string(bot_id) + ":" + format_iso(since);
}

opening_position opening_position_from_text(std::string_view text, std::string exchange, std::string symbol)
{
    // The time has colons too, a bot's id might: the first one after which there is a time divides them.
    opening_position result{.exchange = std::move(exchange), .symbol = std::move(symbol)};
    for (auto colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':', colon + 1))
        if (const auto time = parse_time(text.substr(colon + 1))) {
            result.bot_id = text.substr(0, colon);
            result.since = time;
            return result;
        }
    result.bot_id = text.substr(0, text.find(':'));
    return result;
}

} // namespace fullon_orm
