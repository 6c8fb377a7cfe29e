// Bodies of local_stream.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/topic_hold.hpp>
#include <fullon_cache_api/detail/server/local_stream.hpp>
#include <fullon_cache_api/detail/stream/update_decoder.hpp>

#include <fullon_orm/codec.hpp>

#include <utility>

namespace fullon_cache_api::detail {

const stream_message* frame_decoder::read(const frame& message)
{
    if (message != last_) { // which is kept, so that no other frame comes to stand where it stood
        decoded_ = decode_update(*message);
        last_ = message;
    }
    return decoded_ ? &*decoded_ : nullptr;
}

class local_stream::hold final : public topic_hold {
public:
    hold(local_stream& owner, topic_ptr what) : topic_hold(std::move(what), owner.metrics_), owner_(owner) {}

    void on_update(item_key, const frame& message) override { owner_.deliver(message); }
    void on_event(const frame& message) override { owner_.deliver(message); }
    void on_mark(const topic& which) override { owner_.mark(which.name(), which.stale()); }

private:
    local_stream& owner_;
};

local_stream::local_stream(std::string key, stream_request what, std::shared_ptr<stream_channel> to,
                           std::shared_ptr<frame_decoder> decoder, std::shared_ptr<server_metrics> metrics)
    : key_(std::move(key)), what_(std::move(what)), channel_(std::move(to)), decoder_(std::move(decoder)),
      metrics_(std::move(metrics))
{}

local_stream::~local_stream()
{
    if (source_)
        metrics_->open_streams(what_.operation).subtract();
}

void local_stream::start(std::unique_ptr<stream_source> source, std::string_view epoch)
{
    const auto topics = source->topics();
    pending_topics_.assign(topics.begin(), topics.end());
    stale_ = source->stale();
    source_ = std::move(source);
    metrics_->open_streams(what_.operation).add();
    channel_->track.keep_snapshots();
    channel_->track.begin(epoch);
}

bool local_stream::produce(std::size_t items)
{
    auto& track = channel_->track;
    while (track.in_snapshot()) {
        if (items == 0 && !(pending_items_.empty() && pending_topics_.empty()))
            break;
        if (!pending_items_.empty()) {
            --items;
            const frame next = std::move(pending_items_.front());
            pending_items_.pop_front();
            // Not by the decoder that is shared: nobody else gets this one.
            if (const auto message = decode_update(*next);
                message && message->type == what_.type && track.offer(*message))
                ++delivered_;
        } else if (!pending_topics_.empty()) {
            const topic_ptr where = std::move(pending_topics_.front());
            pending_topics_.pop_front();
            for (const auto& [name, item] : where->items())
                pending_items_.push_back(snapshot_frame(*where, item.body, key_));
            for (const auto& body : where->events())
                pending_items_.push_back(snapshot_frame(*where, body, key_));
            attach(where);
        } else {
            track.end_snapshot();
            mark({}, stale_);
            for (const auto& [where, held] : holds_)
                if (where->stale() != stale_reason::none)
                    mark(where->name(), where->stale());
        }
    }
    channel_->wake();
    return track.in_snapshot();
}

void local_stream::end()
{
    ended_ = true;
    pending_topics_.clear();
    pending_items_.clear();
    holds_.clear();
    if (std::exchange(source_, nullptr))
        metrics_->open_streams(what_.operation).subtract();
    channel_->close();
}

stream_info local_stream::info() const
{
    stream_info result;
    result.stream_key = key_;
    result.operation = what_.operation;
    if (auto params = fullon_orm::parse_value(what_.params))
        result.params = std::move(*params);
    for (const auto& where : source_->topics())
        result.topics.push_back(where->name());
    result.delivered = delivered_;
    result.conflated = conflated_;
    result.dropped = dropped_;
    return result;
}

void local_stream::on_new_topic(const topic_ptr& made)
{
    if (source_) // else start() will find it among the topics
        attach(made);
}

void local_stream::on_stale(stale_reason why)
{
    stale_ = why;
    mark({}, why);
}

void local_stream::on_fresh()
{
    on_stale(stale_reason::none);
}

// Marks wait for the end of the snapshot, as they are said of all of the stream.
void local_stream::mark(std::string_view topic, stale_reason why)
{
    if (!source_ || channel_->track.in_snapshot())
        return;
    channel_->track.mark(topic, why);
    channel_->wake();
}

void local_stream::attach(const topic_ptr& where)
{
    auto& held = holds_[where.get()];
    if (!held)
        held = std::make_unique<hold>(*this, where);
    if (where->stale() != stale_reason::none)
        mark(where->name(), where->stale());
}

void local_stream::deliver(const frame& message)
{
    const auto* update = decoder_->read(message);
    if (!update || update->type != what_.type)
        return;
    auto& track = channel_->track;
    const auto waiting = track.size();
    if (!track.offer(*update))
        return;
    ++delivered_;
    if (waiting != 0 && track.size() <= waiting) // another one had to go
        ++(update->event ? dropped_ : conflated_);
    channel_->wake();
}

} // namespace fullon_cache_api::detail
