// Bodies of bar_series.hpp.
#pragma once

#include <fullon_cache_api/detail/catalogue/ohlcv.hpp>
#include <fullon_cache_api/detail/feed/bar_series.hpp>

#include <fullon_cache/keys.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace fullon_cache_api::detail {
bar_series::bar_series(std::string symbol, std::string timeframe)
    : symbol_(std::move(symbol)), timeframe_(std::move(timeframe)), window_(usual_window)
{
    keys_.push_back({fullon_cache::bars_list(symbol_, timeframe_), true});
}

std::vector<std::string> bar_series::keys() const
{
    std::vector<std::string> result;
    for (const auto& one : keys_)
        result.push_back(one.key);
    return result;
}

bool bar_series::learn(std::string_view key, bool reported)
{
    const auto known =
        std::find_if(keys_.begin(), keys_.end(), [&](const spelling& one) { return one.key == key; });
    if (known != keys_.end()) {
        known->reported = known->reported || reported;
        return false;
    }
    if (keys_.size() > most_spellings) { // what there is counts more than what clients name
        const auto named =
            std::find_if(keys_.begin(), keys_.end(), [](const spelling& one) { return !one.reported; });
        if (!reported || named == keys_.end())
            return false;
        keys_.erase(named);
    }
    keys_.insert(keys_.begin(), spelling{std::string(key), reported});
    return true;
}

bool bar_series::apply(hub& updates, topic& where, std::vector<list_tail> lists, bool tell, moment now)
{
    auto read = merge(lists);
    // Whether the newest bar may stand in a list, or be an element, that cannot be read: what was told stands.
    const bool ends_early =
        tell && (read.merged.empty() || (last_open_ && read.merged.rbegin()->first < *last_open_));
    const bool lacks_list =
        std::any_of(lists.begin(), lists.end(), [](const list_tail& one) { return !one.problem.empty(); });
    if (ends_early && lacks_list) {
        window_ = usual_window;
        setback_.reset();
        return true;
    }
    if (ends_early && !uncertain_ && !unreadable_ && put_off(read, now)) {
        window_ = usual_window;
        return true;
    }
    if (!suffices(read, tell)) {
        window_ *= widening;
        return false;
    }
    window_ = usual_window;
    setback_.reset();
    if (ends_early && unreadable_)
        return true;
    uncertain_ = false;
    if (read.merged.empty()) {
        updates.remove(where, "");
        open_.reset(); // what was closed is remembered: the list may be filled again with what it had
        return true;
    }
    if (open_ && open_->timestamp < read.merged.rbegin()->first)
        read.merged.emplace(open_->timestamp, *open_); // where it is there no more, what was told is its end
    const auto newest = read.merged.rbegin()->second;
    if (tell)
        tell_closed(updates, where, read);
    else
        remember_closed(read);
    set_open(updates, where, newest, tell);
    while (closed_.size() > remembered)
        closed_.erase(closed_.begin());
    return true;
}

// Whether lists that end before what was told may be on their way to it: who writes them again goes forward.
bool bar_series::put_off(const reading& read, moment now)
{
    if (read.merged.empty()) // that is shown at once
        return false;
    const double newest = read.merged.rbegin()->first;
    if (!setback_)
        setback_ = setback{now, now, newest};
    if (newest > setback_->newest)
        setback_->since = now;
    setback_->newest = newest;
    if (now >= setback_->end())
        return false;
    unreadable_ = now - setback_->begun >= patience; // for so long it may not be shown without a word
    return true;
}

std::optional<bar_series::moment> bar_series::next_look() const
{
    return setback_ ? std::optional(setback_->end()) : std::nullopt;
}

bar_series::reading bar_series::merge(const std::vector<list_tail>& lists)
{
    found_ = {};
    unreadable_ = false;
    constexpr double forever = std::numeric_limits<double>::infinity();
    reading result{.merged = {}, .complete_from = -forever, .whole = true};
    for (std::size_t i = 0; i < lists.size(); ++i) {
        double oldest = forever;
        bool last_readable = true;
        for (const auto& text : lists[i].elements) {
            const auto one = fullon_orm::bar_from_json(text);
            last_readable = one.has_value();
            if (!one) {
                found_.unreadable(keys_[i].key, one.error().text());
                continue;
            }
            found_.readable();
            result.merged.insert_or_assign(one->timestamp, *one);
            oldest = std::min(oldest, one->timestamp);
        }
        unreadable_ = unreadable_ || !last_readable;
        if (!lists[i].whole && lists[i].problem.empty()) {
            result.complete_from = std::max(result.complete_from, oldest);
            result.whole = false;
        }
    }
    return result;
}

// Whether everything that may be news was seen.
bool bar_series::suffices(const reading& read, bool tell) const
{
    if (read.whole || window_ >= widest_window)
        return true;
    if (read.merged.empty() || read.merged.rbegin()->first < read.complete_from)
        return false;
    if (!tell)
        return true;
    // There was nothing before: all of it is news. Else up to the bar that was open; if the newest is older than that,
    // others were written behind it.
    return last_open_ && read.complete_from <= *last_open_ &&
           (!open_ || read.merged.rbegin()->first >= *last_open_);
}

void bar_series::tell_closed(hub& updates, topic& where, const reading& read)
{
    const auto newest = std::prev(read.merged.end());
    // Older ones than those that are remembered were closed before anybody looked.
    auto from = read.merged.begin();
    if (!closed_.empty())
        from = read.merged.lower_bound(closed_.begin()->first);
    else if (last_open_)
        from = read.merged.lower_bound(*last_open_);
    for (auto one = from; one != newest && one != read.merged.end();
         ++one) { // the newest may be older than all that was told
        const bool was_open = open_ && open_->timestamp == one->first;
        if (one->first < read.complete_from && !was_open)
            continue; // another list may know better
        const auto told = closed_.find(one->first);
        if (told != closed_.end() && told->second == one->second)
            continue;
        updates.emit(where, value_of(one->second, true));
        closed_.insert_or_assign(one->first, one->second);
    }
}

void bar_series::remember_closed(const reading& read)
{
    closed_.clear();
    const auto newest = std::prev(read.merged.end());
    for (auto one = read.merged.lower_bound(read.complete_from); one != newest && one != read.merged.end();
         ++one)
        closed_.insert(*one);
}

void bar_series::set_open(hub& updates, topic& where, const fullon_orm::bar& newest, bool tell)
{
    if (!tell)
        updates.seed(where, "", value_of(newest, false));
    else if (open_ != newest)
        updates.publish(where, "", value_of(newest, false));
    open_ = newest;
    last_open_ = newest.timestamp;
}

topic_value bar_series::value_of(const fullon_orm::bar& one, bool closed) const
{
    bar_update message;
    message.symbol = symbol_;
    message.timeframe = timeframe_;
    message.bar = one;
    message.closed = closed;
    return make_value<operations::stream_ohlcv>(std::move(message));
}

} // namespace fullon_cache_api::detail
