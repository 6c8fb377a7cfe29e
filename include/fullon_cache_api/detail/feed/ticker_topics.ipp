// Bodies of ticker_topics.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/ticker_topics.hpp>
#include <fullon_cache_api/detail/wire/topics.hpp>
#include <fullon_cache_api/types/ticker.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/container_hash/hash.hpp>

#include <utility>

namespace fullon_cache_api::detail {

namespace {

// A publication is usually what was written, to the letter: it is compared with what is read next, and only parsed where it
// differs. So much waits for that, and is short.
constexpr std::size_t most_uncounted = 4;
constexpr std::size_t longest_uncounted = 1024;

std::uint64_t hash_of(const ticker& value)
{
    return boost::hash<ticker>()(value);
}

} // namespace

struct ticker_topics::ticker_state final : followed {
    struct publication {
        std::string text;
        std::uint64_t issued; // number of the last read before it came
    };

    std::optional<fullon_orm::tick> told;
    publication_count publications;
    std::vector<publication> uncounted;
    std::uint64_t taken_from =
        0; // number of the read that the value is from; of the first that it may be from
    std::uint64_t hinted_after = 0; // number of the last read that was issued before the last publication
    bool seems_gone = false; // a read that came before the last publication says so
};

ticker_topics::ticker_topics(hub& updates, std::string exchange)
    : feed_topics(updates,
                  [exchange](std::string_view symbol) { return protocol::ticker_topic(exchange, symbol); }),
      exchange_(std::move(exchange))
{}

std::unique_ptr<feed_topics::followed> ticker_topics::make(const std::string&)
{
    auto made = std::make_unique<ticker_state>();
    made->taken_from = issued_ + 1; // what was read before may be older than what nobody followed
    return made;
}

ticker_topics::ticker_state* ticker_topics::find_state(std::string_view symbol) const
{
    const auto found = topics_.find(symbol);
    return found == topics_.end() ? nullptr : static_cast<ticker_state*>(found->second.get());
}

bool ticker_topics::on_publication(const std::string& symbol, std::string_view payload)
{
    // More new names at once than any exchange has are somebody's invention: the next verification finds what there is.
    constexpr std::size_t most_unknown = 10'000;
    auto* where = find_state(symbol);
    if (!where) {
        if (!whole() || hinted_.size() >= most_unknown)
            return false;
        hint(symbol);
        return true;
    }
    where->hinted_after = issued_;
    where->uncounted.push_back({std::string(payload), issued_});
    if (where->uncounted.size() > most_uncounted || payload.size() > longest_uncounted)
        count(*where, symbol, {}, 0);
    hint(symbol);
    return true;
}

/// Those that wait; `hash` is that of what stands in Redis as `read`.
void ticker_topics::count(ticker_state& where, const std::string& symbol, std::string_view read,
                          std::uint64_t hash)
{
    for (const auto& one : where.uncounted) {
        if (!read.empty() && one.text == read)
            where.publications.published(hash, one.issued);
        else if (const auto value = fullon_orm::tick_from_json(one.text, exchange_, symbol))
            where.publications.published(hash_of(to_ticker(*value)), one.issued);
    }
    where.uncounted.clear();
}

std::vector<std::string> ticker_topics::take_hinted(std::size_t most)
{
    std::vector<std::string> taken;
    while (!hinted_.empty() && taken.size() < most)
        taken.push_back(std::move(hinted_.extract(hinted_.begin()).value()));
    return taken;
}

void ticker_topics::hint_unread(const std::vector<std::string>& symbols)
{
    for (const auto& symbol : symbols)
        if (const auto* where = find_state(symbol); where && !where->read)
            hint(symbol);
}

void ticker_topics::apply(ticker_reading found, std::uint64_t number)
{
    auto* where = find_state(found.symbol);
    if (!where) {
        if (!whole() || !found.present)
            return;
        where = static_cast<ticker_state*>(&follow(found.symbol));
        where->taken_from = number;
    }
    if (number < where->taken_from)
        return;
    where->taken_from = number;
    if (found.present && !found.value) { // what was told stands, and is said to be no more than that
        where->read = true;
        announce(*where);
        hub_.mark(*where->updates, stale_reason::unreadable);
        return;
    }
    if (found.value)
        apply_value(*where, std::move(found), number);
    else
        apply_nothing(*where, found.symbol, number);
}

void ticker_topics::apply_value(ticker_state& where, ticker_reading found, std::uint64_t number)
{
    const auto& symbol = found.symbol;
    where.seems_gone = false;
    announce(where);
    auto value = to_ticker(*found.value);
    const auto hash = hash_of(value);
    count(where, symbol, found.text, hash);
    // Nobody can hold a topic before its first read: what that finds is where the numbering starts, unless a new symbol of
    // a followed exchange turns up, which is news.
    if (!std::exchange(where.read, true) && where.updates->subscribers().empty()) {
        where.publications.start(hash, number);
        hub_.seed(*where.updates, symbol, make_value<operations::stream_tickers>(std::move(value)));
    } else {
        const auto counted = where.publications.read(hash, number);
        if (counted.missed != 0)
            hub_.suppress(*where.updates, counted.missed);
        if (counted.tell)
            hub_.publish(*where.updates, symbol, make_value<operations::stream_tickers>(std::move(value)));
    }
    where.told = std::move(found.value);
    hub_.mark(*where.updates, stale_reason::none);
}

void ticker_topics::apply_nothing(ticker_state& where, const std::string& symbol, std::uint64_t number)
{
    // A publication that came after the read was issued may be of a new value, which the next read will find.
    if (where.told && number <= where.hinted_after && !std::exchange(where.seems_gone, true)) {
        hint(symbol);
        return;
    }
    where.seems_gone = false;
    where.read = true;
    where.told.reset();
    count(where, symbol, {}, 0);
    if (const auto missed = where.publications.read_nothing(number))
        hub_.suppress(*where.updates, missed);
    hub_.remove(*where.updates, symbol);
    hub_.mark(*where.updates, stale_reason::none);
}

void ticker_topics::end_scan(const std::set<std::string, std::less<>>& seen, std::uint64_t first)
{
    for (auto at = topics_.begin(); at != topics_.end();) {
        const auto& where = static_cast<const ticker_state&>(*at->second);
        const bool expected = where.told || where.updates->stale() != stale_reason::none || !where.read;
        if (!seen.contains(at->first)) {
            if (expected && where.taken_from < first)
                hint(at->first);
            else if (!expected && where.named == 0) { // its numbers are the hub's
                at = topics_.erase(at);
                continue;
            }
        }
        ++at;
    }
}

std::vector<followed_ticker> ticker_topics::list() const
{
    std::vector<followed_ticker> result;
    for (const auto& [symbol, one] : topics_) {
        const auto& where = static_cast<const ticker_state&>(*one);
        if (where.announced || where.named != 0)
            result.push_back({exchange_, symbol, where.updates, where.told ? where.told->time : std::nullopt,
                              where.updates->stale() != stale_reason::none});
    }
    return result;
}

} // namespace fullon_cache_api::detail
