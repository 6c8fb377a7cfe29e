// Bodies of feed_registry.hpp: when a feed is read, and what is made of failures.
#pragma once

#include <fullon_cache_api/detail/feed/feed.hpp>
#include <fullon_cache_api/detail/feed/feed_reading.hpp>

#include <fullon_cache/is_transient.hpp>
#include <fullon_log/failure_text.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
namespace cache = fullon_cache;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds longest_rest{1000};
constexpr std::chrono::seconds longest_wait{5};

// Before a reading that has failed is done again: twice as long each time.
constexpr std::chrono::milliseconds first_pause{100};

// Readings of fields of one feed that are under way.
constexpr int most_field_reads = 2;

stale_reason reason_of(const fullon_cache::cache_error& failure)
{
    using fullon_cache::errc;
    switch (static_cast<errc>(failure.code().value())) {
    case errc::permission_denied:
    case errc::authentication: return stale_reason::not_permitted;
    case errc::timeout: return stale_reason::source_silent;
    case errc::too_many_clients:
    case errc::out_of_memory:
    case errc::read_only:
    case errc::no_replicas:
    case errc::unavailable: return stale_reason::redis_down;
    default: return stale_reason::unreadable;
    }
}

} // namespace

bool feed_registry::up() const noexcept
{
    return redis_->state() == cache::link_state::up;
}

asio::awaitable<void> feed_registry::read_loop(std::shared_ptr<feed> where)
{
    while (!where->over) {
        if (!up() || !(where->dirty || where->whole.asked != where->whole.done)) {
            co_await wait_for_change(where);
            continue;
        }
        const auto begin = steady_clock::now();
        co_await read_once(where);
        // One reading during which others had the processor says little.
        const auto spent = steady_clock::now() - begin;
        where->cost = spent < where->cost ? spent : where->cost + (spent - where->cost) / 4;
        auto pause = where->kind->rest_after(where->cost);
        if (where->failing)
            pause = std::max<steady_clock::duration>(pause, where->pause_after_failure);
        co_await rest(where, std::min<steady_clock::duration>(pause, longest_rest));
    }
}

asio::awaitable<void> feed_registry::rest(std::shared_ptr<feed> where, steady_clock::duration time)
{
    const auto end = steady_clock::now() + time;
    while (!where->over && (where->failing || !where->kind->urgent())) {
        const bool woken = co_await where->wake.wait_until(end);
        if (!woken)
            co_return;
    }
}

asio::awaitable<void> feed_registry::wait_for_change(std::shared_ptr<feed> where)
{
    if (!up()) {
        co_await where->wake.wait();
        co_return;
    }
    const auto wait = where->kind->changes_in();
    auto deadline = where->reconciliation;
    if (wait) // by the wall clock, which may jump meanwhile
        deadline =
            std::min(deadline, steady_clock::now() + std::clamp<steady_clock::duration>(
                                                         *wait, std::chrono::milliseconds(1), longest_wait));
    const bool woken = co_await where->wake.wait_until(deadline);
    if (woken || where->over || !up())
        co_return;
    if (steady_clock::now() >= where->reconciliation) {
        schedule_reconciliation(*where);
        changed(*where, {});
    } else if (where->why == stale_reason::none && where->kind->on_time())
        where->dirty = true;
}

void feed_registry::schedule_reconciliation(feed& where)
{
    if (reconcile_interval_ == std::chrono::milliseconds::zero()) {
        where.reconciliation = steady_clock::time_point::max();
        return;
    }
    const auto tenth = reconcile_interval_ / 10;
    std::uniform_int_distribution<std::chrono::milliseconds::rep> jitter(-tenth.count(), tenth.count());
    where.reconciliation =
        steady_clock::now() + reconcile_interval_ + std::chrono::milliseconds(jitter(jitter_));
}

asio::awaitable<void> feed_registry::read_once(std::shared_ptr<feed> where)
{
    const auto round = where->whole.asked;
    const auto session = redis_->sessions();
    where->dirty = false;
    try {
        ++readings_;
        const bool complete = co_await where->kind->read();
        if (where->over)
            co_return;
        where->dirty = where->dirty || !complete;
        where->whole.failure = nullptr;
        post_field_read(where); // of what it gave a hint
        if (complete && up() && redis_->sessions() == session) {
            where->failing = false;
            if (!std::exchange(where->problem, {}).empty())
                log_.info("a feed can be read again", {{"key", where->key}});
            where->pause_after_failure = first_pause;
            if (!where->unreported)
                set_stale(*where, stale_reason::none);
        }
    } catch (const fullon_cache::cache_error& failure) {
        failed(*where, where->whole, failure);
    }
    where->whole.done = round;
    where->answered.notify_all();
}

// Behind whatever else this turn of the event loop brings: its hints are read together.
void feed_registry::post_field_read(std::shared_ptr<feed> where)
{
    if (std::exchange(where->field_read_posted, true))
        return;
    asio::post(redis_->executor(), [self = shared_from_this(), where = std::move(where)] {
        where->field_read_posted = false;
        self->read_fields(where);
    });
}

// Without coroutines: what a writer publishes has to be with the clients at once. A second reading need not wait for the
// first; what comes meanwhile is read together.
void feed_registry::read_fields(const std::shared_ptr<feed>& where)
{
    while (!where->over && !where->fields_paused && up() && where->field_reads < most_field_reads) {
        auto read = where->kind->read_hinted();
        if (!read)
            break;
        ++readings_;
        ++where->field_reads;
        redis_->ask(std::move(read->ask), [self = shared_from_this(), where, take = std::move(read->take),
                                           session = in_session(*redis_)](fullon_cache::reply* answer) {
            self->take_fields(where, take, session, answer);
            self->read_fields(where);
        });
    }
    if (where->field_reads == 0 && !where->kind->hinted() && where->hinted.done != where->hinted.asked) {
        where->hinted.done = where->hinted.asked;
        where->answered.notify_all();
    }
}

void feed_registry::take_fields(const std::shared_ptr<feed>& where, const field_read::taker& take,
                                const in_session& session, fullon_cache::reply* answer)
{
    --where->field_reads;
    if (where->over)
        return;
    try {
        session.require();
        if (!answer) // its end is not known to the link yet
            throw fullon_cache::cache_error(fullon_cache::errc::unavailable, "the connection was lost");
        take(std::move(*answer));
        where->hinted.failure = nullptr;
    } catch (const fullon_cache::cache_error& failure) {
        where->kind->on_hinted_failed(); // read_loop reads everything
        failed(*where, where->hinted, failure);
        where->fields_paused = true;
        where->field_pause.expires_after(first_pause);
        where->field_pause.async_wait([self = shared_from_this(), where](boost::system::error_code ec) {
            if (ec)
                return; // it is over, or has failed again
            where->fields_paused = false;
            self->read_fields(where);
        });
    }
}

asio::awaitable<void> feed_registry::wait_turn(std::shared_ptr<feed> where, turn& of,
                                               steady_clock::time_point deadline)
{
    const auto mine = ++of.asked;
    where->wake.notify_all();
    post_field_read(where);
    while (of.done < mine) {
        const bool in_time = co_await where->answered.wait_until(deadline);
        if (!in_time)
            throw fullon_cache::cache_error(fullon_cache::errc::timeout);
    }
    if (of.failure)
        std::rethrow_exception(of.failure);
}

// While Redis is away that is the reason, and the reading is done anew when it is back.
void feed_registry::failed(feed& where, turn& of, const fullon_cache::cache_error& failure)
{
    of.failure = std::current_exception();
    if (where.over || !up())
        return;
    where.kind->on_changed({}); // it is not fresh again before all of it was read
    if (cache::is_transient(failure) && !std::exchange(where.dirty, true))
        where.wake.notify_all();
    where.pause_after_failure =
        where.failing ? std::min(where.pause_after_failure * 2, longest_rest) : first_pause;
    where.failing = true;
    const auto why = reason_of(failure);
    set_stale(where, why);
    // What the link tells the log of by itself is not said once more for every feed.
    const bool of_link = why == stale_reason::redis_down || why == stale_reason::source_silent;
    const auto problem = fullon_log::failure_text(failure);
    if (!of_link && std::exchange(where.problem, problem) != problem)
        log_.warning("a feed cannot be read", {{"key", where.key}, {"error", problem}});
}

void feed_registry::set_stale(feed& where, stale_reason why)
{
    if (std::exchange(where.why, why) == why)
        return;
    if (why == stale_reason::none)
        where.topics.announce_fresh();
    else
        where.topics.announce_stale(why);
}

} // namespace fullon_cache_api::detail
