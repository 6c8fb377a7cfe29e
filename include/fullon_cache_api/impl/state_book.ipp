// Bodies of detail/state_book.hpp.
#pragma once

#include <fullon_cache_api/detail/state_book.hpp>

#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

struct state_book::state final : followed {
    std::map<std::string, std::string, std::less<>> told; // item -> content
};

std::unique_ptr<group_book::followed> state_book::make(const std::string&)
{
    return std::make_unique<state>();
}

void state_book::apply(state_page found)
{
    if (found.whole && whole())
        for (const auto& [id, items] : found.topics)
            if (!topics_.contains(id))
                follow(id);
    for (auto& [id, where] : topics_) {
        if (!(found.whole || found.covered.contains(id)))
            continue;
        if (found.unreadable.contains(id)) {
            where->read = true; // what was told stands; what comes after is news
            continue;
        }
        const auto items = found.topics.find(id);
        if (items != found.topics.end() && !items->second.empty())
            announce(*where);
        apply_items(static_cast<state&>(*where),
                    items == found.topics.end() ? decltype(items->second)() : std::move(items->second));
    }
    whole_read_ = whole_read_ || (found.whole && whole());
    // What is gone and nobody asked for by name is forgotten; its numbers are the hub's.
    std::erase_if(topics_, [](const auto& one) {
        return one.second->named == 0 && static_cast<const state&>(*one.second).told.empty();
    });
}

void state_book::apply_items(state& where, std::map<std::string, state_item, std::less<>> items)
{
    const bool first = !std::exchange(where.read, true);
    std::vector<std::string> gone;
    for (const auto& [name, content] : where.told)
        if (!items.contains(name))
            gone.push_back(name);
    for (const auto& name : gone) {
        where.told.erase(name);
        hub_.remove(*where.updates, name);
    }
    for (auto& [name, item] : items) {
        auto& content = item.content.empty() ? item.body : item.content;
        const auto told = where.told.find(name);
        if (told != where.told.end() && told->second == content)
            continue;
        where.told.insert_or_assign(name, content);
        if (first)
            hub_.seed(*where.updates, name, std::move(item.body));
        else
            hub_.publish(*where.updates, name, std::move(item.body));
    }
}

} // namespace fullon_cache_api::detail
