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

void outbox::index_states()
{
    if (std::exchange(indexed_, true))
        return;
    for (auto one = queue_.begin(); one != queue_.end(); ++one)
        if (one->what == kind::state)
            newest_[one->key] = one;
}

void outbox::forget_states() noexcept
{
    if (!std::exchange(indexed_, false))
        return;
    newest_ = {};
}

void outbox::keep(item_key key)
{
    if (queue_.empty())
        return;
    index_states();
    newest_.erase(key);
}

bool outbox::push_state(item_key key, frame message)
{
    if (backlogged())
        index_states();
    if (!indexed_) {
        append(std::move(message), key, kind::state);
        return false;
    }
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
    auto& of = rings_[ring];
    if (of.topic.empty())
        of.topic = topic;
    const bool full = of.events >= event_limits_.ring || event_bytes_ > event_limits_.max_bytes;
    const bool drops = full && of.events != 0;
    if (drops)
        drop_oldest(of);
    event_bytes_ += message->size();
    chain(of, append(std::move(message), ring, kind::event));
    ++of.events;
    return drops;
}

void outbox::push_gap(item_key ring, std::string_view topic, std::uint64_t count)
{
    auto& of = rings_[ring];
    if (of.topic.empty())
        of.topic = topic;
    if (of.empty() || of.newest->what != kind::gap) {
        chain(of, append(std::make_shared<const std::string>(), ring, kind::gap));
        ++of.gaps;
    }
    set_lost(*of.newest, of, of.newest->lost + count);
}

void outbox::chain(event_ring& to, queue::iterator last)
{
    if (to.empty())
        to.oldest = last;
    else
        to.newest->next = last;
    to.newest = last;
}

void outbox::set_lost(entry& gap, const event_ring& of, std::uint64_t count)
{
    bytes_ -= gap.message->size();
    gap.lost = count;
    gap.message = std::make_shared<const std::string>(protocol::gap_message(of.topic, count));
    bytes_ += gap.message->size();
}

// The first that is lost becomes the gap, which counts those behind it too, and what the gap behind them counts.
void outbox::drop_oldest(event_ring& of)
{
    const bool begins = of.oldest->what != kind::gap;
    const auto gap = of.oldest;
    const auto event = begins ? gap : gap->next;
    std::uint64_t lost = gap->lost + 1;
    event_bytes_ -= event->message->size();
    --of.events;
    if (begins) {
        gap->what = kind::gap;
        ++of.gaps;
    } else
        cut_behind(of, gap);
    if (gap != of.newest && gap->next->what == kind::gap) {
        lost += gap->next->lost;
        cut_behind(of, gap);
        --of.gaps;
    }
    if (!of.topic.empty())
        return set_lost(*gap, of, lost);
    of.oldest = gap->next; // of no meaning where it was the last
    --of.gaps;
    bytes_ -= gap->message->size();
    retire(gap);
}

// Takes the entry behind this one out of the ring.
void outbox::cut_behind(event_ring& of, queue::iterator position)
{
    const auto gone = position->next;
    position->next = gone->next;
    if (of.newest == gone)
        of.newest = position;
    bytes_ -= gone->message->size();
    retire(gone);
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
    forget_states();
}

// The entry at the front is taken: what is known of it is forgotten.
void outbox::left(queue::iterator front)
{
    if (front->what == kind::state) {
        if (!indexed_)
            return;
        if (const auto known = newest_.find(front->key); known != newest_.end() && known->second == front)
            newest_.erase(known);
        return;
    }
    if (front->what == kind::plain)
        return;
    const auto found = rings_.find(front->key);
    auto& of = found->second;
    of.oldest = front->next;
    if (front->what == kind::gap)
        --of.gaps;
    else {
        --of.events;
        event_bytes_ -= front->message->size();
    }
    if (of.empty())
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
    position->next = {};
    position->lost = 0;
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
