// Bodies of process_cache.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/keys/storable.hpp>
#include <fullon_cache/detail/lists/joint_writes.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/process_cache.hpp>
#include <fullon_orm/clock.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/iso_time.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::process_info;

namespace detail {

// A process that was found stale, and since when it is on the list of its type.
struct stale_process {
    std::string_view type;
    std::string id;
    std::string active_since;
};

} // namespace detail

namespace {

constexpr std::chrono::seconds data_lifetime{86400};
constexpr const char* stopped = "stopped";

template <class Known>
void require_known(const std::string& value, const Known& known, const char* name)
{
    detail::require(std::find(known.begin(), known.end(), value) != known.end(), name,
                    "be one of those that there are");
}

std::string data_key(std::string_view id)
{
    return make_key(process_data_prefix, id);
}

std::string active_key(std::string_view type)
{
    return make_key(process_active_prefix, type);
}

detail::process_place place_of(const process_info& process)
{
    return {.data = data_key(process.process_id),
            .active = active_key(process.process_type),
            .id = process.process_id,
            .component = process.component};
}

/// An update of a process, or its end.
class process_change final : public detail::merge_change {
public:
    process_change(std::string id, process_update update, bool stops)
        : id_(std::move(id)), update_(std::move(update)), stops_(stops)
    {}

    bool apply(detail::stored_document& at) override
    {
        if (at.absent())
            return false;
        auto read = fullon_orm::process_info_from_json(at.text(), id_);
        if (!read)
            at.refuse(read.error().text());
        auto& process = *read;
        // A late sign of life does not bring back what has stopped: who starts again registers.
        if (process.status == stopped && !stops_)
            return false;
        if (const auto* const stored = at.object().if_contains("params"); stored && stored->is_object())
            process.params = stored->get_object(); // as it was written
        for (const auto& [name, value] : update_.params)
            process.params[name] = value;
        if (update_.status)
            process.status = *update_.status;
        if (update_.message)
            process.message = *update_.message;
        const double now = fullon_orm::now_seconds();
        process.updated_at = now;
        if (update_.heartbeat)
            process.heartbeat = now;
        at.replace(fullon_orm::merge_process(at.object(), process));
        place_ = place_of(process);
        time_ = fullon_orm::format_iso(now);
        return true;
    }

    command write(const std::optional<std::string>& expected, const std::string& text) const override
    {
        const auto& before = expected.value();
        return stops_ ? detail::stop_process(place_, before, text, time_, data_lifetime)
                      : detail::update_process(place_, before, text, time_, data_lifetime);
    }

private:
    std::string id_;
    process_update update_;
    bool stops_;
    detail::process_place place_;
    std::string time_;
};

// \returns whether there was such a process.
asio::awaitable<bool> change_process(detail::operation* op, std::string id, process_update update, bool stops)
{
    auto key = data_key(id);
    auto change = std::make_shared<process_change>(std::move(id), std::move(update), stops);
    const auto result = co_await op->merge(std::move(key), std::string(), std::move(change));
    co_return result.changed;
}

// Stops it in one step, if all is still as it was read.
command clear(const detail::stale_process& found, const reply& data, double now)
{
    const auto stored = data.type == reply::kind::text ? std::optional(data.text) : std::nullopt;
    const auto read = fullon_orm::process_info_from_json(stored.value_or("{}"), found.id);
    auto process = read ? *read : *fullon_orm::process_info_from_json("{}", found.id);
    std::string json; // what cannot be read is never overwritten
    if (stored && read) {
        process.status = stopped;
        process.message = "Stopped: stale";
        process.updated_at = now;
        json = fullon_orm::merge_process(fullon_orm::parse_value(*stored)->get_object(), process);
    }
    auto at = place_of(process);
    at.active = active_key(found.type);
    return detail::clear_process(at, found.active_since,
                                 data.is_null() ? std::nullopt : std::optional(data.text), json,
                                 data_lifetime);
}

} // namespace

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct process_cache::calls {
    static asio::awaitable<std::string> register_process(process_cache self, std::string process_type,
                                                         std::string component, boost::json::object params,
                                                         std::optional<std::string> message,
                                                         std::string status)
    {
        require_known(process_type, fullon_orm::process_types, "process_type");
        require_known(status, fullon_orm::process_statuses, "status");
        detail::require_text(component, "component");
        detail::require_utf8(component, "component");
        detail::require_utf8(message.value_or(""), "message");
        detail::require_storable(params, "params", 1);
        detail::operation op(self, "register_process",
                             {{"process_type", process_type}, {"component", component}});
        const double now = fullon_orm::now_seconds();
        process_info process;
        process.process_id = fullon_orm::make_process_id(process_type, component, now);
        process.process_type = std::move(process_type);
        process.component = component;
        process.params = std::move(params);
        process.status = std::move(status);
        process.message = message ? std::move(*message) : "Process " + component + " registered";
        process.created_at = process.updated_at = process.heartbeat = now;
        co_await op.execute(detail::register_process(place_of(process), to_json(process),
                                                     fullon_orm::format_iso(now), data_lifetime));
        co_return std::move(process.process_id);
    }

    static asio::awaitable<bool> update_process(process_cache self, std::string process_id,
                                                process_update update)
    {
        detail::require_text(process_id, "process_id");
        if (update.status)
            require_known(*update.status, fullon_orm::process_statuses, "status");
        detail::require_utf8(update.message.value_or(""), "message");
        detail::require_storable(update.params, "params", 1);
        detail::operation op(self, "update_process", {{"process_id", process_id}});
        co_return co_await change_process(&op, std::move(process_id), std::move(update), false);
    }

    static asio::awaitable<bool> stop_process(process_cache self, std::string process_id, std::string message)
    {
        detail::require_text(process_id, "process_id");
        detail::require_utf8(message, "message");
        detail::operation op(self, "stop_process", {{"process_id", process_id}});
        process_update update;
        update.status = stopped;
        update.message = std::move(message);
        update.heartbeat = false;
        co_return co_await change_process(&op, std::move(process_id), std::move(update), true);
    }

    static asio::awaitable<std::int64_t> cleanup_stale_processes(process_cache self,
                                                                 std::chrono::minutes older_than)
    {
        detail::require(older_than >= std::chrono::minutes::zero(), "older_than", "not be below zero");
        detail::operation op(self, "cleanup_stale_processes");
        const double now = fullon_orm::now_seconds();
        const double limit =
            now - std::chrono::duration<double>(older_than).count(); // of any length: a double
        pipeline reads;
        for (const auto type : fullon_orm::process_types)
            reads.add("HGETALL", active_key(type));
        const auto lists = co_await op.execute(std::move(reads));
        std::vector<detail::stale_process> stale;
        pipeline data;
        for (std::size_t i = 0; i < lists.size(); ++i)
            for (std::size_t k = 0; k + 1 < lists[i].items.size(); k += 2) {
                const auto& id = lists[i].items[k].text;
                const auto& updated = lists[i].items[k + 1].text;
                const auto time = fullon_orm::parse_time(updated);
                if (time && *time >= limit)
                    continue;
                stale.push_back({.type = fullon_orm::process_types[i], .id = id, .active_since = updated});
                data.add("GET", data_key(id));
            }
        if (stale.empty())
            co_return 0;
        const auto found = co_await op.execute_each(std::move(data));
        pipeline stops;
        for (std::size_t i = 0; i < stale.size(); ++i)
            stops.add(clear(stale[i], found.at(i), now));
        std::int64_t count = 0;
        for (const auto& one : co_await op.execute(std::move(stops)))
            count += one.as_integer();
        co_return count;
    }

    static asio::awaitable<std::int64_t> delete_from_top(process_cache self, std::string component)
    {
        if (component.empty())
            co_return 0;
        detail::operation op(self, "delete_from_top", {{"component", component}});
        const auto id = (co_await op.execute(command("HGET", process_components_hash, component))).as_text();
        op.hit(id.has_value());
        bool was_there = false;
        if (id)
            was_there = co_await self.stop_process(*id);
        co_return was_there ? 1 : 0;
    }

    static asio::awaitable<std::int64_t> broadcast_message(process_cache self, std::string process_type,
                                                           std::string message, boost::json::object data)
    {
        require_known(process_type, fullon_orm::process_types, "process_type");
        detail::require_utf8(message, "message");
        detail::require_storable(data, "data", 1);
        detail::operation op(self, "broadcast_message", {{"process_type", process_type}});
        boost::json::object content;
        content["message"] = message;
        content["data"] = std::move(data);
        content["timestamp"] = fullon_orm::format_iso(fullon_orm::now_seconds());
        std::string json;
        fullon_orm::write_json(json, content, fullon_orm::json_style::redis);
        const auto answer =
            co_await op.execute(command("PUBLISH", make_key(process_channel_prefix, process_type), json));
        co_return answer.as_integer();
    }
};

asio::awaitable<std::string> process_cache::register_process(std::string process_type, std::string component,
                                                             boost::json::object params,
                                                             std::optional<std::string> message,
                                                             std::string status) const
{
    return calls::register_process(*this, std::move(process_type), std::move(component), std::move(params),
                                   std::move(message), std::move(status));
}

asio::awaitable<bool> process_cache::update_process(std::string process_id, process_update update) const
{
    return calls::update_process(*this, std::move(process_id), std::move(update));
}

asio::awaitable<bool> process_cache::stop_process(std::string process_id, std::string message) const
{
    return calls::stop_process(*this, std::move(process_id), std::move(message));
}

asio::awaitable<std::int64_t> process_cache::cleanup_stale_processes(std::chrono::minutes older_than) const
{
    return calls::cleanup_stale_processes(*this, older_than);
}

asio::awaitable<std::int64_t> process_cache::delete_from_top(std::string component) const
{
    return calls::delete_from_top(*this, std::move(component));
}

asio::awaitable<std::int64_t> process_cache::broadcast_message(std::string process_type, std::string message,
                                                               boost::json::object data) const
{
    return calls::broadcast_message(*this, std::move(process_type), std::move(message), std::move(data));
}

} // namespace fullon_cache
