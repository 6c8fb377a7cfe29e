// Bodies of process_reader.hpp.
#pragma once

#include <fullon_cache/detail/caches/operation.hpp>
#include <fullon_cache/detail/keys/arguments.hpp>
#include <fullon_cache/detail/redis/command_facts.hpp>
#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/keys.hpp>
#include <fullon_cache/process_reader.hpp>
#include <fullon_orm/clock.hpp>

#include <fullon_orm/iso_time.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using fullon_orm::process_info;

namespace {

// The stored processes of these ids, in one write; those that are gone or unreadable are left out.
// `what` names the reading.
asio::awaitable<listing<process_info>> read_processes(detail::operation* op, std::vector<std::string> ids,
                                                      std::string what)
{
    listing<process_info> result;
    reading found;
    pipeline reads;
    for (const auto& id : ids)
        reads.add("GET", make_key(process_data_prefix, id));
    if (reads.empty())
        co_return result;
    auto texts = co_await op->execute_any_type(std::move(reads));
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (detail::is_of_other_type(texts[i])) {
            ++result.unreadable;
            found.unreadable(ids[i], texts[i].text);
            continue;
        }
        const auto json = std::move(texts[i]).as_text();
        if (!json)
            continue;
        auto read = fullon_orm::process_info_from_json(*json, ids[i]);
        if (read) {
            found.readable();
            result.entries.push_back(std::move(*read));
        } else {
            ++result.unreadable;
            found.unreadable(ids[i], read.error().text());
        }
    }
    op->report(make_key(process_data_prefix, what), found);
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
        reads.add("HGETALL", make_key(process_active_prefix, one));
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

// The coroutines: each has a copy of its cache, which the caller may destroy before it begins.
struct process_reader::calls {
    static asio::awaitable<std::optional<process_info>> get_process(process_reader self,
                                                                    std::string process_id)
    {
        detail::require_text(process_id, "process_id");
        detail::operation op(self, "get_process", {{"process_id", process_id}});
        const auto key = make_key(process_data_prefix, process_id);
        const auto json = (co_await op.execute(command("GET", key))).as_text();
        op.hit(json.has_value());
        if (!json)
            co_return std::nullopt;
        auto read = fullon_orm::process_info_from_json(*json, std::move(process_id));
        if (!read)
            op.fail(errc::serialization, key + ": " + read.error().text());
        co_return std::move(*read);
    }

    static asio::awaitable<listing<process_info>> list_active_processes(process_reader self,
                                                                        process_filter filter)
    {
        detail::require(filter.within >= std::chrono::seconds::zero(), "within", "not be below zero");
        detail::operation op(self, "get_active_processes",
                             {{"process_type", filter.process_type}, {"component", filter.component}});
        const double now = fullon_orm::now_seconds();
        auto ids =
            co_await active_ids(&op, filter.process_type, now - static_cast<double>(filter.within.count()));
        auto processes = co_await read_processes(&op, std::move(ids),
                                                 filter.process_type + "* of the last " +
                                                     std::to_string(filter.within.count()) + " s");
        std::erase_if(processes.entries, [&](const process_info& one) {
            return !is_active(one, now, filter.within) || (filter.alive_only && is_stale(one, now)) ||
                   (!filter.component.empty() && one.component != filter.component);
        });
        newest_first(processes.entries);
        op.hit(!processes.entries.empty());
        co_return processes;
    }

    static asio::awaitable<std::vector<process_info>> get_active_processes(process_reader self,
                                                                           process_filter filter)
    {
        auto found = co_await self.list_active_processes(std::move(filter));
        co_return std::move(found.entries);
    }

    static asio::awaitable<std::optional<process_info>> get_component_status(process_reader self,
                                                                             std::string component)
    {
        detail::require_text(component, "component");
        detail::operation op(self, "get_component_status", {{"component", component}});
        const auto id = (co_await op.execute(command("HGET", process_components_hash, component))).as_text();
        std::optional<process_info> found;
        if (id) {
            std::vector<std::string> ids;
            ids.push_back(*id);
            auto processes = co_await read_processes(&op, std::move(ids), *id);
            if (!processes.entries.empty())
                found = std::move(processes.entries.front());
        }
        op.hit(found.has_value());
        co_return found;
    }

    static asio::awaitable<std::vector<process_info>>
    get_process_history(process_reader self, std::string component, std::size_t limit)
    {
        detail::require_text(component, "component");
        detail::operation op(self, "get_process_history", {{"component", component}});
        auto ids =
            co_await op.scan(std::string(process_data_prefix) + "*:" + escape_pattern(component) + ":*");
        for (auto& id : ids)
            id.erase(0, process_data_prefix.size());
        auto found = co_await read_processes(&op, std::move(ids), "*:" + component + ":*");
        auto& processes = found.entries;
        std::erase_if(processes, [&](const process_info& one) { return one.component != component; });
        newest_first(processes);
        if (processes.size() > limit)
            processes.resize(limit);
        op.hit(!processes.empty());
        co_return std::move(processes);
    }

    static asio::awaitable<listing<process_info>> list_counted_processes(process_reader self)
    {
        detail::operation op(self, "list_counted_processes");
        const double now = fullon_orm::now_seconds();
        constexpr std::chrono::seconds within = counted_for;
        auto ids = co_await active_ids(&op, {}, now - static_cast<double>(within.count()));
        auto processes = co_await read_processes(&op, std::move(ids), "* that count");
        std::erase_if(processes.entries, [&](const process_info& one) { return !is_counted(one, now); });
        op.hit(!processes.entries.empty());
        co_return processes;
    }

    static asio::awaitable<system_health> get_system_health(process_reader self)
    {
        const auto processes = co_await self.list_counted_processes();
        co_return health_of(processes.entries, fullon_orm::now_seconds());
    }

    static asio::awaitable<process_metrics> get_metrics(process_reader self)
    {
        detail::operation op(self, "get_metrics");
        pipeline reads;
        for (const auto type : fullon_orm::process_types)
            reads.add("HLEN", make_key(process_active_prefix, type));
        reads.add("HLEN", process_components_hash);
        const auto counts = co_await op.execute(std::move(reads));
        process_metrics metrics;
        for (std::size_t i = 0; i < fullon_orm::process_types.size(); ++i) {
            const auto count = counts.at(i).as_integer();
            metrics.active_by_type.emplace(fullon_orm::process_types[i], count);
            metrics.active_total += count;
        }
        metrics.components = counts.back().as_integer();
        const auto stored = co_await op.scan(make_key(process_data_prefix, "*"), "string");
        metrics.stored = static_cast<std::int64_t>(stored.size());
        co_return metrics;
    }
};

asio::awaitable<std::optional<process_info>> process_reader::get_process(std::string process_id) const
{
    return calls::get_process(*this, std::move(process_id));
}

asio::awaitable<listing<process_info>> process_reader::list_active_processes(process_filter filter) const
{
    return calls::list_active_processes(*this, std::move(filter));
}

asio::awaitable<std::vector<process_info>> process_reader::get_active_processes(process_filter filter) const
{
    return calls::get_active_processes(*this, std::move(filter));
}

asio::awaitable<std::optional<process_info>> process_reader::get_component_status(std::string component) const
{
    return calls::get_component_status(*this, std::move(component));
}

asio::awaitable<std::vector<process_info>> process_reader::get_process_history(std::string component,
                                                                               std::size_t limit) const
{
    return calls::get_process_history(*this, std::move(component), limit);
}

asio::awaitable<listing<process_info>> process_reader::list_counted_processes() const
{
    return calls::list_counted_processes(*this);
}

asio::awaitable<system_health> process_reader::get_system_health() const
{
    return calls::get_system_health(*this);
}

asio::awaitable<process_metrics> process_reader::get_metrics() const
{
    return calls::get_metrics(*this);
}

} // namespace fullon_cache
