// Bodies of detail/stream_book.hpp.
#pragma once

#include <fullon_cache_api/detail/stream_book.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

stream_book::stream_id stream_book::add(spec what)
{
    const auto id = next_id_++;
    streams_[id].what = std::move(what);
    return id;
}

std::string stream_book::remove(stream_id id)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return {};
    std::string key = std::move(found->second.key);
    if (!key.empty())
        keys_.erase(key);
    holders_.clear();
    streams_.erase(found);
    return key;
}

bool stream_book::start(stream_id id, std::string key, std::string_view epoch,
                        const std::vector<std::string>& topics)
{
    const auto found = streams_.find(id);
    if (found == streams_.end() || !found->second.key.empty() || key.empty() || keys_.contains(key))
        return false;
    auto& stream = found->second;
    stream.key = std::move(key);
    stream.topics = {topics.begin(), topics.end()};
    stream.established = true;
    keys_[stream.key] = &stream;
    holders_.clear();
    stream.what.track->begin(epoch);
    stream.what.wake();
    return true;
}

void stream_book::disconnect()
{
    keys_.clear();
    holders_.clear();
    for (auto& [id, stream] : streams_) {
        stream.key.clear();
        stream.what.track->disconnect();
        stream.what.wake();
    }
}

void stream_book::offer(const stream_message& message)
{
    if (!message.snapshot) {
        for (auto* stream : holders(message.topic))
            offer_to(*stream, message);
    } else if (auto* stream = find(message.stream_key); stream && stream->holds(message.topic))
        offer_to(*stream, message);
}

void stream_book::end_snapshot(std::string_view key)
{
    if (auto* stream = find(key)) {
        stream->what.track->end_snapshot();
        stream->what.wake();
    }
}

void stream_book::set_stale(std::string_view key, bool stale)
{
    if (auto* stream = find(key)) {
        stream->what.track->set_stale(stale);
        stream->what.wake();
    }
}

std::vector<stream_book::stream_id> stream_book::established() const
{
    std::vector<stream_id> result;
    for (const auto& [id, stream] : streams_)
        if (stream.established)
            result.push_back(id);
    return result;
}

bool stream_book::stale() const
{
    return std::any_of(streams_.begin(), streams_.end(),
                       [](const auto& one) { return one.second.what.track->state() == stream_state::stale; });
}

bool stream_book::settled() const
{
    return std::all_of(streams_.begin(), streams_.end(), [](const auto& one) {
        const auto& stream = one.second;
        return !stream.established || (!stream.key.empty() && !stream.what.track->in_snapshot());
    });
}

stream_book::entry* stream_book::find(std::string_view key)
{
    const auto found = keys_.find(key);
    return found == keys_.end() ? nullptr : found->second;
}

const std::vector<stream_book::entry*>& stream_book::holders(const std::string& topic)
{
    static const std::vector<entry*> none;
    if (const auto known = holders_.find(topic); known != holders_.end())
        return known->second;
    std::vector<entry*> result;
    for (const auto& [key, stream] : keys_)
        if (stream->holds(topic))
            result.push_back(stream);
    return result.empty() ? none : holders_.emplace(topic, std::move(result)).first->second;
}

// A message of another type, whatever its topic or key, must not reach a consumer that would read it as its own.
void stream_book::offer_to(entry& to, const stream_message& message)
{
    if (to.what.type == message.type && to.what.track->offer(message))
        to.what.wake();
}

} // namespace fullon_cache_api::detail
