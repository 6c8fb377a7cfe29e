// Bodies of detail/group_book.hpp.
#pragma once

#include <fullon_cache_api/detail/group_book.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

void group_book::add(group_watcher& stream, bool of_all)
{
    streams_.emplace(&stream, of_all);
    whole_watchers_ += of_all ? 1 : 0;
}

void group_book::remove(group_watcher& stream) noexcept
{
    const auto found = streams_.find(&stream);
    if (found == streams_.end())
        return;
    const bool of_all = found->second;
    streams_.erase(found);
    if (!of_all || --whole_watchers_ != 0)
        return;
    whole_read_ = false;
    ++whole_ends_;
    std::erase_if(topics_, [](const auto& one) { return one.second->named == 0; });
}

group_book::followed& group_book::follow(const std::string& id)
{
    auto& where = topics_[id];
    if (!where) {
        where = make(id);
        where->updates = hub_.open(topic_name_(id));
        where->read = whole_read_;
    }
    return *where;
}

void group_book::announce(followed& where)
{
    if (std::exchange(where.announced, true) || !whole_read_)
        return; // streams of all that are being opened find it among the topics
    for (const auto& [stream, of_all] : streams_)
        if (of_all)
            stream->on_new_topic(where.updates);
}

topic_ptr group_book::watch(const std::string& id)
{
    auto& where = follow(id);
    ++where.named;
    return where.updates;
}

void group_book::unwatch(const std::string& id)
{
    const auto found = topics_.find(id);
    if (found != topics_.end() && --found->second->named == 0 && !(whole() && found->second->announced))
        topics_.erase(found);
}

bool group_book::has_read(const std::vector<std::string>& ids) const
{
    if (ids.empty())
        return whole_read_;
    return std::all_of(ids.begin(), ids.end(), [this](const std::string& id) {
        const auto found = topics_.find(id);
        return found != topics_.end() && found->second->read;
    });
}

std::vector<std::string> group_book::named() const
{
    std::vector<std::string> ids;
    for (const auto& [id, where] : topics_)
        if (where->named != 0)
            ids.push_back(id);
    return ids;
}

std::vector<topic_ptr> group_book::topics() const
{
    std::vector<topic_ptr> all;
    for (const auto& [id, where] : topics_)
        if (where->announced)
            all.push_back(where->updates);
    return all;
}

topic_ptr group_book::find(std::string_view id) const
{
    const auto found = topics_.find(id);
    return found == topics_.end() ? nullptr : found->second->updates;
}

void group_book::announce_stale()
{
    for (const auto& [stream, of_all] : streams_)
        stream->on_stale();
}

void group_book::announce_fresh()
{
    for (const auto& [stream, of_all] : streams_)
        stream->on_fresh();
}

} // namespace fullon_cache_api::detail
