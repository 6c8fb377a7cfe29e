// Bodies of detail/link.hpp: the reconnect loop and what runs inside one session.
#pragma once

#include <fullon_cache/detail/backoff.hpp>
#include <fullon_cache/detail/failure_text.hpp>
#include <fullon_cache/detail/link.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/impl/blocking_pool.hpp>
#include <fullon_cache/impl/link_session.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <random>
#include <utility>

namespace fullon_cache::detail {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// How long stop() waits for what cancelled pops put back.
constexpr std::chrono::milliseconds settle_time{1000};

std::uint64_t random_seed()
{
    std::random_device device;
    return (static_cast<std::uint64_t>(device()) << 32) | device();
}

link::link(asio::any_io_executor executor, config settings)
    : executor_(executor), settings_((validate(settings), std::move(settings))),
      trust_(std::make_shared<tls_trust>(settings_.ca_file)),
      log_(fullon_log::get_component_logger("fullon.cache.connection")),
      tasks_(executor,
             [log = log_](std::string_view task, std::exception_ptr failure) {
                 log.critical("link task failed", {{"task", task}, {"error", failure_text(failure)}});
             }),
      state_changed_(executor), retry_(executor)
{}

link::~link() = default;

void link::start()
{
    if (std::exchange(started_, true))
        return;
    state_ = link_state::connecting;
    tasks_.spawn("run", run());
}

asio::awaitable<void> link::stop()
{
    const auto self = shared_from_this();
    if (const auto pool = blocking_; pool && state_ == link_state::up) {
        try {
            co_await pool->settle(self,
                                  steady_clock::now() + std::min(settings_.socket_timeout, settle_time));
        } catch (...) { // cancelled
            cancel();
            throw;
        }
    }
    cancel();
    co_await tasks_.join();
    if (const auto pool = blocking_)
        co_await pool->join();
}

void link::cancel() noexcept
{
    if (std::exchange(stopping_, true))
        return;
    if (session_)
        end_session(*session_, "stopped");
    set_state(link_state::closed);
    retry_.cancel();
    if (blocking_)
        blocking_->cancel();
}

// The first reason counts: what ends afterwards ends because of it. The state changes here, at once: an
// operation must not be queued on a connection that nobody runs any more.
void link::end_session(session& current, std::string why)
{
    if (std::exchange(current.ended, true))
        return;
    current.reason = std::move(why);
    if (state_ == link_state::up)
        ++losses_;
    if (&current == session_.get() && state_ != link_state::closed)
        set_state(link_state::down);
    current.over.notify_all();
}

asio::awaitable<void> link::run()
{
    const auto self = shared_from_this(); // the loop owns the link until it has ended
    backoff pause(settings_.backoff_min, settings_.backoff_max, random_seed());
    std::string last_reason;
    while (!stopping_) {
        const auto before = sessions_;
        session_ = std::make_shared<session>(executor_, settings_, *trust_);
        co_await run_session(session_);
        const auto ended = std::exchange(session_, nullptr);
        if (stopping_)
            break;
        if (sessions_ != before) { // it had been up
            pause.reset();
            last_reason.clear();
        }
        // One line per outage and cause, not one per attempt.
        if (ended->reason != last_reason)
            log_.warning("Redis link down",
                         {{"host", settings_.host}, {"port", settings_.port}, {"reason", ended->reason}});
        last_reason = ended->reason;
        retry_.expires_after(pause.next());
        co_await retry_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<void> link::run_session(std::shared_ptr<session> current)
{
    // Queued before the lanes run, so that nothing is pushed to a session that is not listening yet.
    current->tasks.spawn("set up", set_up(current));
    current->tasks.spawn("pushes", receive_pushes(current));
    current->tasks.spawn("query lane", run_lane(current, current->queries));
    current->tasks.spawn("push lane", run_lane(current, current->pushes));
    current->tasks.spawn("query watchdog", watch_lane(current, current->queries));
    current->tasks.spawn("push watchdog", watch_lane(current, current->pushes));
    while (!current->ended)
        co_await current->over.wait();
    current->queries.cancel();
    current->pushes.cancel();
    current->tasks.cancel();
    co_await current->tasks.join();
}

asio::awaitable<void> link::run_lane(std::shared_ptr<session> current, redis_lane& lane)
{
    const std::string reason = co_await lane.run();
    end_session(*current, reason);
}

asio::awaitable<void> link::watch_lane(std::shared_ptr<session> current, redis_lane& lane)
{
    const std::string reason = co_await lane.watch();
    end_session(*current, reason);
}

asio::awaitable<void> link::set_up(std::shared_ptr<session> current)
{
    const auto deadline = settings_.connect_timeout;
    bool answered = false;
    try {
        // The PING behind the subscriptions is the barrier: once it is answered they are in force. A denied
        // SUBSCRIBE is answered in its place, and is the end of this session.
        auto answers = co_await current->pushes.execute(push_set_up(*current), deadline);
        auto greeted = co_await current->queries.execute(pipeline().add("PING"), deadline);
        answered = true;
        require_pong(answers.back());
        answers.pop_back();
        for (const auto& one : answers)
            one.checked();
        require_pong(greeted.front());
    } catch (const cache_error& failure) {
        // A connection that ended first says itself why, in run_lane().
        if (answered || failure.code() != errc::unavailable)
            end_session(*current, failure.what());
        co_return;
    }
    if (current->ended)
        co_return;
    ++sessions_;
    log_.info("Redis link up", {{"host", settings_.host}, {"port", settings_.port}});
    current->queries.watched = current->pushes.watched = true;
    set_state(link_state::up);
}

asio::awaitable<void> link::receive_pushes(std::shared_ptr<session> current)
{
    for (;;) {
        const auto batch = co_await current->pushes.receive();
        if (current->ended)
            co_return;
        for (const auto& push : batch)
            dispatch(push);
    }
}

bool link::followed(std::string_view channel) const
{
    if (session_)
        for (const auto& prefix : session_->patterns)
            if (channel.starts_with(prefix))
                return true;
    return false;
}

void link::dispatch(const reply& push)
{
    const auto& words = push.items;
    if (words.size() < 2)
        return;
    const std::string& kind = words[0].text;
    if (kind == "message" && words.size() == 3) {
        // A channel under a followed prefix arrives twice while both subscriptions stand.
        if (followed(words[1].text))
            return;
        ++publications_;
        for (auto* listener : listeners_)
            listener->on_message(words[1].text, words[2].text);
    } else if (kind == "pmessage" && words.size() == 4) {
        ++publications_;
        for (auto* listener : listeners_)
            listener->on_message(words[2].text, words[3].text);
    } else if (kind == "psubscribe") {
        if (session_ && words[1].text.ends_with('*'))
            session_->patterns.insert(words[1].text.substr(0, words[1].text.size() - 1));
    } else if (kind == "invalidate") {
        invalidations_ += words[1].is_null() ? 1 : words[1].items.size();
        if (words[1].is_null())
            for (auto* listener : listeners_)
                listener->on_invalidate_all();
        else
            for (const auto& key : words[1].items)
                for (auto* listener : listeners_)
                    listener->on_invalidate(key.text);
    }
}

pipeline link::push_set_up(session& current) const
{
    pipeline commands;
    if (!tracked_.empty()) {
        command tracking("CLIENT", "TRACKING", "ON", "BCAST");
        for (const auto& prefix : tracked_)
            tracking.push("PREFIX").push(prefix);
        commands.add(std::move(tracking));
        current.tracked = tracked_;
    }
    if (!channels_.empty()) {
        command subscribe("SUBSCRIBE");
        for (const auto& [channel, holders] : channels_) {
            subscribe.push(channel);
            current.channels.insert(channel);
        }
        commands.add(std::move(subscribe));
    }
    if (!prefixes_.empty()) {
        command subscribe("PSUBSCRIBE");
        for (const auto& prefix : prefixes_)
            subscribe.push(prefix + "*");
        commands.add(std::move(subscribe));
    }
    commands.add("PING");
    return commands;
}

void link::set_state(link_state next)
{
    const auto before = std::exchange(state_, next);
    if (before == next)
        return;
    const auto tell = listeners_; // a listener may detach in its call
    if (next == link_state::up)
        for (auto* listener : tell)
            listener->on_link_up();
    else if (before == link_state::up)
        for (auto* listener : tell)
            listener->on_link_down();
    state_changed_.notify_all();
}

} // namespace fullon_cache::detail
