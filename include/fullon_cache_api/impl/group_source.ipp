// Bodies of detail/group_source.hpp.
#pragma once

#include <fullon_cache_api/detail/group_source.hpp>

#include <fullon_cache/detail/clock.hpp>
#include <fullon_cache/detail/failure_text.hpp>
#include <fullon_cache/detail/passing_failure.hpp>
#include <fullon_cache/error.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
namespace cache = fullon_cache::detail;
using std::chrono::steady_clock;

namespace {

// A reading costs Redis at most a fifth of its time.
constexpr int pause_per_reading = 4;
constexpr std::chrono::milliseconds longest_pause{1000};

// Before a reading that has failed is done again.
constexpr std::chrono::milliseconds pause_after_failure{100};

std::string name_of(const topic_group& group)
{
    return group.view.empty() ? group.key : group.key + " " + group.view;
}

} // namespace

struct group_source::followed {
    followed(hub& updates, const topic_group& from, const asio::any_io_executor& executor)
        : name(name_of(from)), key(from.key), is_prefix(from.is_prefix), delivery(from.delivery),
          group(from.follow(updates)), book(group->book()), wake(executor), answered(executor)
    {}

    bool concerns(std::string_view changed_key) const
    {
        return is_prefix ? changed_key.starts_with(key) : changed_key == key;
    }

    std::string name; // in the map
    std::string key;
    bool is_prefix;
    std::string_view delivery;
    std::unique_ptr<followed_group> group;
    group_book& book; // of the group
    cache::notifier wake;
    cache::notifier answered;
    std::uint64_t asked = 0;    // readings that somebody waits for
    std::uint64_t done = 0;
    std::exception_ptr failure; // of the last reading
    std::string problem; // the same in words, told once
    steady_clock::duration cost{}; // of a reading, as they usually are
    bool dirty = false;
    bool stale = false;
    bool over = false;
};

class group_source::lease final : public stream_source {
public:
    lease(std::shared_ptr<group_source> owner, std::shared_ptr<followed> from,
          std::vector<std::string> wanted, group_watcher& listener)
        : source(std::move(owner)), where(std::move(from)), ids(std::move(wanted)), stream(listener)
    {
        for (const auto& id : ids)
            where->book.watch(id);
        where->book.add(stream, ids.empty());
    }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() override { source->release(*this); }

    std::vector<topic_ptr> topics() const override
    {
        if (ids.empty())
            return where->book.topics();
        std::vector<topic_ptr> result;
        for (const auto& id : ids)
            result.push_back(where->book.find(id));
        return result;
    }
    bool stale() const override { return where->stale; }
    std::string_view delivery() const override { return where->delivery; }

    std::shared_ptr<group_source> source;
    std::shared_ptr<followed> where;
    std::vector<std::string> ids;
    group_watcher& stream;
};

group_source::group_source(std::shared_ptr<cache::link> redis, hub& updates)
    : redis_(std::move(redis)), hub_(updates),
      log_(fullon_log::get_component_logger("fullon.api.cache.server")),
      tasks_(redis_->executor(), [log = log_](std::string_view task, std::exception_ptr failure) {
          log.critical("state task failed", {{"task", task}, {"error", cache::failure_text(failure)}});
      })
{
    redis_->attach(*this);
}

group_source::~group_source()
{
    redis_->detach(*this);
}

asio::awaitable<void> group_source::stop()
{
    const auto self = shared_from_this();
    for (const auto& [key, where] : groups_) {
        where->over = true;
        where->wake.notify_all();
    }
    tasks_.cancel();
    co_await tasks_.join();
}

asio::awaitable<std::unique_ptr<stream_source>>
group_source::open(topic_group group, std::vector<std::string> ids, group_watcher& stream)
{
    const auto self = shared_from_this();
    auto made = std::make_unique<lease>(self, follow(group), std::move(ids), stream);
    co_await redis_->track(group.tracked);
    auto& where = *made->where;
    if (where.group->on_asked(group.asked_for))
        where.dirty = true;
    const auto deadline = steady_clock::now() + redis_->settings().socket_timeout;
    bool known = !where.dirty && !where.stale && where.book.has_read(made->ids);
    while (!known) { // a reading may have to be done again, further back
        co_await wait_until_read(made->where, deadline);
        known = where.book.has_read(made->ids);
    }
    co_return std::move(made);
}

asio::awaitable<void> group_source::wait_until_read(std::shared_ptr<followed> where,
                                                    steady_clock::time_point deadline)
{
    const auto mine = ++where->asked;
    where->wake.notify_all();
    while (where->done < mine) {
        const bool in_time = co_await where->answered.wait_until(deadline);
        if (!in_time)
            throw fullon_cache::cache_error(fullon_cache::errc::timeout);
    }
    if (where->failure)
        std::rethrow_exception(where->failure);
}

std::shared_ptr<group_source::followed> group_source::follow(const topic_group& group)
{
    auto& where = groups_[name_of(group)];
    if (!where) {
        where = std::make_shared<followed>(hub_, group, redis_->executor());
        where->stale = redis_->state() != cache::link_state::up;
        tasks_.spawn("follow " + group.key, read_loop(where));
    }
    return where;
}

void group_source::release(lease& gone)
{
    auto& where = *gone.where;
    where.book.remove(gone.stream);
    for (const auto& id : gone.ids)
        where.book.unwatch(id);
    if (where.book.unused()) {
        where.over = true;
        where.wake.notify_all();
        if (const auto found = groups_.find(where.name);
            found != groups_.end() && found->second.get() == &where)
            groups_.erase(found);
    }
}

void group_source::on_invalidate(std::string_view key)
{
    for (const auto& [name, where] : groups_)
        if (where->concerns(key))
            changed(*where, key);
}

void group_source::on_invalidate_all()
{
    for (const auto& [name, where] : groups_)
        changed(*where, {});
}

followed_traffic group_source::traffic_of(std::string_view key) const
{
    for (const auto& [name, where] : groups_)
        if (where->is_prefix && where->concerns(key))
            return where->stale ? followed_traffic() : where->group->traffic_of(key);
    return {};
}

followed_traffic group_source::traffic_below(std::string_view prefix) const
{
    followed_traffic all;
    for (const auto& [name, where] : groups_) {
        if (where->stale || !where->key.starts_with(prefix))
            continue;
        all.add(where->group->traffic());
    }
    return all;
}

void group_source::on_link_up()
{
    on_invalidate_all(); // whatever happened meanwhile; `fresh` goes out behind the differences
}

void group_source::on_link_down()
{
    for (const auto& [name, where] : groups_) {
        where->stale = true;
        where->group->on_outage();
        where->book.announce_stale();
    }
}

/// `key` is empty where anything may have changed.
void group_source::changed(followed& where, std::string_view key)
{
    if (!where.group->on_changed(key))
        return;
    where.dirty = true;
    where.wake.notify_all();
}

asio::awaitable<void> group_source::read_loop(std::shared_ptr<followed> where)
{
    asio::steady_timer pause(redis_->executor());
    while (!where->over) {
        const bool up = redis_->state() == cache::link_state::up;
        if (!up || !(where->dirty || where->asked != where->done)) {
            co_await wait_for_change(where);
            continue;
        }
        const auto begin = steady_clock::now();
        co_await read_once(where);
        // One reading during which others had the processor says little.
        const auto spent = steady_clock::now() - begin;
        where->cost = spent < where->cost ? spent : where->cost + (spent - where->cost) / 4;
        steady_clock::duration rest = where->cost * pause_per_reading;
        if (where->failure)
            rest = std::max<steady_clock::duration>(rest, pause_after_failure);
        pause.expires_after(std::min<steady_clock::duration>(rest, longest_pause));
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> group_source::wait_for_change(std::shared_ptr<followed> where)
{
    const auto next = where->stale ? std::nullopt : where->group->next_change();
    if (!next) {
        co_await where->wake.wait();
        co_return;
    }
    const auto left = std::chrono::duration<double>(*next - cache::now_seconds());
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::clamp(
        left, std::chrono::duration<double>::zero(), std::chrono::duration<double>(std::chrono::hours(1))));
    const bool woken = co_await where->wake.wait_until(steady_clock::now() + wait);
    if (!woken && !where->stale && !where->over)
        where->group->pass(cache::now_seconds());
}

asio::awaitable<void> group_source::read_once(std::shared_ptr<followed> where)
{
    const auto round = where->asked;
    const auto session = redis_->sessions();
    where->dirty = false;
    try {
        ++readings_;
        const bool complete = co_await where->group->read();
        if (where->over)
            co_return;
        where->dirty = where->dirty || !complete;
        where->failure = nullptr;
        where->problem.clear();
        if (where->stale && complete && redis_->state() == cache::link_state::up &&
            redis_->sessions() == session) {
            where->stale = false;
            where->book.announce_fresh();
        }
    } catch (const fullon_cache::cache_error& failure) {
        where->failure = std::current_exception();
        where->dirty = where->dirty || cache::passes_by_itself(failure);
        if (std::exchange(where->problem, failure.what()) != failure.what())
            log_.warning("reading a group of topics failed",
                         {{"key", where->key}, {"error", failure.what()}});
    }
    where->done = round;
    where->answered.notify_all();
}

} // namespace fullon_cache_api::detail
