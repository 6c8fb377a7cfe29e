// Bodies of outbox.hpp.
#pragma once

#include <fullon_cache_api/detail/wire/messages.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <utility>

namespace fullon_cache_api::detail {
namespace {

constexpr std::size_t kept_entries = 32; // memory for so many stays with an empty queue

} // namespace

void outbox::push(frame message)
{
    append(std::move(message), 0, kind::plain);
}

void outbox::index_states()
{
    if (std::exchange(indexed_, true))
        return;
    for (auto i = head_; i < queue_.size(); ++i)
        if (queue_[i].what == kind::state)
            newest_[queue_[i].key] = base_ + i;
}

void outbox::forget_states() noexcept
{
    if (!std::exchange(indexed_, false))
        return;
    newest_ = std::unordered_map<item_key, position>(); // `= {}` would keep the memory
}

void outbox::keep(item_key key)
{
    if (empty())
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
        bytes_ -= at(known->second).message->size();
        retire(known->second);
        newest_.erase(known);
    }
    newest_[key] = append(std::move(message), key, kind::state);
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
    if (of.newest == none || at(of.newest).what != kind::gap) {
        chain(of, append(std::make_shared<const std::string>(), ring, kind::gap));
        ++of.gaps;
    }
    auto& gap = at(of.newest);
    set_lost(gap, of, gap.lost + count);
}

void outbox::chain(event_ring& to, position last) noexcept
{
    if (to.newest == none)
        to.oldest = last;
    else
        at(to.newest).next = last;
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
    const auto where = of.oldest;
    auto& gap = at(where);
    const bool begins = gap.what != kind::gap;
    std::uint64_t lost = gap.lost + 1;
    event_bytes_ -= at(begins ? where : gap.next).message->size();
    --of.events;
    if (begins) {
        gap.what = kind::gap;
        ++of.gaps;
    } else
        cut_behind(of, where);
    if (gap.next != none && at(gap.next).what == kind::gap) {
        lost += at(gap.next).lost;
        cut_behind(of, where);
        --of.gaps;
    }
    if (!of.topic.empty())
        return set_lost(gap, of, lost);
    of.oldest = gap.next;
    if (of.newest == where)
        of.newest = none;
    --of.gaps;
    bytes_ -= gap.message->size();
    retire(where);
}

// Takes the entry behind this one out of the ring.
void outbox::cut_behind(event_ring& of, position where) noexcept
{
    const auto gone = at(where).next;
    at(where).next = at(gone).next;
    if (of.newest == gone)
        of.newest = where;
    bytes_ -= at(gone).message->size();
    retire(gone);
}

void outbox::take(std::vector<frame>& out, std::size_t max_bytes)
{
    std::size_t taken = 0;
    for (; head_ < queue_.size(); ++head_) {
        auto& front = queue_[head_];
        if (front.what == kind::retired) {
            --retired_;
            continue;
        }
        const std::size_t size = front.message->size();
        if (taken != 0 && taken + size > max_bytes)
            return;
        taken += size;
        bytes_ -= size;
        left(front);
        out.push_back(std::move(front.message));
    }
    clear();
}

// The entry at the front is taken: what is known of it is forgotten.
void outbox::left(const entry& front)
{
    if (front.what == kind::plain || (front.what == kind::state && !indexed_))
        return;
    if (front.what == kind::state) {
        if (const auto known = newest_.find(front.key);
            known != newest_.end() && known->second == base_ + head_)
            newest_.erase(known);
        return;
    }
    const auto found = rings_.find(front.key);
    auto& of = found->second;
    of.oldest = front.next;
    if (front.what == kind::gap)
        --of.gaps;
    else {
        --of.events;
        event_bytes_ -= front.message->size();
    }
    if (of.events + of.gaps == 0)
        rings_.erase(found);
}

void outbox::clear()
{
    base_ += queue_.size();
    queue_.clear();
    head_ = 0;
    if (queue_.capacity() > kept_entries)
        queue_ = std::vector<entry>();
    forget_states();
}

outbox::position outbox::append(frame message, item_key key, kind what)
{
    if (queue_.size() == queue_.capacity())
        make_room();
    const auto size = message->size();
    queue_.push_back({.message = std::move(message), .key = key, .next = none, .lost = 0, .what = what});
    bytes_ += size;
    return base_ + queue_.size() - 1;
}

// Before it grows: not where a quarter of it is free.
void outbox::make_room()
{
    if (retired_ > queue_.size() / 4)
        return compact();
    if (head_ < queue_.size() / 4)
        return;
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(head_));
    base_ += head_;
    head_ = 0;
}

// Without those that were taken or retired.
void outbox::compact()
{
    for (auto& [ring, of] : rings_)
        of.oldest = of.newest = none;
    std::size_t end = 0;
    for (; head_ < queue_.size(); ++head_) {
        if (queue_[head_].what == kind::retired)
            continue;
        const auto known = newest_.find(queue_[head_].key);
        const bool newest =
            queue_[head_].what == kind::state && known != newest_.end() && known->second == base_ + head_;
        if (end != head_)
            queue_[end] = std::move(queue_[head_]);
        auto& moved = queue_[end];
        moved.next = none;
        if (newest)
            known->second = base_ + end;
        if (moved.what == kind::event || moved.what == kind::gap)
            chain(rings_.find(moved.key)->second, base_ + end);
        ++end;
    }
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(end), queue_.end());
    head_ = retired_ = 0;
}

void outbox::retire(position where) noexcept
{
    auto& gone = at(where);
    gone.message.reset();
    gone.what = kind::retired;
    ++retired_;
}

} // namespace fullon_cache_api::detail
