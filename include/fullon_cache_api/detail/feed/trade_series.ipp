// Bodies of trade_series.hpp.
#pragma once

#include <fullon_cache_api/detail/catalogue/trades.hpp>
#include <fullon_cache_api/detail/feed/trade_series.hpp>

#include <fullon_cache/keys.hpp>
#include <fullon_cache/overlap.hpp>
#include <fullon_orm/trade.hpp>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace fullon_cache_api::detail {
struct trade_series::same_text {
    bool operator()(const element& one, std::uint64_t hash) const noexcept { return one.hash == hash; }
    bool operator()(std::uint64_t hash, const element& one) const noexcept { return one.hash == hash; }
};

trade_series::trade_series(std::string exchange, std::string symbol, std::size_t limit)
    : exchange_(std::move(exchange)), symbol_(std::move(symbol)), limit_(limit), window_(limit)
{}

std::vector<std::string> trade_series::keys() const
{
    std::vector<std::string> result;
    result.push_back(fullon_cache::trades_list(exchange_, symbol_));
    return result;
}

bool trade_series::apply(hub& updates, topic& where, std::vector<list_tail> lists, bool tell, moment)
{
    found_ = {};
    const auto& tail = lists.front();
    std::vector<std::uint64_t> hashes;
    hashes.reserve(tail.elements.size());
    for (const auto& text : tail.elements)
        hashes.push_back(std::hash<std::string>()(text));

    if (tell)
        tell_rejected(updates, where, hashes);
    const auto [standing, known] = tell ? known_of(tail, hashes) : known_elements{0, hashes.size()};
    const bool ends_here = tail.whole || tail.elements.size() >= limit_;
    if (tell && !ends_here && (known == 0 || uncertain_)) { // what was there must stand further back
        window_ = uncertain_ ? limit_ : std::min(limit_, tail.elements.size() * widening);
        if (!uncertain_) {
            rejected_length_ = tail.length;
            rejected_ = std::move(lists.front().elements);
        }
        return false;
    }
    if (tell && known == 0 && !tail.whole && !uncertain_) { // too many to tell: a hole in the numbers
        const auto grown = tail.length > length_ ? tail.length - length_ : 0;
        updates.lose(where, grown > hashes.size() ? grown - hashes.size() : 0);
    }
    if (standing == 0) {
        if (!seen_.empty() && !refilled_up_to_)
            last_end_ = seen_.back().hash;
        for (const auto& one : seen_)
            remember(one);
        seen_.clear();
        updates.drop_oldest(where, where.events().size());
    }
    if (!tell || uncertain_ || (standing != 0 && !refilled_up_to_)) {
        const bool refilled = std::exchange(refilled_up_to_, std::nullopt).has_value();
        const auto news = refilled ? never_taken(hashes) : std::unordered_set<std::uint64_t>();
        for (std::size_t i = standing; i < hashes.size(); ++i)
            append(updates, where, tail.elements[i], hashes[i],
                   i >= known && (!refilled || news.contains(hashes[i])));
        // Without what it ended with, it may be a list that is being written again, and was only seen begun.
        if (tell && uncertain_ && last_end_ &&
            std::find(hashes.begin(), hashes.end(), *last_end_) == hashes.end())
            refilled_up_to_ = last_end_;
    } else
        append_refilled(updates, where, tail, hashes, standing);
    // Whatever others took, they took from the front.
    forget_front(updates, where, std::min<std::size_t>(tail.length, limit_));
    length_ = tail.length;
    window_ = usual_window;
    uncertain_ = false;
    return true;
}

// What was read and put off until more is read, and of which something has been taken meanwhile, can only be told now.
void trade_series::tell_rejected(hub& updates, topic& where, const std::vector<std::uint64_t>& hashes)
{
    const auto before = std::exchange(rejected_, {});
    std::vector<std::uint64_t> old;
    for (const auto& text : before)
        old.push_back(std::hash<std::string>()(text));
    if (fullon_cache::overlap(old, hashes, hashes.size()) >= old.size())
        return;
    auto news = never_taken(old);
    for (const auto& one : seen_)
        news.erase(one.hash);
    for (std::size_t i = 0; i < before.size(); ++i) {
        append(updates, where, before[i], old[i], news.contains(old[i]));
        seen_.back().again = !news.contains(old[i]);
    }
    length_ = rejected_length_;
}

// Of these, those that did not stand in the list before.
std::unordered_set<std::uint64_t> trade_series::never_taken(const std::vector<std::uint64_t>& hashes) const
{
    std::unordered_set<std::uint64_t> news(hashes.begin(), hashes.end());
    for (const auto hash : taken_)
        news.erase(hash);
    return news;
}

// The list was emptied since, as by who takes all of it, or to be written again: what it had before is no news.
void trade_series::append_refilled(hub& updates, topic& where, const list_tail& tail,
                                   const std::vector<std::uint64_t>& hashes, std::size_t standing)
{
    const auto news = never_taken(hashes);
    bool written_again = false;
    for (std::size_t i = standing; i < hashes.size(); ++i) {
        const bool again = !news.contains(hashes[i]);
        append(updates, where, tail.elements[i], hashes[i], !again);
        seen_.back().again = again;
        written_again = written_again || again;
    }
    if (standing == 0 && !hashes.empty())
        refilled_up_to_ = written_again ? last_end_ : std::nullopt;
    if (refilled_up_to_ && std::find(hashes.begin(), hashes.end(), *refilled_up_to_) != hashes.end())
        refilled_up_to_.reset(); // all of it is there again
}

trade_series::known_elements trade_series::known_of(const list_tail& tail,
                                                    const std::vector<std::uint64_t>& hashes) const
{
    // The list has grown by so much at least: of trades that are equal to the letter, these are new.
    const std::size_t grown = tail.length > length_ ? tail.length - length_ : 0;
    const auto may_be_known = hashes.size() - std::min<std::size_t>(grown, hashes.size());
    const auto standing = fullon_cache::overlap(seen_, hashes, may_be_known, same_text());
    if (!uncertain_)
        return {standing, standing};
    if (standing != 0)
        return {0, standing};
    // Redis may have been put back to an earlier state, with what others had taken.
    std::vector<std::uint64_t> told(taken_.begin(), taken_.end());
    for (const auto& one : seen_)
        told.push_back(one.hash);
    return {0, fullon_cache::overlap_with_earlier(told, hashes, hashes.size())};
}

void trade_series::append(hub& updates, topic& where, std::string_view text, std::uint64_t hash, bool tell)
{
    const auto read = fullon_orm::trade_from_json(text, symbol_);
    std::optional<topic_value> value;
    if (read)
        value = make_value<operations::stream_trade_updates>(to_trade(*read, exchange_),
                                                             text.size() + exchange_.size() + symbol_.size());
    const bool fits = value && value->fits(updates.max_body);
    seen_.push_back({hash, fits});
    if (!fits) {
        found_.unreadable({}, read ? "too large" : read.error().text());
        return;
    }
    found_.readable();
    if (tell)
        updates.emit(where, *value);
    updates.keep(where, std::move(*value));
}

void trade_series::remember(const element& one)
{
    if (one.again)
        return;
    if (taken_.size() >= std::max(remembered, limit_))
        taken_.pop_front();
    taken_.push_back(one.hash);
}

void trade_series::forget_front(hub& updates, topic& where, std::size_t rest)
{
    std::size_t kept = 0;
    while (seen_.size() > rest) {
        kept += seen_.front().kept ? 1 : 0;
        remember(seen_.front());
        seen_.pop_front();
    }
    updates.drop_oldest(where, kept);
}

} // namespace fullon_cache_api::detail
