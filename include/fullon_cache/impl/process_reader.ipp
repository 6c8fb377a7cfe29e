// Bodies of process_reader.hpp.
#pragma once

#include <fullon_cache/detail/arguments.hpp>
#include <fullon_cache/detail/clock.hpp>
#include <fullon_cache/detail/hash_page.hpp>
#include <fullon_cache/detail/keys.hpp>
#include <fullon_cache/detail/operation.hpp>
#include <fullon_cache/process_reader.hpp>

#include <fullon_orm/iso_time.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::process_info;

namespace {

// The stored processes of these ids, in one write; those that are gone or unreadable are left out.
asio::awaitable<listing<process_info>> read_processes(detail::operation* op, std::vector<std::string> ids)
{
    listing<process_info> result;
    pipeline reads;
    for (const auto& id : ids)
        reads.add("GET", detail::make_key(detail::process_data_prefix, id));
    if (reads.empty())
        co_return result;
    auto texts = co_await op->execute(std::move(reads));
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto json = std::move(texts[i]).as_text();
        if (!json)
            continue;
        auto read = fullon_orm::process_info_from_json(*json, ids[i]);
        if (read)
            result.entries.push_back(std::move(*read));
        else {
            ++result.unreadable;
            op->skip(detail::make_key(detail::process_data_prefix, ids[i]), {}, read.error().text());
        }
    }
    co_return result;
}

// Ids that are on the active list of a type (of every one) and were updated within a time. One write for all lists:
// they hold the processes of one machine park, not of the world.
asio::awaitable<std::vector<std::string>> active_ids(detail::operation* op, std::string type, double since)
{
    std::vector<std::string> types;
    if (type.empty())
        types.assign(fullon_orm::process_types.begin(), fullon_orm::process_types.end());
    else
        types.push_back(std::move(type));
    pipeline reads;
    for (const auto& one : types)
        reads.add("HGETALL", detail::make_key(detail::process_active_prefix, one));
    std::vector<std::string> ids;
    for (const auto& list : co_await op->execute(std::move(reads)))
        for (std::size_t i = 0; i + 1 < list.items.size(); i += 2) {
            // Where the time is unreadable, the process's own data decide.
            const auto updated = fullon_orm::parse_time(list.items[i + 1].text);
            if (!updated || *updated >= since)
                ids.push_back(list.items[i].text);
        }
    co_return ids;
}

void newest_first(std::vector<process_info>& processes)
{
    std::sort(processes.begin(), processes.end(), [](const process_info& a, const process_info& b) {
        const double first = a.updated_at.value_or(0);
        const double second = b.updated_at.value_or(0);
        return first != second ? first > second : a.process_id < b.process_id;
    });
}

} // namespace

asio::awaitable<std::optional<process_info>> process_reader::get_process(std::string process_id) const
{
    detail::require_text(process_id, "process_id");
    detail::operation op(*this, "get_process", {{"process_id", process_id}});
    const auto key = detail::make_key(detail::process_data_prefix, process_id);
    const auto json = (co_await op.execute(command("GET", key))).as_text();
    op.hit(json.has_value());
    if (!json)
        co_return std::nullopt;
    auto read = fullon_orm::process_info_from_json(*json, std::move(process_id));
    if (!read)
        op.fail(errc::serialization, key + ": " + read.error().text());
    co_return std::move(*read);
}

asio::awaitable<listing<process_info>> process_reader::list_active_processes(process_filter filter) const
{
    detail::operation op(*this, "get_active_processes",
                         {{"process_type", filter.process_type}, {"component", filter.component}});
    const double now = detail::now_seconds();
    auto ids =
        co_await active_ids(&op, filter.process_type, now - static_cast<double>(filter.within.count()));
    auto processes = co_await read_processes(&op, std::move(ids));
    std::erase_if(processes.entries, [&](const process_info& one) {
        return !is_active(one, now, filter.within) || (filter.alive_only && is_stale(one, now)) ||
               (!filter.component.empty() && one.component != filter.component);
    });
    newest_first(processes.entries);
    op.hit(!processes.entries.empty());
    co_return processes;
}

asio::awaitable<std::vector<process_info>> process_reader::get_active_processes(process_filter filter) const
{
    auto found = co_await list_active_processes(std::move(filter));
    co_return std::move(found.entries);
}

asio::awaitable<std::optional<process_info>> process_reader::get_component_status(std::string component) const
{
    detail::require_text(component, "component");
    detail::operation op(*this, "get_component_status", {{"component", component}});
    const auto id =
        (co_await op.execute(command("HGET", detail::process_components_hash, component))).as_text();
    std::optional<process_info> found;
    if (id) {
        std::vector<std::string> ids;
        ids.push_back(*id);
        auto processes = co_await read_processes(&op, std::move(ids));
        if (!processes.entries.empty())
            found = std::move(processes.entries.front());
    }
    op.hit(found.has_value());
    co_return found;
}

asio::awaitable<std::vector<process_info>> process_reader::get_process_history(std::string component,
                                                                               std::size_t limit) const
{
    detail::require_text(component, "component");
    detail::operation op(*this, "get_process_history", {{"component", component}});
    auto ids = co_await op.scan(std::string(detail::process_data_prefix) +
                                "*:" + detail::escape_pattern(component) + ":*");
    for (auto& id : ids)
        id.erase(0, detail::process_data_prefix.size());
    auto found = co_await read_processes(&op, std::move(ids));
    auto& processes = found.entries;
    std::erase_if(processes, [&](const process_info& one) { return one.component != component; });
    newest_first(processes);
    if (processes.size() > limit)
        processes.resize(limit);
    op.hit(!processes.empty());
    co_return std::move(processes);
}

asio::awaitable<system_health> process_reader::get_system_health() const
{
    process_filter everything;
    everything.within = counted_for;
    const auto processes = co_await get_active_processes(std::move(everything));
    co_return health_of(processes, detail::now_seconds());
}

asio::awaitable<process_metrics> process_reader::get_metrics() const
{
    detail::operation op(*this, "get_metrics");
    pipeline reads;
    for (const auto type : fullon_orm::process_types)
        reads.add("HLEN", detail::make_key(detail::process_active_prefix, type));
    reads.add("HLEN", detail::process_components_hash);
    const auto counts = co_await op.execute(std::move(reads));
    process_metrics metrics;
    for (std::size_t i = 0; i < fullon_orm::process_types.size(); ++i) {
        const auto count = counts.at(i).as_integer();
        metrics.active_by_type.emplace(fullon_orm::process_types[i], count);
        metrics.active_total += count;
    }
    metrics.components = counts.back().as_integer();
    const auto stored = co_await op.scan(detail::make_key(detail::process_data_prefix, "*"), "string");
    metrics.stored = static_cast<std::int64_t>(stored.size());
    co_return metrics;
}

} // namespace fullon_cache
