// Bodies of detail/hub.hpp.
#pragma once

#include <fullon_cache_api/detail/hub.hpp>

#include <fullon_orm/json_writer.hpp>
#include <fullon_orm/number_text.hpp>

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
    topic_ptr made(new topic(key), release);
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

void hub::suppress(topic& where)
{
    ++where.last_id_;
    ++counters_.published;
    ++counters_.suppressed;
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
    ++where.last_id_;
    ++counters_.published;
    if (where.subscribers_.empty())
        return;
    std::string text;
    text.reserve(from.body.size() + mark.size() + 36);
    text.append(from.body).append(mark).append(R"(,"update_id":)");
    fullon_orm::append_number(text, where.last_id_);
    text.push_back('}');
    const frame message = std::make_shared<const std::string>(std::move(text));
    for (auto* subscriber : where.subscribers_)
        subscriber->on_update(from.key, message);
    counters_.deliveries += where.subscribers_.size();
}

frame snapshot_frame(const topic& where, const topic::item& from, std::string_view stream_key)
{
    std::string text;
    text.reserve(from.body.size() + stream_key.size() + 64);
    text.append(from.body).append(R"(,"snapshot":true,"stream_key":)");
    fullon_orm::append_string(text, stream_key, fullon_orm::json_style::wire);
    text.append(R"(,"update_id":)");
    fullon_orm::append_number(text, where.last_id());
    text.push_back('}');
    return std::make_shared<const std::string>(std::move(text));
}

} // namespace fullon_cache_api::detail
