// Bodies of outbox.hpp.
#pragma once

#include <fullon_cache_api/detail/wire/messages.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <iterator>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

constexpr std::size_t max_spare_nodes = 256;

} // namespace

void outbox::push(frame message)
{
    append(std::move(message), 0, kind::plain);
}

bool outbox::push_state(item_key key, frame message)
{
    const auto known = newest_.find(key);
    const bool replaces = known != newest_.end() && backlogged();
    if (replaces) {
        bytes_ -= known->second->message->size();
        retire(known->second);
    }
    const auto position = append(std::move(message), key, kind::state);
    if (known != newest_.end())
        known->second = position;
    else
        newest_.emplace(key, position);
    return replaces;
}

bool outbox::push_event(item_key ring, std::string_view topic, frame message)
{
    auto& events = rings_[ring];
    if (events.topic.empty())
        events.topic = topic;
    const bool full = events.waiting >= event_limits_.ring || event_bytes_ > event_limits_.max_bytes;
    const bool drops = full && events.waiting != 0;
    if (drops)
        drop_oldest(events);
    event_bytes_ += message->size();
    const auto position = append(std::move(message), ring, kind::event);
    if (events.waiting++ == 0)
        events.oldest = position;
    else
        events.newest->next = position;
    events.newest = position;
    return drops;
}

// The first that is dropped becomes the gap, which counts those behind it too.
void outbox::drop_oldest(event_ring& of)
{
    const auto position = of.oldest;
    of.oldest = position->next;
    --of.waiting;
    bytes_ -= position->message->size();
    event_bytes_ -= position->message->size();
    if (of.topic.empty()) {
        retire(position);
        return;
    }
    if (of.dropped++ == 0) {
        position->what = kind::gap;
        of.gap = position;
    } else {
        bytes_ -= of.gap->message->size();
        retire(position);
    }
    of.gap->message = std::make_shared<const std::string>(protocol::gap_message(of.topic, of.dropped));
    bytes_ += of.gap->message->size();
}

void outbox::take(std::vector<frame>& out, std::size_t max_bytes)
{
    std::size_t taken = 0;
    while (!queue_.empty()) {
        const auto front = queue_.begin();
        const std::size_t size = front->message->size();
        if (taken != 0 && taken + size > max_bytes)
            return;
        taken += size;
        bytes_ -= size;
        left(front);
        out.push_back(std::move(front->message));
        retire(front);
    }
}

// The entry at the front is taken: what is known of it is forgotten.
void outbox::left(queue::iterator front)
{
    if (front->what == kind::state) {
        if (const auto known = newest_.find(front->key); known != newest_.end() && known->second == front)
            newest_.erase(known);
        return;
    }
    if (front->what == kind::plain)
        return;
    const auto found = rings_.find(front->key);
    auto& events = found->second;
    if (front->what == kind::gap)
        events.dropped = 0;
    else {
        events.oldest = front->next;
        --events.waiting;
        event_bytes_ -= front->message->size();
    }
    if (events.waiting == 0 && events.dropped == 0)
        rings_.erase(found);
}

outbox::queue::iterator outbox::append(frame message, item_key key, kind what)
{
    bytes_ += message->size();
    if (spare_.empty())
        spare_.emplace_back();
    queue_.splice(queue_.end(), spare_, spare_.begin());
    const auto position = std::prev(queue_.end());
    position->message = std::move(message);
    position->key = key;
    position->what = what;
    return position;
}

void outbox::retire(queue::iterator position)
{
    position->message.reset();
    if (spare_.size() < max_spare_nodes)
        spare_.splice(spare_.end(), queue_, position);
    else
        queue_.erase(position);
}

} // namespace fullon_cache_api::detail
