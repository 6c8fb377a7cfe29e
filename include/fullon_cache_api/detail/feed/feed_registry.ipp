// Bodies of feed_registry.hpp: which feeds there are, and who hears of what. Their reading: feed_loops.ipp.
#pragma once

#include <fullon_cache_api/detail/feed/feed.hpp>
#include <fullon_cache_api/detail/feed/feed_registry.hpp>
#include <fullon_cache_api/detail/feed/feeds.hpp>

#include <fullon_log/failure_text.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
namespace cache = fullon_cache;
using std::chrono::steady_clock;

class feed_registry::lease final : public stream_source {
public:
    lease(std::shared_ptr<feed_registry> owner, std::shared_ptr<feed> from, std::vector<std::string> wanted,
          feed_listener& listener)
        : source(std::move(owner)), where(std::move(from)), ids(std::move(wanted)), stream(listener)
    {
        for (const auto& id : ids)
            where->topics.watch(id);
        where->topics.add(stream, ids.empty());
    }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() override { source->release(*this); }

    std::vector<topic_ptr> topics() const override
    {
        if (ids.empty())
            return where->topics.topics();
        std::vector<topic_ptr> result;
        for (const auto& id : ids)
            result.push_back(where->topics.find(id));
        return result;
    }
    stale_reason stale() const override { return where->why; }
    std::string_view delivery() const override { return where->delivery; }

    std::shared_ptr<feed_registry> source;
    std::shared_ptr<feed> where;
    std::vector<std::string> ids;
    feed_listener& stream;
    std::vector<std::string> channels; // subscribed
};

feed_registry::feed_registry(std::shared_ptr<cache::redis_link> redis, hub& updates,
                             std::chrono::milliseconds reconcile_interval)
    : redis_(std::move(redis)), hub_(updates), reconcile_interval_(reconcile_interval),
      log_(fullon_log::get_component_logger("fullon.api.cache.server")),
      tasks_(redis_->executor(), [log = log_](std::string_view task, std::exception_ptr failure) {
          log.critical("feed task failed", {{"task", task}, {"error", fullon_log::failure_text(failure)}});
      })
{
    redis_->attach(*this);
}

feed_registry::~feed_registry()
{
    redis_->detach(*this);
}

asio::awaitable<void> feed_registry::stop()
{
    const auto self = shared_from_this();
    for (const auto& [name, where] : feeds_)
        where->end();
    tasks_.cancel();
    co_await tasks_.join();
}

asio::awaitable<std::unique_ptr<stream_source>>
feed_registry::open(feed_spec spec, std::vector<std::string> ids, feed_listener& stream)
{
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    const auto self = shared_from_this();
    auto made = std::make_unique<lease>(self, follow(spec), std::move(ids), stream);
    co_await redis_->track(spec.tracked);
    co_await subscribe(*made, spec);
    auto& where = *made->where;
    if (where.kind->on_asked(spec.asked_for))
        where.dirty = true;
    const auto deadline = steady_clock::now() + redis_->settings().socket_timeout;
    // What tickers have since their last reading is told soon; other feeds are read before a stream of them begins.
    const bool current = spec.channels || !where.dirty;
    bool known = where.why == stale_reason::none && current && where.topics.has_read(made->ids);
    while (!known) { // a reading may have to be done again, further back
        if (steady_clock::now() >= deadline)
            throw fullon_cache::cache_error(fullon_cache::errc::timeout);
        const bool hinted = where.why == stale_reason::none && where.kind->hint_unread(made->ids);
        auto& reading = hinted ? where.hinted : where.whole;
        co_await wait_turn(made->where, reading, deadline);
        known = where.topics.has_read(made->ids);
    }
    co_return std::move(made);
}

asio::awaitable<void> feed_registry::subscribe(lease& made, const feed_spec& spec)
{
    if (made.ids.empty()) {
        for (const auto& prefix : spec.channel_prefixes)
            co_await redis_->subscribe_prefix(prefix);
        co_return; // what Redis refuses is found by its reports of changes
    }
    if (!spec.channels)
        co_return;
    std::vector<std::string> channels;
    for (const auto& id : made.ids)
        for (auto& channel : spec.channels(id))
            channels.push_back(std::move(channel));
    co_await redis_->subscribe(channels);
    made.channels = std::move(channels);
}

std::shared_ptr<feed_registry::feed> feed_registry::follow(const feed_spec& spec)
{
    auto& where = feeds_[feed::name_of(spec)];
    if (!where) {
        where = std::make_shared<feed>(hub_, spec, redis_->executor());
        where->why = up() ? stale_reason::none : outage();
        schedule_reconciliation(*where);
        (spec.is_prefix ? by_prefix_ : by_key_).emplace(spec.key, where.get());
        tasks_.spawn("follow " + spec.key, read_loop(where));
    }
    return where;
}

void feed_registry::release(lease& gone)
{
    auto& where = *gone.where;
    where.topics.remove(gone.stream);
    for (const auto& id : gone.ids)
        where.topics.unwatch(id);
    if (!gone.channels.empty())
        redis_->unsubscribe(gone.channels);
    if (!where.topics.unused())
        return;
    where.end();
    const auto is_gone = [&](const auto& one) { return one.second == &where; };
    std::erase_if(where.is_prefix ? by_prefix_ : by_key_, is_gone);
    if (const auto found = feeds_.find(where.name); found != feeds_.end() && found->second.get() == &where)
        feeds_.erase(found);
}

/// Those of the key itself, and those of what it begins with: prefixes end with ':'.
template <class Visit>
void feed_registry::visit_feeds_of(std::string_view key, Visit visit) const
{
    const auto [first, last] = by_key_.equal_range(key);
    for (auto one = first; one != last; ++one)
        visit(*one->second);
    if (by_prefix_.empty())
        return;
    constexpr int most_parts = 4; // no prefix has more
    auto colon = key.find(':');
    for (int part = 0; part < most_parts && colon != std::string_view::npos; ++part) {
        const auto [begin, end] = by_prefix_.equal_range(key.substr(0, colon + 1));
        for (auto one = begin; one != end; ++one)
            visit(*one->second);
        colon = key.find(':', colon + 1);
    }
}

void feed_registry::on_message(std::string_view channel, std::string_view payload)
{
    const auto hint = field_of_channel(channel);
    if (!hint)
        return;
    visit_feeds_of(hint->key, [&](feed& where) {
        if (where.kind->on_publication(hint->field, payload))
            post_field_read(where.shared_from_this());
    });
}

void feed_registry::on_invalidate(std::string_view key)
{
    visit_feeds_of(key, [&](feed& where) { changed(where, key); });
}

void feed_registry::on_invalidate_all()
{
    for (const auto& [name, where] : feeds_)
        changed(*where, {});
}

void feed_registry::on_link_up()
{
    for (const auto& [name, where] :
         feeds_) { // whatever happened meanwhile; `fresh` goes out behind the differences
        where->dirty = where->unreported = false;
        changed(*where, {});
        post_field_read(where);
    }
}

void feed_registry::on_link_down()
{
    for (const auto& [name, where] : feeds_) {
        where->kind->on_outage();
        set_stale(*where, outage());
    }
}

// It is still read now and then, but may be old until the next time.
void feed_registry::on_tracking_refused(std::string_view prefix, std::string_view)
{
    for (const auto& [name, where] : feeds_)
        if (where->tracked == prefix) {
            where->unreported = true;
            set_stale(*where, stale_reason::not_permitted);
        }
}

stale_reason feed_registry::outage() const
{
    return stale_reason_of(to_text(redis_->down_reason()));
}

/// `key` is empty where anything may have changed.
void feed_registry::changed(feed& where, std::string_view key)
{
    if (where.kind->on_changed(key) && !std::exchange(where.dirty, true))
        where.wake.notify_all();
}

followed_traffic feed_registry::traffic_of(std::string_view key) const
{
    followed_traffic found;
    visit_feeds_of(key, [&](feed& where) {
        if (where.is_prefix && where.why == stale_reason::none)
            found.add(where.kind->traffic_of(key));
    });
    return found;
}

followed_traffic feed_registry::traffic_below(std::string_view prefix) const
{
    followed_traffic all;
    for (const auto& [name, where] : feeds_)
        if (where->why == stale_reason::none && where->key.starts_with(prefix))
            all.add(where->kind->traffic());
    return all;
}

std::vector<followed_ticker> feed_registry::tickers() const
{
    std::vector<followed_ticker> all;
    for (const auto& [name, where] : feeds_)
        for (auto& one : where->kind->tickers()) {
            one.stale = one.stale || where->why != stale_reason::none;
            all.push_back(std::move(one));
        }
    return all;
}

std::vector<feed_problem> feed_registry::problems(std::size_t most) const
{
    std::vector<feed_problem> found;
    if (!up())
        return found;
    for (const auto& [name, where] : feeds_) {
        if (where->failing || where->unreported)
            found.push_back({where->key, where->why});
        else
            for (auto& key : where->kind->unreadable_keys())
                found.push_back({std::move(key), stale_reason::unreadable});
        if (found.size() >= most) {
            found.resize(most);
            break;
        }
    }
    return found;
}

} // namespace fullon_cache_api::detail
