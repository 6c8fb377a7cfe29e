// Bodies of state_topics.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/state_topics.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

std::unique_ptr<feed_topics::followed> state_topics::make(const std::string&)
{
    return std::make_unique<followed>();
}

void state_topics::apply(state_page found)
{
    if (found.whole && whole()) {
        for (const auto& [id, items] : found.topics)
            follow(id);
        for (const auto& id : found.unreadable)
            follow(id);
    }
    for (auto& [id, where] : topics_) {
        if (!(found.whole || found.covered.contains(id)))
            continue;
        const auto items = found.topics.find(id);
        if (found.unreadable.contains(id) || (items != found.topics.end() && too_large(items->second))) {
            where->read = true; // what was told stands; what comes after is news
            announce(*where);
            hub_.mark(*where->updates, stale_reason::unreadable);
            continue;
        }
        const auto unreadable = found.unreadable_items.find(id);
        const bool all = unreadable == found.unreadable_items.end();
        if (!all || (items != found.topics.end() && !items->second.empty()))
            announce(*where);
        apply_items(*where, items == found.topics.end() ? state_items() : std::move(items->second),
                    all ? decltype(unreadable->second)() : unreadable->second);
        hub_.mark(*where->updates, all ? stale_reason::none : stale_reason::unreadable);
    }
    whole_read_ = whole_read_ || (found.whole && whole());
    // What is gone and nobody asked for by name is forgotten; its numbers are the hub's.
    std::erase_if(topics_, [](const auto& one) {
        return one.second->named == 0 && one.second->updates->stale() == stale_reason::none &&
               one.second->updates->items().empty();
    });
}

bool state_topics::too_large(const state_items& items) const
{
    return std::any_of(items.begin(), items.end(),
                       [this](const auto& one) { return !one.second.fits(hub_.max_body); });
}

// What was told of those that are unreadable stands.
void state_topics::apply_items(followed& where, state_items items,
                               const std::set<std::string, std::less<>>& unreadable)
{
    const bool first = !std::exchange(where.read, true);
    const auto& told = where.updates->items();
    std::vector<std::string> gone;
    for (const auto& [name, item] : told)
        if (!items.contains(name) && !unreadable.contains(name))
            gone.push_back(name);
    for (const auto& name : gone)
        hub_.remove(*where.updates, name);
    for (auto& [name, value] : items) {
        const auto known = told.find(name);
        if (known != told.end() && value.is_same(known->second.value))
            continue;
        if (first)
            hub_.seed(*where.updates, name, std::move(value));
        else
            hub_.publish(*where.updates, name, std::move(value));
    }
}

} // namespace fullon_cache_api::detail
