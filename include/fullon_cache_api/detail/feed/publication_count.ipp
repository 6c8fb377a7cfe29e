// Bodies of publication_count.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/publication_count.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

void publication_count::published(std::uint64_t value, std::uint64_t issued)
{
    const bool repeated = any_came_ && last_came_ == value;
    last_came_ = value;
    any_came_ = true;
    if (const auto shown = std::find(early_.begin(), early_.end(), value); shown != early_.end()) {
        early_.erase(shown);
        return;
    }
    if (repeated)
        return;
    if (waiting_.size() >= most) {
        waiting_.pop_front();
        ++overflow_;
    }
    waiting_.push_back({value, issued});
}

publication_count::accounted publication_count::read(std::uint64_t value, std::uint64_t number)
{
    const bool changed = !any_shown_ || shown_ != value;
    const auto before = came_before(number);
    const auto own = find_last(value);
    if (own && *own < before) {
        const auto taken = take(before);
        show(value, true);
        return {taken - 1, true};
    }
    // Of what has come since, only its own publication is accounted for: others may be of newer values, whatever their
    // place. The next read says.
    if (changed && own)
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(*own));
    const auto taken = take(before);
    if (changed)
        show(value, own.has_value());
    return {taken, changed};
}

std::uint64_t publication_count::read_nothing(std::uint64_t number)
{
    any_shown_ = false;
    early_.clear();
    return take(came_before(number));
}

void publication_count::start(std::uint64_t value, std::uint64_t number)
{
    take(came_before(number));
    if (const auto own = find_last(value))
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(*own));
    show(value, true);
    last_came_ = value;
    any_came_ = true;
}

/// How many of those that wait had come before the read of that number was issued.
std::size_t publication_count::came_before(std::uint64_t number) const
{
    const auto since = std::find_if(waiting_.begin(), waiting_.end(),
                                    [number](const waiting& one) { return one.issued >= number; });
    return static_cast<std::size_t>(since - waiting_.begin());
}

/// The place of the last that has this value.
std::optional<std::size_t> publication_count::find_last(std::uint64_t value) const
{
    for (auto place = waiting_.size(); place > 0; --place)
        if (waiting_[place - 1].value == value)
            return place - 1;
    return std::nullopt;
}

/// Takes the first `count` of those that wait, and what is older than all of them.
std::uint64_t publication_count::take(std::size_t count)
{
    if (count == 0)
        return 0;
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    return count + std::exchange(overflow_, 0);
}

void publication_count::show(std::uint64_t value, bool published)
{
    shown_ = value;
    any_shown_ = true;
    if (published)
        return;
    if (early_.size() >= most_early)
        early_.pop_front();
    early_.push_back(value);
}

} // namespace fullon_cache_api::detail
