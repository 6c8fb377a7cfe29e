// Bodies of process_cache.hpp.
#pragma once

#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/clock.hpp>
#include <fullon_cache/detail/compare_and_set.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/process_cache.hpp>

#include <fullon_orm/codec.hpp>
#include <fullon_orm/iso_time.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::process_info;

namespace {

constexpr std::chrono::seconds data_lifetime{86400};

template <class Known>
void require_known(const std::string& value, const Known& known, const char* name)
{
    detail::require(std::find(known.begin(), known.end(), value) != known.end(), name,
                    "be one of those that there are");
}

std::string data_key(std::string_view id)
{
    return detail::make_key(detail::process_data_prefix, id);
}

std::string active_key(std::string_view type)
{
    return detail::make_key(detail::process_active_prefix, type);
}

// Merges the update into the stored process. \returns it as it is stored now; empty when there is none.
asio::awaitable<std::optional<process_info>> merge_process(detail::operation* op, std::string id,
                                                           process_update update)
{
    const auto key = data_key(id);
    auto stored = (co_await op->execute(command("GET", key))).as_text();
    op->hit(stored.has_value());
    while (stored) {
        auto process = fullon_orm::process_info_from_json(*stored, id);
        if (!process)
            op->fail(errc::serialization, key + ": " + process.error().text());
        const double now = detail::now_seconds();
        if (update.status)
            process->status = *update.status;
        if (update.message)
            process->message = *update.message;
        for (const auto& [name, value] : update.params)
            process->params[name] = value;
        process->updated_at = now;
        if (update.heartbeat)
            process->heartbeat = now;
        auto result = detail::read_set_result(co_await op->execute(
            detail::set_text_if(key, *stored, fullon_orm::merge_process(*stored, *process), data_lifetime)));
        if (result.written)
            co_return std::move(*process);
        stored = std::move(result.stored);
        op->require_time_left();
    }
    co_return std::nullopt;
}

} // namespace

asio::awaitable<std::string> process_cache::register_process(std::string process_type, std::string component,
                                                             boost::json::object params,
                                                             std::optional<std::string> message,
                                                             std::string status) const
{
    require_known(process_type, fullon_orm::process_types, "process_type");
    require_known(status, fullon_orm::process_statuses, "status");
    detail::require_text(component, "component");
    detail::operation op(*this, "register_process",
                         {{"process_type", process_type}, {"component", component}});
    const double now = detail::now_seconds();
    process_info process;
    process.process_id = fullon_orm::make_process_id(process_type, component, now);
    process.process_type = process_type;
    process.component = component;
    process.params = std::move(params);
    process.status = std::move(status);
    process.message = message ? std::move(*message) : "Process " + component + " registered";
    process.created_at = process.updated_at = process.heartbeat = now;
    // In this order: whoever finds the id finds the process.
    pipeline writes;
    writes.add("SETEX", data_key(process.process_id), data_lifetime.count(), to_json(process))
        .add("HSET", active_key(process_type), process.process_id, fullon_orm::format_iso(now))
        .add("HSET", detail::process_components_hash, component, process.process_id);
    co_await op.execute(std::move(writes));
    co_return std::move(process.process_id);
}

asio::awaitable<bool> process_cache::update_process(std::string process_id, process_update update) const
{
    detail::require_text(process_id, "process_id");
    if (update.status)
        require_known(*update.status, fullon_orm::process_statuses, "status");
    detail::operation op(*this, "update_process", {{"process_id", process_id}});
    const auto process = co_await merge_process(&op, process_id, std::move(update));
    if (!process)
        co_return false;
    co_await op.execute(command("HSET", active_key(process->process_type), process_id,
                                fullon_orm::format_iso(process->updated_at.value_or(0))));
    co_return true;
}

asio::awaitable<bool> process_cache::stop_process(std::string process_id, std::string message) const
{
    detail::require_text(process_id, "process_id");
    detail::operation op(*this, "stop_process", {{"process_id", process_id}});
    process_update update;
    update.status = "stopped";
    update.message = std::move(message);
    update.heartbeat = false;
    const auto process = co_await merge_process(&op, process_id, std::move(update));
    if (!process)
        co_return false;
    // The component may run as another process by now: its entry goes only if it is still this one's.
    pipeline writes;
    writes
        .add("HSET", active_key(process->process_type), process_id,
             fullon_orm::format_iso(process->updated_at.value_or(0)))
        .add("HDEL", active_key(process->process_type), process_id)
        .add(detail::delete_field_if(detail::process_components_hash, process->component, process_id));
    co_await op.execute(std::move(writes));
    co_return true;
}

asio::awaitable<std::int64_t> process_cache::cleanup_stale_processes(std::chrono::minutes older_than) const
{
    detail::operation op(*this, "cleanup_stale_processes");
    const double limit =
        detail::now_seconds() - static_cast<double>(std::chrono::seconds(older_than).count());
    pipeline reads;
    for (const auto type : fullon_orm::process_types)
        reads.add("HGETALL", active_key(type));
    const auto lists = co_await op.execute(std::move(reads));
    pipeline removals;
    for (std::size_t i = 0; i < lists.size(); ++i)
        for (std::size_t k = 0; k + 1 < lists[i].items.size(); k += 2) {
            const auto& updated = lists[i].items[k + 1].text;
            const auto time = fullon_orm::parse_time(updated);
            if (!time || *time < limit) // only if it has not been updated since
                removals.add(detail::delete_field_if(active_key(fullon_orm::process_types[i]),
                                                     lists[i].items[k].text, updated));
        }
    std::int64_t count = 0;
    if (!removals.empty())
        for (const auto& one : co_await op.execute(std::move(removals)))
            count += one.as_integer();
    co_return count;
}

asio::awaitable<std::int64_t> process_cache::delete_from_top(std::string component) const
{
    detail::operation op(*this, "delete_from_top", {{"component", component}});
    const auto keys = co_await op.scan(detail::make_key(detail::process_data_prefix, "*"), "string");
    pipeline removals;
    std::int64_t count = 0;
    for (const auto& key : keys) {
        const auto process =
            fullon_orm::process_info_from_json("{}", key.substr(detail::process_data_prefix.size()));
        if (!component.empty() && process->component != component)
            continue;
        ++count;
        removals.add("DEL", key)
            .add("HDEL", active_key(process->process_type), process->process_id)
            .add(detail::delete_field_if(detail::process_components_hash, process->component,
                                         process->process_id));
    }
    if (!removals.empty())
        co_await op.execute(std::move(removals));
    co_return count;
}

asio::awaitable<std::int64_t> process_cache::broadcast_message(std::string process_type, std::string message,
                                                               boost::json::object data) const
{
    require_known(process_type, fullon_orm::process_types, "process_type");
    detail::operation op(*this, "broadcast_message", {{"process_type", process_type}});
    boost::json::object content;
    content["message"] = message;
    content["data"] = std::move(data);
    content["timestamp"] = fullon_orm::format_iso(detail::now_seconds());
    std::string json;
    fullon_orm::write_json(json, content, fullon_orm::json_style::redis);
    const auto answer = co_await op.execute(
        command("PUBLISH", detail::make_key(detail::process_channel_prefix, process_type), json));
    co_return answer.as_integer();
}

} // namespace fullon_cache
