// Bodies of feed_topics.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/feed_topics.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

void feed_topics::add(feed_listener& stream, bool of_all)
{
    streams_.emplace(&stream, of_all);
    whole_watchers_ += of_all ? 1 : 0;
}

void feed_topics::remove(feed_listener& stream) noexcept
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

feed_topics::followed& feed_topics::follow(const std::string& id)
{
    auto& where = topics_[id];
    if (!where) {
        where = make(id);
        where->updates = hub_.open(topic_name_(id));
        where->read = whole_read_;
    }
    return *where;
}

void feed_topics::announce(followed& where)
{
    if (std::exchange(where.announced, true) || !whole_read_)
        return; // streams of all that are being opened find it among the topics
    for (const auto& [stream, of_all] : streams_)
        if (of_all)
            stream->on_new_topic(where.updates);
}

topic_ptr feed_topics::watch(const std::string& id)
{
    auto& where = follow(id);
    ++where.named;
    return where.updates;
}

void feed_topics::unwatch(const std::string& id)
{
    const auto found = topics_.find(id);
    if (found != topics_.end() && --found->second->named == 0 && !(whole() && found->second->announced))
        topics_.erase(found);
}

bool feed_topics::has_read(const std::vector<std::string>& ids) const
{
    if (ids.empty())
        return whole_read_;
    return std::all_of(ids.begin(), ids.end(), [this](const std::string& id) {
        const auto found = topics_.find(id);
        return found != topics_.end() && found->second->read;
    });
}

std::vector<std::string> feed_topics::named() const
{
    std::vector<std::string> ids;
    for (const auto& [id, where] : topics_)
        if (where->named != 0)
            ids.push_back(id);
    return ids;
}

std::vector<topic_ptr> feed_topics::topics() const
{
    std::vector<topic_ptr> all;
    for (const auto& [id, where] : topics_)
        if (where->announced)
            all.push_back(where->updates);
    return all;
}

topic_ptr feed_topics::find(std::string_view id) const
{
    const auto found = topics_.find(id);
    return found == topics_.end() ? nullptr : found->second->updates;
}

void feed_topics::announce_stale(stale_reason why)
{
    for (const auto& [stream, of_all] : streams_)
        stream->on_stale(why);
}

void feed_topics::announce_fresh()
{
    for (const auto& [stream, of_all] : streams_)
        stream->on_fresh();
}

} // namespace fullon_cache_api::detail
