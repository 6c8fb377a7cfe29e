// Bodies of compat_streams.hpp.
#pragma once

#include <fullon_cache_api/detail/compat/compat_streams.hpp>
#include <fullon_cache_api/detail/feed/topic_hold.hpp>

#include <fullon_orm/parse_message.hpp>

#include <utility>

namespace fullon_cache_api::detail {

/// One topic of one stream.
class compat_streams::stream::hold final : public topic_hold {
public:
    hold(stream& owner, topic_ptr what) : topic_hold(std::move(what), owner.owner_.metrics_), owner_(owner) {}

    void on_update(item_key key, const frame& message) override
    {
        if (!owner_.begun_) // it will begin with what is then
            return;
        auto text = owner_.translated(*message);
        if (!text)
            return;
        const bool replaced = owner_.owner_.out_.push_state(
            owner_.own(key), std::make_shared<const std::string>(std::move(*text)));
        if (replaced)
            metrics().conflated_messages.add();
        owner_.delivered_ += replaced ? 0 : 1;
        owner_.owner_.wake_();
    }

    void on_event(const frame& message) override
    {
        auto text = owner_.translated(*message);
        if (!text) { // a state that waits says the same: it must go out
            for (const auto& [name, item] : what()->items())
                owner_.owner_.out_.keep(owner_.own(item.key));
            return;
        }
        if (!owner_.begun_) {
            owner_.keep_early(std::move(*text));
            return;
        }
        const bool dropped = owner_.owner_.out_.push_event(
            owner_.own(what()->ring()), {}, std::make_shared<const std::string>(std::move(*text)));
        if (dropped)
            metrics().dropped_messages.add();
        owner_.delivered_ += dropped ? 0 : 1;
        owner_.owner_.wake_();
    }

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
    which.source_ = std::move(source);
    if (which.source_)
        for (const auto& where : which.source_->topics())
            which.attach(where);
}

void compat_streams::acknowledged(stream& which)
{
    if (!which.failure_ && !which.ended_) {
        begin(which);
        return;
    }
    if (!which.ended_) {
        const protocol::compat_error why{"CACHE_ERROR", "Stream ended: " + *which.failure_};
        out_.push(std::make_shared<const std::string>(protocol::compat_failure(which.id_, why)));
        wake_();
    }
    streams_.remove_if([&](const stream& one) { return &one == &which; });
}

void compat_streams::begin(stream& which)
{
    which.begun_ = true;
    metrics_->open_streams(which.what_.name).add();
    if (!which.source_)
        return;
    for (auto& text : std::exchange(which.early_, {}))
        which.tell(std::move(text));
    if (!which.what_.from_now_on)
        for (const auto& where : which.source_->topics())
            for (const auto& [name, item] : where->items())
                if (auto text = which.translated(item.body + "}"))
                    which.tell(std::move(*text));
    wake_();
}

std::uint64_t compat_streams::remove(std::string_view key)
{
    std::uint64_t delivered = 0;
    streams_.remove_if([&](stream& one) {
        if (one.key_ != key)
            return false;
        delivered += one.delivered_;
        one.ended_ = true; // one that has not begun is awaited by who opens it
        return one.begun_;
    });
    return delivered;
}

compat_streams::stream::stream(compat_streams& owner, std::uint64_t number, const compat_operation& what,
                               std::string id, std::string key, compat_translator translate,
                               std::size_t topics)
    : owner_(owner), number_(number), what_(what), id_(std::move(id)), key_(std::move(key)),
      translate_(std::move(translate)), topics_(topics)
{}

compat_streams::stream::~stream()
{
    holds_.clear();
    if (begun_)
        owner_.metrics_->open_streams(what_.name).subtract();
}

void compat_streams::stream::on_new_topic(const topic_ptr& made)
{
    if (source_) // else opened() will find it among the topics
        attach(made);
}

void compat_streams::stream::tell(std::string text)
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

void compat_streams::stream::attach(const topic_ptr& where)
{
    auto& held = holds_[where.get()];
    if (!held)
        held = std::make_unique<hold>(*this, where);
}

std::optional<std::string> compat_streams::stream::translated(std::string_view message)
{
    auto parsed = fullon_orm::parse_message(message);
    if (!parsed || !parsed->is_object())
        return std::nullopt;
    auto& members = parsed->get_object();
    if (members.contains("removed")) // this dialect tells what is, not what is gone
        return std::nullopt;
    const auto type = members.at("type").as_string();
    const auto result = translate_(std::move(members));
    if (!result)
        return std::nullopt;
    return protocol::compat_update(id_, type, key_, *result);
}

// In the outbox an item of this stream is another than the same one of other streams.
item_key compat_streams::stream::own(item_key key) const noexcept
{
    constexpr unsigned hub_bits = 40; // a hub gives out fewer keys than that in any life
    return (number_ << hub_bits) | key;
}

} // namespace fullon_cache_api::detail
