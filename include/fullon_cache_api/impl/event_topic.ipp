// Bodies of detail/event_topic.hpp.
#pragma once

#include <fullon_cache_api/detail/event_topic.hpp>

#include <fullon_cache/detail/overlap.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

// So many in a row are the same only if they are the same events.
constexpr std::size_t remembered = 32;

} // namespace

void event_topic::enter(const moment& now)
{
    if (subscription_ == now.subscription)
        return;
    subscription_ = now.subscription;
    found_.clear();
    held_.clear();
    lost_ = 0;
}

void event_topic::offer(const stream_message& message, const moment& now, std::vector<accepted_event>& out)
{
    enter(now);
    if (!message.snapshot) {
        const held_event one{message.value, message.update_id};
        if (!now.in_snapshot)
            accept_live(one, now, out);
        else {
            if (held_.size() >= now.limit) {
                held_.pop_front();
                ++lost_;
            }
            held_.push_back(one);
        }
        return;
    }
    found_id_ = message.update_id; // and what came live up to it stands in the list
    if (now.subscription > 1) {
        found_.push_back(message.value);
        return;
    }
    epoch_ = now.epoch;
    last_id_ = message.update_id;
    ++place_;
    accept(message.value, true, false, out);
}

void event_topic::end_snapshot(const moment& now, value_equality same, std::vector<accepted_event>& out)
{
    enter(now);
    if (!found_.empty()) {
        const auto equal = [same](const auto& one, const auto& other) {
            return same(one.get(), other.get());
        };
        // In one life of the server the ids say how many at least are new: of events that are equal, these.
        const auto later = epoch_ == now.epoch && found_id_ > last_id_ ? found_id_ - last_id_ : 0;
        const auto may_be_known = found_.size() - std::min<std::size_t>(found_.size(), later);
        auto known = fullon_cache::detail::overlap(handed_out_, found_, may_be_known, equal);
        // Or Redis was put back to an earlier state, and what the ids speak of is not in the list.
        if (known == 0)
            known = fullon_cache::detail::overlap_with_earlier(handed_out_, found_, found_.size(), equal);
        const auto fresh = found_.size() - known;
        if (epoch_ == now.epoch && found_id_ > last_id_ + fresh)
            place_ += found_id_ - last_id_ - fresh; // came and went while the connection was down
        epoch_ = now.epoch;
        last_id_ = found_id_;
        for (std::size_t i = known; i < found_.size(); ++i) {
            ++place_;
            accept(std::move(found_[i]), true, true, out);
        }
        found_.clear();
    }
    if (epoch_ != now.epoch) // else the numbers tell of them
        place_ += std::exchange(lost_, 0);
    for (const auto& one : std::exchange(held_, {}))
        accept_live(one, now, out);
}

void event_topic::accept_live(const held_event& one, const moment& now, std::vector<accepted_event>& out)
{
    const bool numbered = epoch_ == now.epoch;
    if (numbered && one.update_id <= last_id_)
        return;
    place_ += numbered ? one.update_id - last_id_ : 1;
    epoch_ = now.epoch;
    last_id_ = one.update_id;
    accept(one.value, false, false, out);
}

void event_topic::accept(std::shared_ptr<const void> value, bool snapshot, bool resync,
                         std::vector<accepted_event>& out)
{
    if (handed_out_.size() >= remembered)
        handed_out_.pop_front();
    handed_out_.push_back(value);
    out.push_back({std::move(value), last_id_, place_, snapshot, resync});
}

} // namespace fullon_cache_api::detail
