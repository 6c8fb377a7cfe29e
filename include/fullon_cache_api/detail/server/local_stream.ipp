// Bodies of local_stream.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/topic_hold.hpp>
#include <fullon_cache_api/detail/server/local_stream.hpp>

#include <fullon_orm/codec.hpp>

#include <utility>

namespace fullon_cache_api::detail {

class local_stream::hold final : public topic_hold {
public:
    hold(local_stream& owner, topic_ptr what) : topic_hold(std::move(what), owner.metrics()), owner_(owner) {}

    void on_update(item_key, const topic_update& update) override { owner_.deliver(update.item()); }
    void on_event(const topic_update& update) override { owner_.deliver(update.item()); }
    void on_mark(const topic& which) override { owner_.on_mark(which); }

private:
    local_stream& owner_;
};

local_stream::local_stream(std::string key, stream_request what, std::shared_ptr<stream_channel> to,
                           std::shared_ptr<server_metrics> metrics)
    : open_stream(std::move(key), what.operation, std::move(metrics)), what_(std::move(what)),
      channel_(std::move(to))
{}

local_stream::~local_stream() = default;

void local_stream::start(std::unique_ptr<stream_source> source, std::string_view epoch)
{
    open_stream::start(std::move(source));
    channel_->track.keep_snapshots();
    channel_->track.begin(epoch);
}

bool local_stream::produce(std::size_t items)
{
    auto& track = channel_->track;
    while (track.in_snapshot()) {
        if (items == 0 && (!pending_items_.empty() || awaits_topics()))
            break;
        if (!pending_items_.empty()) {
            --items;
            delivered_ += track.offer(pending_items_.front()) ? 1 : 0;
            pending_items_.pop_front();
        } else if (const auto where = next_topic()) {
            for (const auto& [name, item] : where->items())
                pending_items_.push_back(snapshot_item(where->name(), item.value, where->last_id(), key()));
            for (const auto& event : where->events())
                pending_items_.push_back(snapshot_item(where->name(), event, where->last_id(), key()));
            attach(where);
        } else {
            track.end_snapshot();
            end_snapshot();
        }
    }
    channel_->wake();
    return track.in_snapshot();
}

void local_stream::end()
{
    ended_ = true;
    pending_items_.clear();
    holds_.clear();
    stop();
    channel_->close();
}

stream_info local_stream::info() const
{
    auto result = open_stream::info();
    if (auto params = fullon_orm::parse_value(what_.params))
        result.params = std::move(*params);
    return result;
}

bool local_stream::attach(const topic_ptr& where)
{
    auto& held = holds_[where.get()];
    if (held)
        return false;
    held = std::make_unique<hold>(*this, where);
    return true;
}

void local_stream::tell(stale_reason why, std::span<const std::string> topics)
{
    if (topics.empty())
        channel_->track.mark({}, why);
    for (const auto& topic : topics)
        channel_->track.mark(topic, why);
    channel_->wake();
}

void local_stream::deliver(const stream_message& update)
{
    auto& track = channel_->track;
    const auto waiting = track.size();
    if (!track.offer(update))
        return;
    ++delivered_;
    if (waiting != 0 && track.size() <= waiting) // another one had to go
        ++(update.event ? dropped_ : conflated_);
    channel_->wake();
}

} // namespace fullon_cache_api::detail
