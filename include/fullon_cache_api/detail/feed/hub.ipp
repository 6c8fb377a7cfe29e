// Bodies of hub.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/hub.hpp>

#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/number_text.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fullon_cache_api::detail {

topic_ptr hub::open(std::string_view name)
{
    std::string key(name);
    if (const auto known = index_->topics.find(key); known != index_->topics.end())
        return known->second.lock();
    // The last holder's release takes the topic off the index but keeps its number, so that ids never go
    // back within an epoch. Only topics that had updates leave one: what clients invent costs nothing.
    const auto release = [weak = std::weak_ptr(index_)](topic* gone) {
        if (const auto alive = weak.lock()) {
            alive->topics.erase(gone->name_);
            if (gone->last_id_ != 0)
                alive->retired_ids[gone->name_] = gone->last_id_;
        }
        delete gone;
    };
    topic_ptr made(new topic(key, next_key_++), release);
    if (const auto retired = index_->retired_ids.find(key); retired != index_->retired_ids.end()) {
        made->last_id_ = retired->second;
        index_->retired_ids.erase(retired);
    }
    index_->topics.emplace(std::move(key), made);
    return made;
}

void hub::seed(topic& where, std::string_view item, std::string body)
{
    item_of(where, item).body = std::move(body);
}

void hub::publish(topic& where, std::string_view item, std::string body)
{
    auto& state = item_of(where, item);
    state.body = std::move(body);
    send(where, state, {});
}

void hub::remove(topic& where, std::string_view item)
{
    const auto found = where.items_.find(item);
    if (found == where.items_.end())
        return;
    const auto node = where.items_.extract(found);
    send(where, node.mapped(), R"(,"removed":true)");
}

void hub::keep(topic& where, std::string body)
{
    where.events_.push_back(std::move(body));
}

void hub::drop_oldest(topic& where, std::size_t count)
{
    const auto end =
        where.events_.begin() + static_cast<std::ptrdiff_t>(std::min(count, where.events_.size()));
    where.events_.erase(where.events_.begin(), end);
}

void hub::emit(topic& where, std::string_view body)
{
    if (const auto message = next_frame(where, body, {})) {
        for (auto* subscriber : where.subscribers_)
            subscriber->on_event(message);
        counters_.deliveries += where.subscribers_.size();
    }
}

void hub::suppress(topic& where, std::uint64_t count)
{
    where.last_id_ += count;
    counters_.published += count;
    counters_.suppressed += count;
}

void hub::mark(topic& where, stale_reason why)
{
    if (std::exchange(where.stale_, why) == why)
        return;
    for (auto* subscriber : where.subscribers_)
        subscriber->on_mark(where);
}

topic::item& hub::item_of(topic& where, std::string_view item)
{
    const auto found = where.items_.find(item);
    if (found != where.items_.end())
        return found->second;
    return where.items_.emplace(std::string(item), topic::item{next_key_++, {}}).first->second;
}

void hub::send(topic& where, const topic::item& from, std::string_view mark)
{
    if (const auto message = next_frame(where, from.body, mark)) {
        for (auto* subscriber : where.subscribers_)
            subscriber->on_update(from.key, message);
        counters_.deliveries += where.subscribers_.size();
    }
}

// Null where nobody would read it.
frame hub::next_frame(topic& where, std::string_view body, std::string_view mark)
{
    ++where.last_id_;
    ++counters_.published;
    if (where.subscribers_.empty())
        return nullptr;
    std::string text;
    text.reserve(body.size() + mark.size() + 36);
    text.append(body).append(mark).append(R"(,"update_id":)");
    fullon_orm::append_number(text, where.last_id_);
    text.push_back('}');
    return std::make_shared<const std::string>(std::move(text));
}

frame snapshot_frame(const topic& where, std::string_view body, std::string_view stream_key)
{
    std::string text;
    text.reserve(body.size() + stream_key.size() + 64);
    text.append(body).append(R"(,"snapshot":true,"stream_key":)");
    fullon_orm::append_string(text, stream_key, fullon_orm::json_style::wire);
    text.append(R"(,"update_id":)");
    fullon_orm::append_number(text, where.last_id());
    text.push_back('}');
    return std::make_shared<const std::string>(std::move(text));
}

} // namespace fullon_cache_api::detail
