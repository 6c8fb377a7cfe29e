// Bodies of detail/ticker_book.hpp.
#pragma once

#include <fullon_cache_api/detail/ticker_book.hpp>
#include <fullon_cache_api/protocol/ticker.hpp>
#include <fullon_cache_api/protocol/topics.hpp>

#include <fullon_orm/codec.hpp>

#include <utility>

namespace fullon_cache_api::detail {

void ticker_book::watch(const std::string& symbol)
{
    ++open(symbol)->second.watchers;
}

void ticker_book::unwatch(const std::string& symbol)
{
    const auto found = entries_.find(symbol);
    if (found != entries_.end() && --found->second.watchers == 0 && !(whole() && found->second.announced))
        entries_.erase(found);
}

void ticker_book::unwatch_all()
{
    if (--whole_ == 0)
        std::erase_if(entries_, [](const auto& pair) { return pair.second.watchers == 0; });
}

std::vector<std::string> ticker_book::named() const
{
    std::vector<std::string> symbols;
    for (const auto& [symbol, state] : entries_)
        if (state.watchers != 0)
            symbols.push_back(symbol);
    return symbols;
}

std::vector<topic_ptr> ticker_book::topics() const
{
    std::vector<topic_ptr> result;
    result.reserve(entries_.size());
    for (const auto& [symbol, state] : entries_)
        if (state.announced)
            result.push_back(state.updates);
    return result;
}

std::vector<ticker_book::followed_ticker> ticker_book::all_followed() const
{
    std::vector<followed_ticker> result;
    for (const auto& [symbol, state] : entries_)
        if (state.announced || state.watchers != 0)
            result.push_back({symbol, state.updates, state.sent ? state.sent->time : std::nullopt});
    return result;
}

topic_ptr ticker_book::find(std::string_view symbol) const
{
    const auto found = entries_.find(symbol);
    return found == entries_.end() ? nullptr : found->second.updates;
}

bool ticker_book::known(std::string_view symbol) const
{
    const auto found = entries_.find(symbol);
    return found != entries_.end() && found->second.read;
}

void ticker_book::add(group_watcher& stream, bool all)
{
    streams_.push_back(&stream);
    if (all)
        all_streams_.push_back(&stream);
}

void ticker_book::remove(group_watcher& stream)
{
    std::erase(streams_, &stream);
    std::erase(all_streams_, &stream);
}

void ticker_book::announce_stale()
{
    for (auto* stream : streams_)
        stream->on_stale();
}

void ticker_book::announce_fresh()
{
    for (auto* stream : streams_)
        stream->on_fresh();
}

void ticker_book::on_publication(std::string_view symbol, fullon_orm::tick published)
{
    auto found = entries_.find(symbol);
    if (found == entries_.end()) {
        if (!whole())
            return;
        found = open(symbol);
    }
    auto& state = found->second;
    announce(state);
    state.published = ++stamp_;
    if (state.sent) {
        if (*state.sent == published)
            return;
        if (published.time && state.sent->time &&
            (*published.time < *state.sent->time ||
             (state.sent_is_stored && *published.time == *state.sent->time))) {
            hub_.suppress(*state.updates);
            return;
        }
    }
    send(state, symbol, std::move(published), false);
}

bool ticker_book::apply(std::string_view symbol, std::optional<fullon_orm::tick> stored, stamp issued)
{
    auto found = entries_.find(symbol);
    if (found == entries_.end()) {
        if (!whole() || !stored)
            return true;
        found = open(symbol);
    }
    auto& state = found->second;
    if (state.published > issued)
        return false;
    const bool first = !std::exchange(state.read, true);
    if (stored)
        announce(state);
    if (!stored) {
        state.sent.reset();
        hub_.remove(*state.updates, symbol);
    } else if (state.sent != stored) {
        // Nobody can hold a topic before its first read: what that finds is where the numbering starts,
        // unless a new symbol of a followed exchange turns up, which is news.
        if (first && state.updates->subscribers().empty()) {
            hub_.seed(*state.updates, symbol, ticker_body(*stored));
            state.sent = std::move(stored);
            state.sent_is_stored = true;
        } else
            send(state, symbol, std::move(*stored), true);
    } else
        state.sent_is_stored = true;
    return true;
}

bool ticker_book::apply_missing(const std::set<std::string, std::less<>>& seen, stamp issued)
{
    bool complete = true;
    for (auto& [symbol, state] : entries_)
        if (!seen.contains(symbol))
            complete = apply(symbol, std::nullopt, issued) && complete;
    return complete;
}

ticker_book::entries::iterator ticker_book::open(std::string_view symbol)
{
    const auto found = entries_.find(symbol);
    if (found != entries_.end())
        return found;
    const auto made = entries_.emplace(std::string(symbol), entry{}).first;
    made->second.updates = hub_.open(protocol::ticker_topic(exchange_, symbol));
    return made;
}

// With the first that there is of it: names that clients invent never come so far.
void ticker_book::announce(entry& state)
{
    if (!std::exchange(state.announced, true))
        for (auto* stream : all_streams_)
            stream->on_new_topic(state.updates);
}

void ticker_book::send(entry& state, std::string_view symbol, fullon_orm::tick value, bool stored)
{
    hub_.publish(*state.updates, symbol, ticker_body(value));
    state.sent = std::move(value);
    state.sent_is_stored = stored;
}

std::string ticker_body(const fullon_orm::tick& value)
{
    std::string text;
    text.reserve(224);
    text.append(R"({"type":"ticker_update",)");
    fullon_orm::write_members(text, to_ticker(value), fullon_orm::json_style::wire);
    return text;
}

} // namespace fullon_cache_api::detail
