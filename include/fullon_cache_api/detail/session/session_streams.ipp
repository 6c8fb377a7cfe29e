// Bodies of session_streams.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/topic_hold.hpp>
#include <fullon_cache_api/detail/session/session_streams.hpp>
#include <fullon_cache_api/detail/wire/messages.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

/// One topic as held by this session, for one or more of its streams.
class session_streams::hold final : public topic_hold {
public:
    hold(session_streams& owner, topic_ptr what)
        : topic_hold(std::move(what), owner.metrics_), out_(owner.out_), owner_(owner)
    {}

    void on_update(item_key key, const topic_update& update) override
    {
        const bool first = out_.empty();
        const bool replaced = out_.push_state(key, update.message());
        if (replaced)
            metrics().conflated_messages.add();
        ++(replaced ? counts.conflated : counts.delivered);
        wake_for(first);
    }

    void on_event(const topic_update& update) override
    {
        const bool first = out_.empty();
        const bool dropped = out_.push_event(what()->ring(), what()->name(), update.message());
        if (dropped)
            metrics().dropped_messages.add();
        ++(dropped ? counts.dropped : counts.delivered);
        wake_for(first);
    }

    void on_lost(std::uint64_t count) override
    {
        const bool first = out_.empty();
        out_.push_gap(what()->ring(), what()->name(), count);
        metrics().dropped_messages.add(count);
        counts.dropped += count;
        wake_for(first);
    }

    void on_mark(const topic& which) override
    {
        for (auto* one : streams)
            one->on_mark(which);
    }

    std::vector<stream*> streams;
    delivery_counts counts; // of each of them, since it is among them

private:
    // Where something waited already, the session knows.
    void wake_for(bool first)
    {
        if (first)
            owner_.wake_();
    }

    outbox& out_;
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
    which.start(std::move(source));
    snapshots_.push_back(&which);
    wake_();
}

void session_streams::discard(stream& which)
{
    streams_.erase(streams_.find(which.key()));
}

std::optional<std::uint64_t> session_streams::remove(std::string_view key)
{
    const auto found = streams_.find(key);
    if (found == streams_.end() || !found->second->started()) // a key that was not given out yet is no key
        return std::nullopt;
    auto& gone = *found->second;
    std::erase(snapshots_, &gone);
    gone.count();
    for (const auto& [held, since] : gone.holds_) {
        std::erase(held->streams, &gone);
        if (held->streams.empty())
            pass_on(held->what());
        if (held->streams.empty())
            holds_.erase(held->what().get());
    }
    const std::uint64_t delivered = gone.delivered();
    streams_.erase(found);
    return delivered;
}

void session_streams::produce(std::size_t high_water)
{
    while (!snapshots_.empty() && out_.bytes() < high_water) {
        auto& current = *snapshots_.front();
        if (const auto where = current.next_topic()) {
            for (const auto& [name, item] : where->items())
                out_.push(snapshot_message(item.value, where->last_id(), current.key()));
            for (const auto& event : where->events())
                out_.push(snapshot_message(event, where->last_id(), current.key()));
            const auto count = where->items().size() + where->events().size();
            current.snapshot_items_ += count;
            current.delivered_ += count;
            current.attach(where);
            continue;
        }
        snapshots_.erase(snapshots_.begin());
        send(protocol::snapshot_end_message(current.key(), current.snapshot_items_));
        current.end_snapshot();
    }
}

std::vector<stream_info> session_streams::list() const
{
    std::vector<stream_info> result;
    for (const auto& [key, one] : streams_) {
        if (!one->started())
            continue;
        one->count();
        auto info = one->info();
        info.params = one->params_;
        result.push_back(std::move(info));
    }
    return result;
}

// A client gives live messages to all its streams that hold the topic, also to one whose snapshot has not come to
// it yet: that one must go on to hear of it, or it would keep for ever what is removed meanwhile.
void session_streams::pass_on(const topic_ptr& where)
{
    for (auto* waiting : snapshots_)
        if (waiting->awaits(where)) {
            waiting->attach(where);
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
    : open_stream(std::move(key), std::move(operation), owner.metrics_), owner_(owner),
      params_(std::move(params))
{}

bool session_streams::stream::attach(const topic_ptr& where)
{
    auto& held = owner_.holds_[where.get()];
    if (!held)
        held = std::make_unique<hold>(owner_, where);
    if (std::find(held->streams.begin(), held->streams.end(), this) != held->streams.end())
        return false;
    held->streams.push_back(this);
    holds_.emplace_back(held.get(), held->counts);
    // What waits of it is not this stream's, so nothing of this stream may take its place.
    for (const auto& [name, item] : where->items())
        owner_.out_.keep(item.key);
    return true;
}

void session_streams::stream::count()
{
    for (auto& [held, since] : holds_) {
        delivered_ += held->counts.delivered - since.delivered;
        conflated_ += held->counts.conflated - since.conflated;
        dropped_ += held->counts.dropped - since.dropped;
        since = held->counts;
    }
}

void session_streams::stream::tell(stale_reason why, std::span<const std::string> topics)
{
    owner_.send(protocol::stale_message(key(), why, topics));
}

} // namespace fullon_cache_api::detail
