// Bodies of event_topic.hpp.
#pragma once

#include <fullon_cache_api/detail/stream/event_topic.hpp>

#include <fullon_cache/overlap.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace fullon_cache_api::detail {
namespace {

constexpr std::size_t remembered = 1024;
constexpr std::size_t compared = 32; // so many in a row are the same only if they are the same events

} // namespace

void event_topic::enter(const moment& now)
{
    if (subscription_ == now.subscription)
        return;
    subscription_ = now.subscription;
    found_.clear();
    held_.clear();
    lost_ = 0;
    if (life_ == now.epoch)
        return;
    life_ = now.epoch;
    former_.clear();
    for (const auto one : handed_out_)
        ++former_[one];
}

void event_topic::offer(const stream_message& message, const moment& now, std::vector<accepted_event>& out)
{
    enter(now);
    held_event one{message.value, message.fingerprint, message.update_id};
    if (!message.snapshot) {
        if (!now.in_snapshot) {
            accept_live(std::move(one), now, out);
            return;
        }
        if (held_.size() >= now.limit) {
            held_.pop_front();
            ++lost_;
        }
        held_.push_back(std::move(one));
        return;
    }
    found_id_ = message.update_id; // and what came live up to it stands in the list
    if (now.subscription > 1) {
        found_.push_back(std::move(one));
        return;
    }
    epoch_ = now.epoch;
    last_id_ = message.update_id;
    ++place_;
    accept(std::move(one), true, false, out);
}

void event_topic::end_snapshot(const moment& now, std::vector<accepted_event>& out)
{
    enter(now);
    if (!found_.empty()) {
        // In one life of the server the ids say how many at least are new: of events that are equal, these.
        const auto later = epoch_ == now.epoch && found_id_ > last_id_ ? found_id_ - last_id_ : 0;
        const auto known = known_of(found_.size() - std::min<std::size_t>(found_.size(), later));
        const auto fresh = found_.size() - known;
        if (epoch_ == now.epoch && found_id_ > last_id_ + fresh)
            place_ += found_id_ - last_id_ - fresh; // came and went while the connection was down
        epoch_ = now.epoch;
        last_id_ = found_id_;
        for (std::size_t i = 0; i < known; ++i)
            told_in_former_life(found_[i].fingerprint);
        for (std::size_t i = known; i < found_.size(); ++i) {
            ++place_;
            accept(std::move(found_[i]), true, true, out);
        }
        found_.clear();
    }
    if (epoch_ != now.epoch) // else the numbers tell of them
        place_ += std::exchange(lost_, 0);
    for (auto& one : std::exchange(held_, {}))
        accept_live(std::move(one), now, out);
}

// How many of what was found have been handed out.
std::size_t event_topic::known_of(std::size_t may_be_known) const
{
    std::vector<std::uint64_t> found;
    found.reserve(found_.size());
    for (const auto& one : found_)
        found.push_back(one.fingerprint);
    const auto skipped = handed_out_.size() - std::min(compared, handed_out_.size());
    const std::vector<std::uint64_t> last(
        std::next(handed_out_.begin(), static_cast<std::ptrdiff_t>(skipped)), handed_out_.end());
    if (const auto known = fullon_cache::overlap(last, found, may_be_known); known != 0)
        return known;
    // Or Redis was put back to an earlier state, and what the ids speak of is not in the list.
    return fullon_cache::overlap_with_earlier(handed_out_, found, found.size());
}

bool event_topic::told_in_former_life(std::uint64_t fingerprint)
{
    const auto found = former_.find(fingerprint);
    if (found == former_.end())
        return false;
    if (--found->second == 0)
        former_.erase(found);
    return true;
}

void event_topic::accept_live(held_event one, const moment& now, std::vector<accepted_event>& out)
{
    const bool numbered = epoch_ == now.epoch;
    if (numbered && one.update_id <= last_id_)
        return;
    place_ += numbered ? one.update_id - last_id_ : 1;
    epoch_ = now.epoch;
    last_id_ = one.update_id;
    if (told_in_former_life(one.fingerprint))
        --place_; // neither missed nor new
    else
        accept(std::move(one), false, false, out);
}

void event_topic::accept(held_event one, bool snapshot, bool resync, std::vector<accepted_event>& out)
{
    if (handed_out_.size() >= remembered)
        handed_out_.pop_front();
    handed_out_.push_back(one.fingerprint);
    out.push_back({std::move(one.value), last_id_, place_, snapshot, resync});
}

} // namespace fullon_cache_api::detail
