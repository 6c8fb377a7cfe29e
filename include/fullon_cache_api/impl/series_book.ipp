// Bodies of detail/series_book.hpp.
#pragma once

#include <fullon_cache_api/detail/rate_meter.hpp>
#include <fullon_cache_api/detail/series_book.hpp>

namespace fullon_cache_api::detail {

struct series_book::sequence final : followed {
    std::unique_ptr<series> elements;
    rate_meter arrivals;
    std::uint64_t serial = 0;
    bool marked = true;

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

std::unique_ptr<group_book::followed> series_book::make(const std::string& id)
{
    auto made = std::make_unique<sequence>();
    made->elements = make_series_(id);
    made->serial = next_serial_++;
    made->marked = !whole_read_; // where every list that there is was found, there is none for this
    return made;
}

series_book::sequence* series_book::find_sequence(std::string_view id)
{
    const auto found = topics_.find(id);
    return found == topics_.end() ? nullptr : static_cast<sequence*>(found->second.get());
}

bool series_book::mark(const std::string& id, std::string_view key)
{
    auto* where = find_sequence(id);
    if (!where && whole())
        where = static_cast<sequence*>(&follow(id));
    if (!where)
        return false;
    where->elements->learn(key, true);
    where->marked = true;
    return true;
}

void series_book::mark_all()
{
    for (const auto& [id, where] : topics_)
        static_cast<sequence&>(*where).marked = true;
}

bool series_book::learn(const std::string& id, std::string_view key)
{
    auto* where = find_sequence(id);
    if (!where || !where->elements->learn(key, false))
        return false;
    where->marked = true;
    return true;
}

std::vector<series_book::request> series_book::take_marked()
{
    std::vector<request> taken;
    for (const auto& [id, one] : topics_) {
        auto& where = static_cast<sequence&>(*one);
        if (!where.marked)
            continue;
        where.marked = false;
        request wanted;
        wanted.id = id;
        wanted.serial = where.serial;
        wanted.outages = outages_;
        wanted.keys = where.elements->keys();
        wanted.window = where.elements->window();
        taken.push_back(std::move(wanted));
    }
    return taken;
}

void series_book::mark_again(const request& one)
{
    if (auto* where = find_sequence(one.id))
        where->marked = true;
}

bool series_book::apply(const request& one, std::vector<list_tail> lists, std::int64_t second)
{
    auto* where = find_sequence(one.id);
    if (!where || where->serial != one.serial) // followed anew meanwhile: that was marked, and will be read
        return true;
    if (one.outages != outages_) { // it may be older than what is there now
        where->marked = true;
        return false;
    }
    if (one.keys != where->elements->keys()) { // another list has become known meanwhile
        where->marked = true;
        return false;
    }
    std::size_t readable = 0;
    for (std::size_t i = 0; i < lists.size(); ++i) {
        readable += lists[i].problem.empty() ? 1 : 0;
        if (!lists[i].problem.empty())
            log_.warning("a list cannot be read", {{"key", one.keys[i]}, {"error", lists[i].problem}});
        if (!lists[i].elements.empty())
            announce(*where);
    }
    if (readable == 0) {
        where->read = true; // what was told stands; what comes after is news
        return true;
    }
    const auto before = where->updates->last_id();
    const bool done = where->elements->apply(hub_, *where->updates, std::move(lists), where->read);
    if (where->arrivals.begun())
        where->arrivals.add(second, where->updates->last_id() - before);
    else if (done)
        where->arrivals.begin(second);
    if (done)
        where->read = true;
    else
        where->marked = true;
    return done;
}

followed_traffic series_book::traffic_of(std::string_view id, std::int64_t second)
{
    auto* where = find_sequence(id);
    return where ? where->traffic(second) : followed_traffic();
}

followed_traffic series_book::traffic(std::int64_t second)
{
    followed_traffic all;
    for (const auto& [id, one] : topics_)
        all.add(static_cast<sequence&>(*one).traffic(second));
    return all;
}

void series_book::set_whole_read(std::size_t ends) noexcept
{
    if (!whole() || ends != whole_ends_)
        return;
    whole_read_ = true;
    for (const auto& [id, where] : topics_)
        where->read = true;
}

void series_book::lost_sight()
{
    ++outages_;
    for (const auto& [id, one] : topics_) {
        auto& where = static_cast<sequence&>(*one);
        where.elements->lost_sight();
        where.arrivals.end();
    }
}

} // namespace fullon_cache_api::detail
