// Bodies of session_streams.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/topic_hold.hpp>
#include <fullon_cache_api/detail/session/session_streams.hpp>
#include <fullon_cache_api/detail/wire/messages.hpp>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace fullon_cache_api::detail {

/// One topic as held by this session, for one or more of its streams.
class session_streams::hold final : public topic_hold {
public:
    hold(session_streams& owner, topic_ptr what) : topic_hold(std::move(what), owner.metrics_), owner_(owner)
    {}

    void on_update(item_key key, const frame& message) override
    {
        const bool replaced = owner_.out_.push_state(key, message);
        if (replaced)
            metrics().conflated_messages.add();
        for (auto* one : streams)
            ++(replaced ? one->conflated_ : one->delivered_);
        owner_.wake_();
    }

    void on_event(const frame& message) override
    {
        const bool dropped = owner_.out_.push_event(what()->ring(), what()->name(), message);
        if (dropped)
            metrics().dropped_messages.add();
        for (auto* one : streams)
            ++(dropped ? one->dropped_ : one->delivered_);
        owner_.wake_();
    }

    void on_mark(const topic& which) override
    {
        for (auto* one : streams)
            if (one->snapshot_sent_)
                owner_.send(protocol::stale_message(one->key_, which.stale(), std::span(&which.name(), 1)));
    }

    std::vector<stream*> streams;

private:
    session_streams& owner_;
};

session_streams::session_streams(outbox& out, std::function<void()> wake,
                                 std::shared_ptr<server_metrics> metrics)
    : out_(out), wake_(std::move(wake)), metrics_(std::move(metrics))
{}

session_streams::~session_streams() = default;

session_streams::stream& session_streams::add(std::string operation, boost::json::object params)
{
    std::string key = "s" + std::to_string(next_key_++);
    auto made = std::make_unique<stream>(*this, key, std::move(operation), std::move(params));
    return *streams_.emplace(std::move(key), std::move(made)).first->second;
}

void session_streams::start(stream& which, std::unique_ptr<stream_source> source)
{
    const auto topics = source->topics();
    which.pending_.assign(topics.begin(), topics.end());
    which.stale_ = source->stale();
    which.source_ = std::move(source);
    metrics_->open_streams(which.operation_).add();
    snapshots_.push_back(&which);
    wake_();
}

void session_streams::discard(stream& which)
{
    streams_.erase(streams_.find(which.key_));
}

std::optional<std::uint64_t> session_streams::remove(std::string_view key)
{
    const auto found = streams_.find(key);
    if (found == streams_.end() || !found->second->source_) // a key that was not given out yet is no key
        return std::nullopt;
    auto& gone = *found->second;
    std::erase(snapshots_, &gone);
    for (auto* held : gone.holds_) {
        std::erase(held->streams, &gone);
        if (held->streams.empty())
            pass_on(held->what());
        if (held->streams.empty())
            holds_.erase(held->what().get());
    }
    const std::uint64_t delivered = gone.delivered_;
    streams_.erase(found);
    return delivered;
}

void session_streams::produce(std::size_t high_water)
{
    while (!snapshots_.empty() && out_.bytes() < high_water) {
        auto& current = *snapshots_.front();
        if (!current.pending_.empty()) {
            const topic_ptr where = std::move(current.pending_.front());
            current.pending_.pop_front();
            for (const auto& [name, item] : where->items())
                out_.push(snapshot_frame(*where, item.body, current.key_));
            for (const auto& body : where->events())
                out_.push(snapshot_frame(*where, body, current.key_));
            const auto count = where->items().size() + where->events().size();
            current.snapshot_items_ += count;
            current.delivered_ += count;
            attach(current, where);
            continue;
        }
        snapshots_.pop_front();
        send(protocol::snapshot_end_message(current.key_, current.snapshot_items_));
        current.snapshot_sent_ = true;
        current.send_marks();
    }
}

std::vector<stream_info> session_streams::list() const
{
    std::vector<stream_info> result;
    for (const auto& [key, one] : streams_) {
        if (!one->source_)
            continue;
        stream_info info;
        info.stream_key = key;
        info.operation = one->operation_;
        info.params = one->params_;
        for (const auto& where : one->source_->topics())
            info.topics.push_back(where->name());
        info.delivered = one->delivered_;
        info.conflated = one->conflated_;
        info.dropped = one->dropped_;
        result.push_back(std::move(info));
    }
    return result;
}

void session_streams::attach(stream& which, const topic_ptr& where)
{
    auto& held = holds_[where.get()];
    if (!held)
        held = std::make_unique<hold>(*this, where);
    if (std::find(held->streams.begin(), held->streams.end(), &which) != held->streams.end())
        return;
    held->streams.push_back(&which);
    which.holds_.push_back(held.get());
    // What waits of it is not this stream's, so nothing of this stream may take its place.
    for (const auto& [name, item] : where->items())
        out_.keep(item.key);
    if (which.snapshot_sent_ && where->stale() != stale_reason::none)
        send(protocol::stale_message(which.key_, where->stale(), std::span(&where->name(), 1)));
}

// A client gives live messages to all its streams that hold the topic, also to one whose snapshot has not come to
// it yet: that one must go on to hear of it, or it would keep for ever what is removed meanwhile.
void session_streams::pass_on(const topic_ptr& where)
{
    for (auto* waiting : snapshots_)
        if (std::find(waiting->pending_.begin(), waiting->pending_.end(), where) != waiting->pending_.end()) {
            attach(*waiting, where);
            return;
        }
}

void session_streams::send(std::string text)
{
    out_.push(std::make_shared<const std::string>(std::move(text)));
    wake_();
}

session_streams::stream::stream(session_streams& owner, std::string key, std::string operation,
                                boost::json::object params)
    : owner_(owner), key_(std::move(key)), operation_(std::move(operation)), params_(std::move(params))
{}

session_streams::stream::~stream()
{
    if (source_)
        owner_.metrics_->open_streams(operation_).subtract();
}

void session_streams::stream::on_new_topic(const topic_ptr& made)
{
    if (source_) // else start() will find it among the topics
        owner_.attach(*this, made);
}

// Marks wait for the end of the snapshot: a client reads them as said of all of the stream.
void session_streams::stream::on_stale(stale_reason why)
{
    stale_ = why;
    if (snapshot_sent_ && std::exchange(stale_sent_, why) != why)
        owner_.send(protocol::stale_message(key_, why));
}

void session_streams::stream::on_fresh()
{
    on_stale(stale_reason::none);
}

void session_streams::stream::send_marks()
{
    on_stale(stale_);
    std::map<stale_reason, std::vector<std::string>> marked;
    for (const auto* held : holds_)
        if (const auto why = held->what()->stale(); why != stale_reason::none)
            marked[why].push_back(held->what()->name());
    for (const auto& [why, topics] : marked)
        owner_.send(protocol::stale_message(key_, why, topics));
}

} // namespace fullon_cache_api::detail
