// Bodies of open_stream.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/open_stream.hpp>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

open_stream::open_stream(std::string key, std::string operation, std::shared_ptr<server_metrics> metrics)
    : key_(std::move(key)), operation_(std::move(operation)), metrics_(std::move(metrics))
{}

open_stream::~open_stream()
{
    stop();
}

void open_stream::start(std::unique_ptr<stream_source> source)
{
    const auto topics = source->topics();
    pending_.assign(topics.begin(), topics.end());
    stale_ = source->stale();
    source_ = std::move(source);
    metrics_->open_streams(operation_).add();
}

void open_stream::stop() noexcept
{
    pending_.clear();
    if (std::exchange(source_, nullptr))
        metrics_->open_streams(operation_).subtract();
}

topic_ptr open_stream::next_topic()
{
    if (pending_.empty())
        return nullptr;
    auto next = std::move(pending_.front());
    pending_.pop_front();
    return next;
}

bool open_stream::awaits(const topic_ptr& where) const noexcept
{
    return std::find(pending_.begin(), pending_.end(), where) != pending_.end();
}

void open_stream::end_snapshot()
{
    snapshot_told_ = true;
    on_stale(stale_);
    std::map<stale_reason, std::vector<std::string>> marked;
    for (const auto& where : topics())
        if (where->stale() != stale_reason::none)
            marked[where->stale()].push_back(where->name());
    for (const auto& [why, topics] : marked)
        tell(why, topics);
}

void open_stream::on_new_topic(const topic_ptr& made)
{
    if (!source_) // start() will find it among the topics
        return;
    if (attach(made) && made->stale() != stale_reason::none)
        on_mark(*made);
}

void open_stream::on_mark(const topic& which)
{
    if (snapshot_told_)
        tell(which.stale(), std::span(&which.name(), 1));
}

void open_stream::on_stale(stale_reason why)
{
    stale_ = why;
    if (snapshot_told_ && std::exchange(stale_told_, why) != why)
        tell(why, {});
}

stream_info open_stream::info() const
{
    stream_info result;
    result.stream_key = key_;
    result.operation = operation_;
    for (const auto& where : topics())
        result.topics.push_back(where->name());
    result.delivered = delivered_;
    result.conflated = conflated_;
    result.dropped = dropped_;
    return result;
}

} // namespace fullon_cache_api::detail
