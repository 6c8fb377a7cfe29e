// What queries and streams of the compat dialect share: reading parameters as Python did, shapes of objects. Included by
// impl files only.
#pragma once

#include <fullon_cache_api/detail/compat/compat_messages.hpp>
#include <fullon_cache_api/detail/compat/compat_operations.hpp>

#include <fullon_orm/clock.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cmath>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace fullon_cache_api::detail::compat {

namespace json = boost::json;
using protocol::compat_error;

/// A parameter as it came; null where it was left out.
inline json::value raw(const json::object& asked, std::string_view name)
{
    const auto* found = asked.if_contains(name);
    return found ? *found : json::value();
}

inline std::string text(const json::object& asked, std::string_view name)
{
    return protocol::python_text(raw(asked, name));
}

inline bool given(const json::object& asked, std::string_view name)
{
    return protocol::python_truth(asked.if_contains(name));
}

inline bool is_null(const json::object& asked, std::string_view name)
{
    const auto* found = asked.if_contains(name);
    return !found || found->is_null();
}

inline compat_params fail(compat_error why)
{
    compat_params none;
    none.failure = std::move(why);
    return none;
}

inline compat_params refuse(std::string problem)
{
    return fail({"INVALID_PARAMS", std::move(problem)});
}

inline compat_params none(const json::object&)
{
    return {};
}

/// These parameters as texts, each of which must say something.
inline compat_params require(const json::object& asked, std::initializer_list<std::string_view> names,
                             std::string_view problem)
{
    compat_params read;
    for (const auto name : names) {
        if (!given(asked, name))
            return refuse(std::string(problem));
        read.params[name] = text(asked, name);
    }
    return read;
}

/// A number of the catalogue's result; 0.0 where it has none.
inline double number(const json::object& found, std::string_view name)
{
    const auto* value = found.if_contains(name);
    boost::system::error_code ignored;
    const double read = value && value->is_number() ? value->to_number<double>(ignored) : 0.0;
    return std::isfinite(read) ? read : 0.0;
}

/// A time of it; now where it has none.
inline double time(const json::object& found, std::string_view name)
{
    const auto* value = found.if_contains(name);
    return value && value->is_number() ? number(found, name) : fullon_orm::now_seconds();
}

inline void append_ticker(json::object& to, const json::object& found)
{
    to["price"] = number(found, "price");
    to["volume"] = number(found, "volume");
    to["timestamp"] = time(found, "timestamp");
    to["bid"] = number(found, "bid");
    to["ask"] = number(found, "ask");
    to["change_24h"] = 0.0;
}

// A missing volume is 0.0 here, and that is long.
inline void append_position(json::object& to, const json::object& found)
{
    to["side"] = is_null(found, "side") ? json::value("long") : raw(found, "side");
    to["size"] = number(found, "size");
    to["entry_price"] = number(found, "entry_price");
    to["mark_price"] = number(found, "entry_price");
    to["pnl"] = 0.0;
    to["pnl_percent"] = 0.0;
    to["timestamp"] = time(found, "timestamp");
}

inline void append_trade(json::object& to, const json::object& found)
{
    to["side"] = raw(found, "side");
    to["volume"] = number(found, "volume");
    to["price"] = number(found, "price");
    to["timestamp"] = time(found, "timestamp");
    to["trade_id"] = raw(found, "trade_id");
}

/// What `user_id` names, as a number; null where it says nothing.
inline json::value user_number(const json::object& asked)
{
    if (!given(asked, "user_id"))
        return nullptr;
    const auto number = protocol::python_int(raw(asked, "user_id"));
    return number ? json::value(*number) : json::value();
}

} // namespace fullon_cache_api::detail::compat

namespace fullon_cache_api::detail {

// The two halves of compat_operations().
std::vector<compat_operation> compat_queries();
std::vector<compat_operation> compat_stream_kinds();

} // namespace fullon_cache_api::detail
