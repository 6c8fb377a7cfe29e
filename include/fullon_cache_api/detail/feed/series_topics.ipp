// Bodies of series_topics.hpp.
#pragma once

#include <fullon_cache_api/detail/feed/rate_meter.hpp>
#include <fullon_cache_api/detail/feed/series_topics.hpp>

namespace fullon_cache_api::detail {

struct series_topics::sequence final : followed {
    std::unique_ptr<series> elements;
    rate_meter arrivals;
    std::uint64_t serial = 0;
    std::vector<std::string> unreadable; // of its lists

    followed_traffic traffic(std::int64_t second)
    {
        followed_traffic found;
        if (!read)
            return found;
        found.topics = 1;
        if (const auto rate = arrivals.rate(second)) {
            found.counted = 1;
            found.updates = *rate;
        }
        return found;
    }
};

std::unique_ptr<feed_topics::followed> series_topics::make(const std::string& id)
{
    auto made = std::make_unique<sequence>();
    made->elements = make_series_(id);
    made->serial = next_serial_++;
    if (!whole_read_) // where every list that there is was found, there is none for this
        marked_.insert(id);
    return made;
}

series_topics::sequence* series_topics::find_sequence(std::string_view id)
{
    const auto found = topics_.find(id);
    return found == topics_.end() ? nullptr : static_cast<sequence*>(found->second.get());
}

bool series_topics::mark(const std::string& id, std::string_view key)
{
    auto* where = find_sequence(id);
    if (!where && whole())
        where = static_cast<sequence*>(&follow(id));
    if (!where)
        return false;
    where->elements->learn(key, true);
    marked_.insert(id);
    return true;
}

void series_topics::mark_all()
{
    for (const auto& [id, where] : topics_)
        marked_.insert(id);
}

bool series_topics::learn(const std::string& id, std::string_view key)
{
    auto* where = find_sequence(id);
    if (!where || !where->elements->learn(key, false))
        return false;
    marked_.insert(id);
    return true;
}

std::vector<series_topics::request> series_topics::take_marked()
{
    std::vector<request> taken;
    for (const auto& id : std::exchange(marked_, {})) {
        auto* where = find_sequence(id);
        if (!where) // nobody follows it any more
            continue;
        request wanted;
        wanted.id = id;
        wanted.serial = where->serial;
        wanted.outages = outages_;
        wanted.keys = where->elements->keys();
        wanted.window = where->elements->window();
        taken.push_back(std::move(wanted));
    }
    return taken;
}

void series_topics::mark_again(const request& one)
{
    marked_.insert(one.id);
}

bool series_topics::apply(const request& one, std::vector<list_tail> lists, series::moment now)
{
    auto* where = find_sequence(one.id);
    if (!where || where->serial != one.serial) // followed anew meanwhile: that was marked, and will be read
        return true;
    if (one.outages != outages_) { // it may be older than what is there now
        marked_.insert(one.id);
        return false;
    }
    if (one.keys != where->elements->keys()) { // another list has become known meanwhile
        marked_.insert(one.id);
        return false;
    }
    std::size_t readable = 0;
    where->unreadable.clear();
    for (std::size_t i = 0; i < lists.size(); ++i) {
        if (lists[i].problem.empty())
            ++readable;
        else
            where->unreadable.push_back(one.keys[i]);
        // Where it is not to be read for other reasons there may be none: clients name what they like.
        if (!lists[i].elements.empty() || lists[i].problem.starts_with("WRONGTYPE"))
            announce(*where);
    }
    const bool was_readable = where->updates->stale() == stale_reason::none;
    if (readable != lists.size() && was_readable)
        log_.warning("a list cannot be read", {{"key", where->unreadable.front()}});
    if (readable == 0) {
        where->read = true; // what was told stands; what comes after is news
        hub_.mark(*where->updates, stale_reason::unreadable);
        return true;
    }
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    const auto before = where->updates->last_id();
    const bool done = where->elements->apply(hub_, *where->updates, std::move(lists), where->read, now);
    if (report)
        report(one.keys.front(), where->elements->found());
    if (where->arrivals.begun())
        where->arrivals.add(second, where->updates->last_id() - before);
    else if (done)
        where->arrivals.begin(second);
    if (where->elements->unreadable() && where->unreadable.empty())
        where->unreadable.push_back(one.keys.front());
    if (done) {
        where->read = true;
        hub_.mark(*where->updates, where->unreadable.empty() ? stale_reason::none : stale_reason::unreadable);
    } else
        marked_.insert(one.id);
    if (where->elements->next_look())
        looked_at_later_.insert(one.id);
    else
        looked_at_later_.erase(one.id);
    return done;
}

followed_traffic series_topics::traffic_of(std::string_view id, std::int64_t second)
{
    auto* where = find_sequence(id);
    return where ? where->traffic(second) : followed_traffic();
}

followed_traffic series_topics::traffic(std::int64_t second)
{
    followed_traffic all;
    for (const auto& [id, one] : topics_)
        all.add(static_cast<sequence&>(*one).traffic(second));
    return all;
}

std::optional<series::moment> series_topics::next_look()
{
    std::optional<series::moment> next;
    for (const auto& id : looked_at_later_)
        if (auto* where = find_sequence(id))
            if (const auto look = where->elements->next_look(); look && (!next || *look < *next))
                next = look;
    return next;
}

bool series_topics::mark_due(series::moment now)
{
    for (const auto& id : looked_at_later_)
        if (auto* where = find_sequence(id))
            if (const auto look = where->elements->next_look(); look && *look <= now)
                marked_.insert(id);
    return !marked_.empty();
}

std::vector<std::string> series_topics::unreadable_keys() const
{
    std::vector<std::string> all;
    for (const auto& [id, one] : topics_) {
        const auto& keys = static_cast<const sequence&>(*one).unreadable;
        all.insert(all.end(), keys.begin(), keys.end());
    }
    return all;
}

void series_topics::set_whole_read(std::size_t ends) noexcept
{
    if (!whole() || ends != whole_ends())
        return;
    whole_read_ = true;
    for (const auto& [id, where] : topics_)
        where->read = true;
}

void series_topics::on_outage()
{
    ++outages_;
    for (const auto& [id, one] : topics_) {
        auto& where = static_cast<sequence&>(*one);
        where.elements->on_outage();
        where.arrivals.end();
    }
}

} // namespace fullon_cache_api::detail
