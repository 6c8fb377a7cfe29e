// Bodies of compat_streams.hpp.
#pragma once

#include <fullon_cache_api/detail/compat/compat_streams.hpp>
#include <fullon_cache_api/detail/feed/topic_hold.hpp>

#include <utility>

namespace fullon_cache_api::detail {

/// One topic of one stream.
class compat_streams::stream::hold final : public topic_hold {
public:
    hold(stream& owner, topic_ptr what) : topic_hold(std::move(what), owner.owner_.metrics_), owner_(owner) {}

    void on_update(item_key key, const topic_update& update) override { owner_.on_state(key, update); }
    void on_event(const topic_update& update) override { owner_.on_event(*what(), update); }
    void on_mark(const topic&) override {}

private:
    stream& owner_;
};

compat_streams::compat_streams(outbox& out, std::function<void()> wake,
                               std::shared_ptr<server_metrics> metrics)
    : out_(out), wake_(std::move(wake)), metrics_(std::move(metrics))
{}

compat_streams::~compat_streams() = default;

compat_streams::stream& compat_streams::add(const compat_operation& what, std::string id, std::string key,
                                            compat_translator translate, std::size_t topics)
{
    return streams_.emplace_back(*this, next_number_++, what, std::move(id), std::move(key),
                                 std::move(translate), topics);
}

std::size_t compat_streams::topics() const noexcept
{
    std::size_t sum = 0;
    for (const auto& one : streams_)
        sum += one.topics_;
    return sum;
}

void compat_streams::opened(stream& which, std::unique_ptr<stream_source> source,
                            std::optional<std::string> failure)
{
    which.failure_ = std::move(failure);
    if (!source)
        return;
    which.start(std::move(source));
    while (const auto where = which.next_topic())
        which.attach(where);
}

void compat_streams::acknowledged(stream& which)
{
    if (!which.failure_ && !which.ended_) {
        which.begin();
        return;
    }
    if (!which.ended_) {
        const protocol::compat_error why{"CACHE_ERROR", "Stream ended: " + *which.failure_};
        out_.push(std::make_shared<const std::string>(protocol::compat_failure(which.id_, why)));
        wake_();
    }
    streams_.remove_if([&](const stream& one) { return &one == &which; });
}

std::uint64_t compat_streams::remove(std::string_view key)
{
    std::uint64_t delivered = 0;
    streams_.remove_if([&](stream& one) {
        if (one.key() != key)
            return false;
        delivered += one.delivered();
        one.ended_ = true; // one that has not begun is awaited by who opens it
        return one.begun_;
    });
    return delivered;
}

compat_streams::stream::stream(compat_streams& owner, std::uint64_t number, const compat_operation& what,
                               std::string id, std::string key, compat_translator translate,
                               std::size_t topics)
    : open_stream(std::move(key), std::string(what.name), owner.metrics_), owner_(owner), number_(number),
      what_(what), id_(std::move(id)), translate_(std::move(translate)), topics_(topics)
{}

compat_streams::stream::~stream() = default;

bool compat_streams::stream::attach(const topic_ptr& where)
{
    auto& held = holds_[where.get()];
    if (held)
        return false;
    held = std::make_unique<hold>(*this, where);
    return true;
}

void compat_streams::stream::begin()
{
    begun_ = true;
    for (auto& text : std::exchange(early_, {}))
        send(std::move(text));
    if (!what_.from_now_on)
        for (const auto& where : topics())
            for (const auto& [name, item] : where->items())
                if (const auto members = members_of(item.value))
                    if (auto text = translated(&*members))
                        send(std::move(*text));
    owner_.wake_();
}

void compat_streams::stream::on_state(item_key key, const topic_update& update)
{
    if (!begun_ ||
        update.removed()) // it will begin with what is then; this dialect tells what is, not what is gone
        return;
    auto text = translated(update.members());
    if (!text)
        return;
    const bool replaced =
        owner_.out_.push_state(own(key), std::make_shared<const std::string>(std::move(*text)));
    if (replaced)
        owner_.metrics_->conflated_messages.add();
    delivered_ += replaced ? 0 : 1;
    owner_.wake_();
}

void compat_streams::stream::on_event(const topic& where, const topic_update& update)
{
    auto text = translated(update.members());
    if (!text) { // a state that waits says the same: it must go out
        for (const auto& [name, item] : where.items())
            owner_.out_.keep(own(item.key));
        return;
    }
    if (!begun_) {
        keep_early(std::move(*text));
        return;
    }
    const bool dropped =
        owner_.out_.push_event(own(where.ring()), {}, std::make_shared<const std::string>(std::move(*text)));
    if (dropped)
        owner_.metrics_->dropped_messages.add();
    delivered_ += dropped ? 0 : 1;
    owner_.wake_();
}

void compat_streams::stream::send(std::string text)
{
    owner_.out_.push(std::make_shared<const std::string>(std::move(text)));
    ++delivered_;
}

void compat_streams::stream::keep_early(std::string text)
{
    constexpr std::size_t most = 1000; // an acknowledgement does not wait long
    if (early_.size() >= most) {
        early_.pop_front();
        owner_.metrics_->dropped_messages.add();
    }
    early_.push_back(std::move(text));
}

std::optional<std::string> compat_streams::stream::translated(const boost::json::object* members)
{
    if (!members)
        return std::nullopt;
    const auto result = translate_(*members);
    if (!result)
        return std::nullopt;
    return protocol::compat_update(id_, members->at("type").as_string(), key(), *result);
}

// In the outbox an item of this stream is another than the same one of other streams.
item_key compat_streams::stream::own(item_key key) const noexcept
{
    constexpr unsigned hub_bits = 40; // a hub gives out fewer keys than that in any life
    return (number_ << hub_bits) | key;
}

} // namespace fullon_cache_api::detail
