// Bodies of stream_sequencer.hpp.
#pragma once

#include <fullon_cache_api/detail/stream/stream_sequencer.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace fullon_cache_api::detail {

void stream_sequencer::begin(std::string_view epoch)
{
    if (epoch_ == 0 || epoch != epoch_name_) {
        ++epoch_;
        epoch_name_ = epoch;
    }
    ++subscription_;
    in_snapshot_ = true;
    state_ = stream_state::live;
    stale_ = stale_reason::none;
    stale_topics_.clear();
}

void stream_sequencer::disconnect()
{
    state_ = stream_state::disconnected;
    in_snapshot_ = false;
    stale_ = stale_reason::none;
    stale_topics_.clear();
}

void stream_sequencer::mark(std::string_view topic, stale_reason why)
{
    if (state_ == stream_state::disconnected)
        return;
    if (topic.empty())
        stale_ = why;
    else if (why != stale_reason::none)
        stale_topics_.insert_or_assign(std::string(topic), why);
    else if (const auto marked = stale_topics_.find(topic); marked != stale_topics_.end())
        stale_topics_.erase(marked);
}

bool stream_sequencer::offer(const stream_message& message)
{
    if (state_ == stream_state::disconnected)
        return false;
    const auto id = message.update_id;
    auto& topic = topics_[message.topic];
    if (content_ == stream_content::events)
        return offer_event(topic, message);
    const bool known = topic.epoch == epoch_;
    if (!message.snapshot && known && id <= topic.last_id)
        return false;

    item_view* item = nullptr;
    bool is_news = true;
    if (!message.event) {
        const auto entry = topic.items.try_emplace(message.item).first;
        item = &entry->second;
        item->key = entry->first;
        if (message.snapshot && item->seen_in == subscription_ && id <= item->last_id)
            return false;
        is_news = !message.removed || item->present || item->waits;
        item->value = message.value;
        item->last_id = id;
        item->seen_in = subscription_;
        item->present = !message.removed;
    }
    if (!known) {
        topic.epoch = epoch_;
        topic.before = message.snapshot || id == 0 || !is_news ? id : id - 1;
        topic.last_id = id;
    }
    topic.last_id = std::max(topic.last_id, id);
    if (!is_news) { // the removal of what was never there for this stream
        if (!in_snapshot_)
            topic.items.erase(topic.items.find(item->key));
        return false;
    }
    push(topic, item,
         {.value = message.value,
          .update_id = id,
          .snapshot = message.snapshot,
          .removed = message.removed,
          .resync = message.snapshot && subscription_ > 1},
         epoch_);
    return true;
}

void stream_sequencer::end_snapshot()
{
    if (!in_snapshot_)
        return;
    if (content_ == stream_content::events)
        for (auto& [name, topic] : topics_) {
            std::vector<accepted_event> accepted;
            topic.events.end_snapshot(now(), accepted);
            push_events(topic, accepted);
        }
    in_snapshot_ = false;
    // What was gone and taken before: of this snapshot nothing older comes any more.
    for (auto& [name, topic] : topics_)
        std::erase_if(topic.items, [](const auto& one) { return !one.second.present && !one.second.waits; });
    if (subscription_ < 2)
        return;
    for (auto& [name, topic] : topics_)
        for (auto& [key, item] : topic.items)
            if (item.present && item.seen_in != subscription_) {
                item.present = false;
                push(topic, &item,
                     {.value = item.value,
                      .update_id = topic.epoch == epoch_ ? topic.last_id : 0,
                      .removed = true,
                      .resync = true},
                     0);
            }
}

bool stream_sequencer::offer_event(topic_view& topic, const stream_message& message)
{
    std::vector<accepted_event> accepted;
    topic.events.offer(message, now(), accepted);
    push_events(topic, accepted);
    return !accepted.empty();
}

void stream_sequencer::push_events(topic_view& topic, const std::vector<accepted_event>& accepted)
{
    for (const auto& one : accepted)
        push(topic, nullptr,
             {.value = one.value, .update_id = one.update_id, .snapshot = one.snapshot, .resync = one.resync},
             0, one.place);
}

std::optional<stream_item> stream_sequencer::take()
{
    if (queue_.empty())
        return std::nullopt;
    const auto front = queue_.begin();
    auto& topic = *front->topic;
    std::optional<stream_item> result(std::move(front->what));
    if (front->epoch != 0) {
        const auto id = result->update_id;
        const auto previous = topic.taken_epoch == front->epoch ? topic.taken_id : front->before;
        result->missed = id > previous ? id - previous - 1 : 0;
        topic.taken_epoch = front->epoch;
        topic.taken_id = std::max(previous, id);
    } else if (front->place != 0) {
        result->missed = front->place - topic.taken_place - 1;
        topic.taken_place = front->place;
    }
    auto* item = front->item;
    forget(front);
    // What is gone and told needs no memory; the topic keeps its numbers. But an older state of it may still come in the
    // snapshot, and must be known for older.
    if (item && !in_snapshot_ && !item->present && !item->waits && result->removed)
        topic.items.erase(topic.items.find(item->key));
    return result;
}

void stream_sequencer::clear()
{
    while (!queue_.empty())
        forget(queue_.begin());
}

// Where too many wait: an older state of the item, or the oldest event. A state that waits alone is kept, and so is the
// newest event of a topic: it tells how many were missed before it.
void stream_sequencer::make_room(const topic_view& topic, const item_view* item)
{
    if (queue_.size() < limit_)
        return;
    if (item) {
        if (item->waits)
            forget(item->newest);
        return;
    }
    const auto oldest = std::find_if(queue_.begin(), queue_.end(), [&](const queued& one) {
        return !one.item && (one.topic == &topic || one.topic->events_waiting > 1);
    });
    if (oldest != queue_.end())
        forget(oldest);
}

void stream_sequencer::push(topic_view& topic, item_view* item, stream_item what, std::uint64_t epoch,
                            std::uint64_t place)
{
    if (!(keeps_snapshots_ && what.snapshot))
        make_room(topic, item);
    if (spare_.empty())
        spare_.emplace_back();
    queue_.splice(queue_.end(), spare_, spare_.begin());
    const auto position = std::prev(queue_.end());
    *position = {std::move(what), &topic, item, epoch, topic.before, place};
    if (item) {
        item->newest = position;
        item->waits = true;
    } else
        ++topic.events_waiting;
}

void stream_sequencer::forget(queue::iterator position)
{
    constexpr std::size_t max_spare = 64;
    if (!position->item)
        --position->topic->events_waiting;
    else if (position->item->waits && position->item->newest == position)
        position->item->waits = false;
    position->what.value.reset();
    if (spare_.size() < max_spare)
        spare_.splice(spare_.end(), queue_, position);
    else
        queue_.erase(position);
}

} // namespace fullon_cache_api::detail
