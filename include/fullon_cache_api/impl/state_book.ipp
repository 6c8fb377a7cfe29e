// Bodies of detail/state_book.hpp.
#pragma once

#include <fullon_cache_api/detail/state_book.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

void state_book::add(group_watcher& stream, bool of_all)
{
    streams_.emplace(&stream, of_all);
    whole_watchers_ += of_all ? 1 : 0;
}

void state_book::remove(group_watcher& stream) noexcept
{
    const auto found = streams_.find(&stream);
    if (found == streams_.end())
        return;
    const bool of_all = found->second;
    streams_.erase(found);
    if (!of_all || --whole_watchers_ != 0)
        return;
    whole_read_ = false;
    std::erase_if(topics_, [](const auto& one) { return one.second.named == 0; });
}

topic_ptr state_book::watch(const std::string& id)
{
    auto& where = topics_[id];
    if (!where.updates)
        where.updates = hub_.open(topic_name_(id));
    ++where.named;
    return where.updates;
}

void state_book::unwatch(const std::string& id)
{
    const auto found = topics_.find(id);
    if (found != topics_.end() && --found->second.named == 0 && !whole())
        topics_.erase(found);
}

bool state_book::has_read(const std::vector<std::string>& ids) const
{
    if (ids.empty())
        return whole_read_;
    return std::all_of(ids.begin(), ids.end(), [this](const std::string& id) {
        const auto found = topics_.find(id);
        return found != topics_.end() && found->second.read;
    });
}

std::vector<std::string> state_book::named() const
{
    std::vector<std::string> ids;
    for (const auto& [id, where] : topics_)
        if (where.named != 0)
            ids.push_back(id);
    return ids;
}

std::vector<topic_ptr> state_book::topics() const
{
    std::vector<topic_ptr> all;
    for (const auto& [id, where] : topics_)
        all.push_back(where.updates);
    return all;
}

topic_ptr state_book::find(std::string_view id) const
{
    const auto found = topics_.find(id);
    return found == topics_.end() ? nullptr : found->second.updates;
}

void state_book::apply(state_page found)
{
    if (found.whole && whole())
        for (const auto& [id, items] : found.topics) {
            if (topics_.contains(id))
                continue;
            auto& where = topics_[id];
            where.updates = hub_.open(topic_name_(id));
            where.read = whole_read_; // seen to appear: its first state is news
            if (where.read)
                for (const auto& [stream, of_all] : streams_)
                    if (of_all)
                        stream->on_new_topic(where.updates);
        }
    for (auto& [id, where] : topics_) {
        if (found.unreadable.contains(id) || !(found.whole || found.covered.contains(id)))
            continue;
        const auto items = found.topics.find(id);
        apply_items(where,
                    items == found.topics.end() ? decltype(items->second)() : std::move(items->second));
    }
    whole_read_ = whole_read_ || (found.whole && whole());
    // What is gone and nobody asked for by name is forgotten; its numbers are the hub's.
    std::erase_if(topics_, [](const auto& one) { return one.second.named == 0 && one.second.told.empty(); });
}

void state_book::apply_items(followed& where, std::map<std::string, state_item, std::less<>> items)
{
    const bool first = !std::exchange(where.read, true);
    std::vector<std::string> gone;
    for (const auto& [name, content] : where.told)
        if (!items.contains(name))
            gone.push_back(name);
    for (const auto& name : gone) {
        where.told.erase(name);
        hub_.remove(*where.updates, name);
    }
    for (auto& [name, item] : items) {
        auto& content = item.content.empty() ? item.body : item.content;
        const auto told = where.told.find(name);
        if (told != where.told.end() && told->second == content)
            continue;
        where.told.insert_or_assign(name, content);
        if (first)
            hub_.seed(*where.updates, name, std::move(item.body));
        else
            hub_.publish(*where.updates, name, std::move(item.body));
    }
}

void state_book::announce_stale()
{
    for (const auto& [stream, of_all] : streams_)
        stream->on_stale();
}

void state_book::announce_fresh()
{
    for (const auto& [stream, of_all] : streams_)
        stream->on_fresh();
}

} // namespace fullon_cache_api::detail
