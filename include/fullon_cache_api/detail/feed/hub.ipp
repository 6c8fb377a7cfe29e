// Bodies of hub.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/hub.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fullon_cache_api::detail {

topic_ptr hub::open(std::string_view name)
{
    std::string key(name);
    if (const auto known = index_->topics.find(key); known != index_->topics.end())
        return known->second.lock();
    // The last holder's release takes the topic off the index but keeps its number, so that ids never go
    // back within an epoch. Only topics that had updates leave one: what clients invent costs nothing.
    const auto release = [weak = std::weak_ptr(index_)](topic* gone) {
        if (const auto alive = weak.lock()) {
            alive->topics.erase(gone->name_);
            if (gone->last_id_ != 0)
                alive->retired_ids[gone->name_] = gone->last_id_;
        }
        delete gone;
    };
    topic_ptr made(new topic(key, next_key_++), release);
    if (const auto retired = index_->retired_ids.find(key); retired != index_->retired_ids.end()) {
        made->last_id_ = retired->second;
        index_->retired_ids.erase(retired);
    }
    index_->topics.emplace(std::move(key), made);
    return made;
}

void hub::seed(topic& where, std::string_view item, topic_value value)
{
    set_item(where, item, std::move(value));
}

void hub::publish(topic& where, std::string_view item, topic_value value)
{
    send(where, set_item(where, item, std::move(value)), false);
}

void hub::remove(topic& where, std::string_view item)
{
    const auto found = where.items_.find(item);
    if (found == where.items_.end())
        return;
    const auto node = where.items_.extract(found);
    send(where, node.mapped(), true);
}

void hub::keep(topic& where, topic_value value)
{
    where.events_.push_back(std::move(value));
}

void hub::drop_oldest(topic& where, std::size_t count)
{
    const auto end =
        where.events_.begin() + static_cast<std::ptrdiff_t>(std::min(count, where.events_.size()));
    where.events_.erase(where.events_.begin(), end);
}

void hub::emit(topic& where, const topic_value& value)
{
    const topic_update what(where.name(), value, next_id(where));
    for (auto* subscriber : where.subscribers_)
        subscriber->on_event(what);
    counters_.deliveries += where.subscribers_.size();
}

void hub::suppress(topic& where, std::uint64_t count)
{
    where.last_id_ += count;
    counters_.published += count;
    counters_.suppressed += count;
}

void hub::lose(topic& where, std::uint64_t count)
{
    if (count == 0)
        return;
    where.last_id_ += count;
    counters_.published += count;
    for (auto* subscriber : where.subscribers_)
        subscriber->on_lost(count);
}

void hub::mark(topic& where, stale_reason why)
{
    if (std::exchange(where.stale_, why) == why)
        return;
    for (auto* subscriber : where.subscribers_)
        subscriber->on_mark(where);
}

topic::item& hub::set_item(topic& where, std::string_view item, topic_value value)
{
    const auto found = where.items_.find(item);
    if (found == where.items_.end())
        return where.items_.emplace(std::string(item), topic::item{next_key_++, std::move(value)})
            .first->second;
    found->second.value = std::move(value);
    return found->second;
}

void hub::send(topic& where, const topic::item& from, bool removed)
{
    const topic_update what(where.name(), from.value, next_id(where), removed);
    for (auto* subscriber : where.subscribers_)
        subscriber->on_update(from.key, what);
    counters_.deliveries += where.subscribers_.size();
}

std::uint64_t hub::next_id(topic& where)
{
    ++counters_.published;
    return ++where.last_id_;
}

} // namespace fullon_cache_api::detail
