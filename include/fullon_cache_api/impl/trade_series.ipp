// Bodies of detail/trade_series.hpp.
#pragma once

#include <fullon_cache_api/detail/message_body.hpp>
#include <fullon_cache_api/detail/trade_series.hpp>
#include <fullon_cache_api/operations/trades.hpp>

#include <fullon_cache/detail/overlap.hpp>
#include <fullon_cache/detail/trade_keys.hpp>
#include <fullon_orm/trade.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace fullon_cache_api::detail {
struct trade_series::same_text {
    bool operator()(const element& one, std::uint64_t hash) const noexcept { return one.hash == hash; }
    bool operator()(std::uint64_t hash, const element& one) const noexcept { return one.hash == hash; }
};

trade_series::trade_series(std::string exchange, std::string symbol, std::size_t limit)
    : exchange_(std::move(exchange)), symbol_(std::move(symbol)),
      log_(fullon_log::get_component_logger("fullon.api.cache.trades")), limit_(limit), window_(limit)
{}

std::vector<std::string> trade_series::keys() const
{
    std::vector<std::string> result;
    result.push_back(fullon_cache::detail::trades_list(exchange_, symbol_));
    return result;
}

bool trade_series::apply(hub& updates, topic& where, std::vector<list_tail> lists, bool tell)
{
    const auto& tail = lists.front();
    std::vector<std::uint64_t> hashes;
    hashes.reserve(tail.elements.size());
    for (const auto& text : tail.elements)
        hashes.push_back(std::hash<std::string>()(text));

    if (tell)
        tell_rejected(updates, where, hashes);
    const std::size_t known = tell ? known_of(tail, hashes) : hashes.size();
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
        updates.suppress(where, grown > hashes.size() ? grown - hashes.size() : 0);
    }
    const bool anew = !tell || uncertain_;
    if (anew) {
        for (const auto& one : seen_)
            remember(one);
        seen_.clear();
        updates.drop_oldest(where, where.events().size());
    }
    for (std::size_t i = anew ? 0 : known; i < hashes.size(); ++i)
        append(updates, where, tail.elements[i], hashes[i], i >= known);
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
    if (fullon_cache::detail::overlap(old, hashes, hashes.size()) >= old.size())
        return;
    for (std::size_t i = 0; i < before.size(); ++i)
        append(updates, where, before[i], old[i], true);
    length_ = rejected_length_;
}

std::size_t trade_series::known_of(const list_tail& tail, const std::vector<std::uint64_t>& hashes) const
{
    // The list has grown by so much at least: of trades that are equal to the letter, these are new.
    const std::size_t grown = tail.length > length_ ? tail.length - length_ : 0;
    const auto may_be_known = hashes.size() - std::min<std::size_t>(grown, hashes.size());
    if (const auto known = fullon_cache::detail::overlap(seen_, hashes, may_be_known, same_text()))
        return known;
    if (!uncertain_)
        return 0;
    // Redis may have been put back to an earlier state, with what others had taken.
    std::vector<std::uint64_t> told(taken_.begin(), taken_.end());
    for (const auto& one : seen_)
        told.push_back(one.hash);
    return fullon_cache::detail::overlap_with_earlier(told, hashes, hashes.size());
}

void trade_series::append(hub& updates, topic& where, std::string_view text, std::uint64_t hash, bool tell)
{
    auto read = fullon_orm::trade_from_json(text, symbol_);
    seen_.push_back({hash, static_cast<bool>(read)});
    if (!read) {
        log_.warning("unreadable entry skipped", {{"key", keys().front()}, {"reason", read.error().text()}});
        return;
    }
    auto body = message_body(operations::stream_trade_updates::message_type, to_trade(*read, exchange_));
    if (tell)
        updates.emit(where, body);
    updates.keep(where, std::move(body));
}

void trade_series::remember(const element& one)
{
    if (taken_.size() >= remembered)
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
