// Bodies of member.hpp.
#include "property/member.hpp"

#include "support/async_test.hpp"
#include "support/market_writer.hpp"

#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace property {

namespace asio = boost::asio;
using support::seen_item;

namespace {

constexpr std::chrono::milliseconds metrics_interval(100); // the auditor's, too

} // namespace

asio::awaitable<void> pace::turn()
{
    if (delay_.count() != 0)
        co_await support::pause(delay_);
    while (stopped_)
        co_await changed_.wait();
}

asio::awaitable<void> inspector::before_next()
{
    return pace_.turn();
}

void inspector::on_item(const seen_item& item)
{
    if (wanted_.written && item.mark != 0 && !wanted_.written->contains(item.topic, item.mark))
        fail("was never written", item);
    auto& topic = topics_[item.topic];
    const bool vanished = item.removed && item.resync; // found out by the client: has no number of its own
    topic.missed += item.missed;
    if (item.removed && (item.event || (!item.known && !conflates_ && topic.missed == 0)))
        fail("is removed, and was not there", item);
    if (item.event && !item.name.empty())
        check_event(topic, item);
    else if (!vanished)
        check_number(topic, item);
}

// Delivered and missed are all that there was, in order; from one server to the next the numbers begin anew.
void inspector::check_number(topic_state& topic, const seen_item& item)
{
    const auto last = topic.last_id;
    topic.last_id = item.update_id;
    if (item.update_id == 0 && !item.snapshot)
        fail("has no number", item);
    if (!std::exchange(topic.known, true))
        return;
    const auto between = item.update_id > last ? item.update_id - last - 1 : 0;
    if (item.update_id >= last && item.missed == between)
        return;
    if (++topic.resets >= wanted_.server_lives())
        fail("follows number " + std::to_string(last), item);
}

// Trades: each once, those of a writer in order; but of what was pushed and taken while the server had no Redis, a restored
// one may tell later.
void inspector::check_event(topic_state& topic, const seen_item& item)
{
    if (wanted_.written && !topic.heard.insert(item.mark).second)
        fail("comes twice", item);
    auto& last = topic.last_marks[support::market_writer::writer_of(item.mark)];
    if (item.mark <= last && !(wanted_.written && wanted_.written->restored(item.topic, item.mark)))
        fail("follows event " + std::to_string(last), item);
    last = std::max(last, item.mark);
}

void inspector::fail(const std::string& what, const seen_item& item) const
{
    throw std::runtime_error(name_ + ": an item " + what + ": " + item.topic + " " + item.name + " mark " +
                             std::to_string(item.mark) + " number " + std::to_string(item.update_id) +
                             " missed " + std::to_string(item.missed) + (item.snapshot ? " snapshot" : "") +
                             (item.removed ? " removed" : "") + (item.resync ? " resync" : ""));
}

member::member(asio::any_io_executor executor, support::market what, std::size_t number, expectations wanted)
    : market_(what), number_(number), wanted_(std::move(wanted)), pace_(executor),
      tasks_(executor, [this](std::string_view, std::exception_ptr failure) { failure_ = failure; })
{}

asio::awaitable<void> member::open(std::string url)
{
    fullon_cache_api::client_config settings;
    settings.backoff_min = std::chrono::milliseconds(10);
    settings.backoff_max = std::chrono::milliseconds(100);
    settings.close_timeout = std::chrono::milliseconds(500) * support::patience;
    cache_ = co_await fullon_cache_api::client::connect(url, settings);
    tasks_.spawn("events", follow_events(cache_.events()));
    fullon_cache_api::stream_options options;
    if (conflates())
        options.queue_limit = 1 + number_ % 8;
    streams_ = co_await support::open_streams(cache_, market_, number_, options);
    tasks_.spawn("metrics", follow_metrics(co_await cache_.stream_metrics(metrics_interval, options)));
    for (const auto& one : streams_) {
        inspectors_.push_back(std::make_unique<inspector>(
            "client " + std::to_string(number_) + ", " + one->name(), pace_, wanted_, conflates()));
        one->set_observer(*inspectors_.back());
        tasks_.spawn(one->name(), follow(one.get()));
    }
}

asio::awaitable<void> member::follow(support::watched* which)
{
    try {
        co_await which->follow();
    } catch (const boost::system::system_error& failure) {
        using fullon_cache_api::error;
        const bool unreadable =
            failure.code() == error::cache_unavailable || failure.code() == error::corrupt_entry;
        if (!unreadable || !wanted_.may_refuse || !wanted_.may_refuse())
            throw;
        refused_ = true;
    }
}

// Of these there is nothing in Redis to compare with.
asio::awaitable<void>
member::follow_metrics(fullon_cache_api::stream<fullon_cache_api::metrics_snapshot> updates)
{
    inspector looks("client " + std::to_string(number_) + ", metrics", pace_, wanted_, conflates());
    for (;;) {
        co_await looks.before_next();
        const auto update = co_await updates.next();
        if (!update)
            co_return;
        seen_item item;
        item.topic = "metrics";
        item.update_id = update->update_id;
        item.missed = update->missed;
        item.snapshot = update->snapshot;
        item.removed = update->removed;
        item.resync = update->resync;
        looks.on_item(item);
    }
}

asio::awaitable<void>
member::follow_events(fullon_coro::async_generator<fullon_cache_api::client_event> events)
{
    for (;;) {
        const auto event = co_await events.next();
        if (!event)
            co_return;
        using kind = fullon_cache_api::client_event::kind;
        disconnects_ += event->type == kind::disconnected ? 1 : 0;
        outages_ += event->type == kind::stale ? 1 : 0;
    }
}

asio::awaitable<void> member::close()
{
    co_await cache_.close();
    co_await end();
}

asio::awaitable<void> member::drop()
{
    cache_ = fullon_cache_api::client();
    co_await end();
}

asio::awaitable<void> member::end()
{
    pace_.go();
    co_await tasks_.join();
}

asio::awaitable<void> member::ping()
{
    co_await cache_.list_streams(); // needs no Redis
}

void member::check() const
{
    if (failure_)
        std::rethrow_exception(failure_);
}

void member::excuse(const support::truth& redis)
{
    for (const auto& one : streams_)
        one->excuse(redis);
}

std::string member::difference(const support::truth& redis) const
{
    return difference(redis, false);
}

std::string member::live_difference(const support::truth& redis) const
{
    return pace_.hurries() ? difference(redis, true) : std::string();
}

std::string member::difference(const support::truth& redis, bool only_live) const
{
    std::string text;
    for (const auto& one : streams_)
        if (!one->is_live() && !only_live)
            text.append("\nclient ")
                .append(std::to_string(number_))
                .append(", ")
                .append(one->name())
                .append(": is not live");
        else if (one->is_live() && !one->agrees(redis))
            text.append("\nclient ")
                .append(std::to_string(number_))
                .append(", ")
                .append(one->name())
                .append(":")
                .append(one->difference(redis));
    return text;
}

support::stream_counts member::counts() const
{
    support::stream_counts all;
    for (const auto& one : streams_)
        all += one->counts();
    return all;
}

} // namespace property
