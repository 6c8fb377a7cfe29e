// Bodies of detail/outbox.hpp.
#pragma once

#include <fullon_cache_api/detail/outbox.hpp>

#include <iterator>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

constexpr std::size_t max_spare_nodes = 256;

} // namespace

void outbox::push(frame message)
{
    append(std::move(message), 0);
}

bool outbox::push_state(item_key key, frame message)
{
    const auto known = newest_.find(key);
    const bool replaces = known != newest_.end() && backlogged();
    if (replaces) {
        bytes_ -= known->second->message->size();
        retire(known->second);
    }
    const auto position = append(std::move(message), key);
    if (known != newest_.end())
        known->second = position;
    else
        newest_.emplace(key, position);
    return replaces;
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
        if (front->key != 0)
            if (const auto known = newest_.find(front->key); known != newest_.end() && known->second == front)
                newest_.erase(known);
        out.push_back(std::move(front->message));
        retire(front);
    }
}

outbox::queue::iterator outbox::append(frame message, item_key key)
{
    bytes_ += message->size();
    if (spare_.empty())
        queue_.push_back({std::move(message), key});
    else {
        queue_.splice(queue_.end(), spare_, spare_.begin());
        queue_.back() = {std::move(message), key};
    }
    return std::prev(queue_.end());
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
