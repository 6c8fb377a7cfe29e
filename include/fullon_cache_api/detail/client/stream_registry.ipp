// Bodies of stream_registry.hpp.
#pragma once

#include <fullon_cache_api/detail/client/stream_registry.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

stream_registry::stream_id stream_registry::add(spec what)
{
    const auto id = next_id_++;
    streams_[id].what = std::move(what);
    return id;
}

std::vector<std::string> stream_registry::remove(stream_id id)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return {};
    auto keys = forget_parts(found->second);
    streams_.erase(found);
    return keys;
}

void stream_registry::expect(stream_id id, std::size_t parts)
{
    if (const auto found = streams_.find(id); found != streams_.end())
        found->second.expected = parts;
}

std::vector<std::string> stream_registry::reset(stream_id id)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return {};
    auto& stream = found->second;
    auto keys = forget_parts(stream);
    stream.what.track->disconnect();
    stream.what.wake();
    return keys;
}

std::vector<std::string> stream_registry::forget_parts(entry& of)
{
    std::vector<std::string> keys;
    for (auto& one : std::exchange(of.parts, {})) {
        keys_.erase(one.key);
        keys.push_back(std::move(one.key));
    }
    holders_.clear();
    return keys;
}

bool stream_registry::start(stream_id id, std::string key, std::string_view epoch,
                            const std::vector<std::string>& topics)
{
    const auto found = streams_.find(id);
    if (found == streams_.end() || found->second.whole() || key.empty() || keys_.contains(key))
        return false;
    auto& stream = found->second;
    const bool first = stream.parts.empty();
    if (first)
        stream.topics.clear();
    stream.topics.insert(topics.begin(), topics.end());
    keys_[key] = &stream;
    stream.parts.push_back({std::move(key)});
    stream.established = stream.established || stream.whole();
    holders_.clear();
    if (first) {
        stream.what.track->begin(epoch);
        stream.what.wake();
    }
    return true;
}

void stream_registry::disconnect()
{
    keys_.clear();
    holders_.clear();
    for (auto& [id, stream] : streams_) {
        stream.parts.clear();
        stream.what.track->disconnect();
        stream.what.wake();
    }
}

void stream_registry::offer(const stream_message& message)
{
    if (!message.snapshot) {
        for (auto* stream : holders(message.topic))
            offer_to(*stream, message);
    } else if (auto* const stream = find(message.stream_key).stream; stream && stream->holds(message.topic))
        offer_to(*stream, message);
}

// That of the stream ends when those of all its parts have.
void stream_registry::end_snapshot(std::string_view key)
{
    const auto [stream, which] = find(key);
    if (!stream)
        return;
    which->in_snapshot = false;
    if (!stream->whole() || std::any_of(stream->parts.begin(), stream->parts.end(),
                                        [](const part& one) { return one.in_snapshot; }))
        return;
    stream->what.track->end_snapshot();
    stream->what.wake();
}

void stream_registry::mark(std::string_view key, const std::vector<std::string>& topics, stale_reason why)
{
    const auto [stream, which] = find(key);
    if (!stream)
        return;
    if (topics.empty()) { // all of it, as long as any part is
        which->why = why;
        const auto marked = std::find_if(stream->parts.begin(), stream->parts.end(),
                                         [](const part& one) { return one.why != stale_reason::none; });
        stream->what.track->mark({}, marked == stream->parts.end() ? stale_reason::none : marked->why);
    }
    for (const auto& topic : topics)
        if (stream->holds(topic))
            stream->what.track->mark(topic, why);
    stream->what.wake();
}

std::vector<stream_registry::stream_id> stream_registry::established() const
{
    std::vector<stream_id> result;
    for (const auto& [id, stream] : streams_)
        if (stream.established)
            result.push_back(id);
    return result;
}

bool stream_registry::stale() const
{
    return std::any_of(streams_.begin(), streams_.end(),
                       [](const auto& one) { return one.second.what.track->state() == stream_state::stale; });
}

bool stream_registry::settled() const
{
    return std::all_of(streams_.begin(), streams_.end(), [](const auto& one) {
        const auto& stream = one.second;
        return !stream.established || (stream.whole() && !stream.what.track->in_snapshot());
    });
}

stream_registry::place stream_registry::find(std::string_view key)
{
    const auto found = keys_.find(key);
    if (found == keys_.end())
        return {nullptr, nullptr};
    auto& parts = found->second->parts;
    const auto which =
        std::find_if(parts.begin(), parts.end(), [&](const part& one) { return one.key == key; });
    return {found->second, &*which};
}

const std::vector<stream_registry::entry*>& stream_registry::holders(const std::string& topic)
{
    static const std::vector<entry*> none;
    if (const auto known = holders_.find(topic); known != holders_.end())
        return known->second;
    std::vector<entry*> result;
    for (const auto& [key, stream] : keys_)
        if (stream->parts.front().key == key && stream->holds(topic))
            result.push_back(stream);
    return result.empty() ? none : holders_.emplace(topic, std::move(result)).first->second;
}

// A message of another type, whatever its topic or key, must not reach a consumer that would read it as its own.
void stream_registry::offer_to(entry& to, const stream_message& message)
{
    if (to.what.type == message.type && to.what.track->offer(message))
        to.what.wake();
}

} // namespace fullon_cache_api::detail
