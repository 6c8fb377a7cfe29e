// Bodies of link.hpp: the reconnect loop and what runs inside one session.
#pragma once

#include <fullon_cache/detail/lists/merge_queue.hpp>
#include <fullon_cache/detail/redis/context_end.hpp>
#include <fullon_cache/detail/redis/key_watch.hpp>
#include <fullon_cache/detail/redis/link_session.hpp>
#include <fullon_cache/detail/redis/list_taker.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_cache/redis_text.hpp>
#include <fullon_coro/backoff.hpp>
#include <fullon_log/failure_text.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>
#include <random>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using std::chrono::steady_clock;

// How long stop() waits for what was taken to be settled.
constexpr std::chrono::milliseconds settle_time{1000};
// How long a session that is set up otherwise waits for its channels.
constexpr std::chrono::milliseconds channels_grace{250};
constexpr std::chrono::milliseconds master_role_interval{1000};
// Until what Redis refused is asked for again.
constexpr std::chrono::milliseconds tracking_pause{5000};

inline ending cut_off()
{
    return {outage::replica_cut, "this Redis is a replica whose master is away"};
}

std::string random_name()
{
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, fullon_coro::random_seed(), 16).ptr;
    return std::string(text, end);
}

redis_link::redis_link(asio::any_io_executor executor, config settings)
    : executor_(executor), settings_((validate(settings), std::move(settings))),
      trust_(std::make_shared<tls_trust>(settings_.ca_file)),
      names_(std::make_shared<host_resolver>(executor)),
      log_(fullon_log::get_component_logger("fullon.cache.connection")),
      tasks_(executor,
             [log = log_](std::string_view task, std::exception_ptr failure) {
                 log.critical("link task failed",
                              {{"task", task}, {"error", fullon_log::failure_text(failure)}});
             }),
      state_changed_(executor), takers_gone_(executor), owner_(random_name()),
      merges_(std::make_shared<detail::merge_queue>(executor))
{}

redis_link::~redis_link() = default;

void redis_link::start()
{
    if (context_gone_ || std::exchange(started_, true))
        return;
    detail::context_end::tell(executor_, weak_from_this());
    retry_.emplace(executor_);
    state_ = link_state::connecting;
    down_ = {outage::redis_down, "not connected yet"};
    tasks_.spawn("run", run());
}

asio::awaitable<void> redis_link::stop()
{
    const auto self = shared_from_this();
    settling_ = true;
    if (state_ == link_state::up) {
        for (const auto& [list, taker] : takers_)
            taker->close();
        const auto deadline = steady_clock::now() + std::min(settings_.socket_timeout, settle_time);
        try {
            bool in_time = true;
            while (in_time && !takers_.empty())
                in_time = co_await takers_gone_.wait_until(deadline);
        } catch (...) { // cancelled
            cancel();
            throw;
        }
    }
    cancel();
    co_await tasks_.join();
    co_await merges_->join();
}

void redis_link::cancel() noexcept
{
    if (context_gone_ || std::exchange(stopping_, true))
        return;
    if (session_)
        end_session(*session_, {outage::redis_down, "stopped"});
    down_ = {outage::redis_down, "stopped"};
    set_state(link_state::closed);
    if (retry_)
        retry_->cancel();
    for (const auto& [list, taker] : takers_)
        taker->close();
}

void redis_link::context_gone() noexcept
{
    context_gone_ = true;
    stopping_ = true;
    state_ = link_state::closed;
    listeners_.clear();
    retry_.reset();
    session_.reset();
    takers_.clear();
    merges_->context_gone();
    names_.reset();
}

// The first reason counts: what ends afterwards ends because of it. The state changes here, at once: an
// operation must not be queued on a connection that nobody runs any more.
void redis_link::end_session(session& current, ending how)
{
    if (std::exchange(current.ended, true))
        return;
    current.how = std::move(how);
    if (state_ == link_state::up)
        ++losses_;
    if (&current == session_.get() && state_ != link_state::closed) {
        down_ = current.how;
        set_state(link_state::down);
    }
    current.over.notify_all();
    current.settled.notify_all();
}

asio::awaitable<void> redis_link::run()
{
    const auto self = shared_from_this(); // the loop owns the link until it has ended
    fullon_coro::backoff pause(settings_.backoff_min, settings_.backoff_max, fullon_coro::random_seed());
    std::string last_reason;
    while (!stopping_) {
        const auto before = sessions_;
        session_ = std::make_shared<session>(executor_, settings_, *trust_, names_,
                                             [this](const reply& push) { dispatch(push); });
        session_->failed = [this, its = session_.get()](const std::string& text) {
            end_session(*its, {outage::redis_down, text});
        };
        co_await run_session(session_);
        const auto ended = std::exchange(session_, nullptr);
        if (stopping_)
            break;
        if (sessions_ != before) { // it had been up
            pause.reset();
            last_reason.clear();
        }
        // One line per outage and cause, not one per attempt.
        if (ended->how.text != last_reason)
            log_.warning("Redis link down",
                         {{"host", settings_.host}, {"port", settings_.port}, {"reason", ended->how.text}});
        last_reason = ended->how.text;
        retry_->expires_after(pause.next());
        co_await retry_->async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<void> redis_link::run_session(std::shared_ptr<session> current)
{
    current->tasks.spawn("set up", set_up(current));
    current->tasks.spawn("queries", run_queries(current));
    current->tasks.spawn("watchdog", watch_queries(current));
    current->tasks.spawn("pushes", run_pushes(current));
    while (!current->ended)
        co_await current->over.wait();
    current->queries.cancel();
    if (current->pushes)
        current->pushes->cancel();
    if (current->changes)
        current->changes->cancel();
    current->tasks.cancel();
    co_await current->tasks.join();
    if (current->changes)
        co_await current->changes->join();
}

asio::awaitable<void> redis_link::run_queries(std::shared_ptr<session> current)
{
    auto how = co_await current->queries.run();
    end_session(*current, std::move(how));
}

asio::awaitable<void> redis_link::watch_queries(std::shared_ptr<session> current)
{
    auto how = co_await current->queries.watch();
    end_session(*current, std::move(how));
}

asio::awaitable<void> redis_link::set_up(std::shared_ptr<session> current)
{
    pipeline commands;
    command tracking("CLIENT", "TRACKING", "ON", "BCAST");
    std::string last; // of sorted prefixes, those within another are left out: Redis takes no overlap
    for (const auto& prefix : tracked_) {
        if (!last.empty() && prefix.starts_with(last))
            continue;
        tracking.push("PREFIX").push(prefix);
        last = prefix;
    }
    if (!tracked_.empty())
        commands.add(std::move(tracking));
    commands.add("ROLE").add("PING");
    try {
        // The watchdog sees to the time that this may take.
        const auto answers =
            co_await current->queries.execute(std::move(commands), detail::redis_connection::unlimited);
        const auto& mode = current->queries.facts().mode;
        if (mode == "cluster" || mode == "sentinel") {
            end_session(*current,
                        {outage::redis_down,
                         mode == "cluster" ? "this Redis is a cluster node and REDIS_CLUSTER_MODE is false"
                                           : "this Redis is a Sentinel, which holds no data"});
            co_return;
        }
        detail::require_pong(answers.back());
        if (!tracked_.empty())
            judge_tracking(*current, answers.front());
        judge_role(*current, answers[answers.size() - 2]);
    } catch (const cache_error& failure) {
        // A connection that ended says itself why, in run_queries().
        if (!current->queries.over())
            end_session(*current, {failure.code() == errc::permission_denied ? outage::not_permitted
                                                                             : outage::redis_down,
                                   "PING: " + shown_error(failure.diagnostics())});
        co_return;
    }
    // Channels are in force by now, as a rule. Many, or a connection that cannot be made, are not waited for.
    const auto grace = steady_clock::now() + channels_grace;
    bool in_time = true;
    while (in_time && !current->pushes_tried && !current->ended)
        in_time = co_await current->settled.wait_until(grace);
    if (current->ended)
        co_return;
    current->set = true;
    if (current->cut) {
        down_ = cut_off();
        set_state(link_state::down);
        log_.warning("Redis link down", {{"host", settings_.host}, {"reason", down_.text}});
    } else
        come_up(*current);
    current->tasks.spawn("role", watch_role(current));
    current->tasks.spawn("tracking", retry_tracking(current));
}

void redis_link::come_up(session& current)
{
    ++sessions_;
    outage_lines_ = one_line;
    log_.info("Redis link up", {{"host", settings_.host}, {"port", settings_.port}});
    down_ = {};
    set_state(link_state::up);
    tell_up(current);
}

// Who follows changes is not told that the link is up while they are not reported: queries work all the same.
void redis_link::tell_up(session& current)
{
    bool all = true;
    for (const auto& [prefix, its] : current.tracked)
        if (tracked_.contains(prefix) && its.status == wish::refused) {
            all = false;
            tell([&](push_listener& listener) { listener.on_tracking_refused(prefix, its.refusal); });
        }
    if (all && !std::exchange(listeners_up_, true))
        tell([](push_listener& listener) { listener.on_link_up(); });
}

void redis_link::judge_tracking(session& current, const reply& answer)
{
    for (const auto& prefix : tracked_) {
        auto& its = current.tracked[prefix];
        its.status = answer.is_error() ? wish::refused : wish::in_force;
        its.refusal = answer.is_error() ? answer.text : std::string();
    }
    if (answer.is_error())
        log_.error("Redis refuses CLIENT TRACKING: streams cannot learn of changes",
                   {{"error", shown_error(answer.text)}});
}

// A replica that has lost its master goes on answering with what it had.
void redis_link::judge_role(session& current, const reply& answer)
{
    if (answer.is_error() || answer.items.empty()) {
        if (answer.is_error() && classify_redis_error(answer.text) == errc::unavailable)
            return; // it passes
        current.role_readable = false;
        if (!std::exchange(role_told_, true))
            log_.warning("Redis refuses ROLE: a replica that has lost its master is not detected",
                         {{"error", shown_error(answer.text)}});
        return;
    }
    const auto now = steady_clock::now();
    const auto& role = answer.items.front().text;
    const bool replica = role == "slave" || role == "replica";
    if (replica && current.was_master)
        return end_session(current, {outage::redis_down, "this Redis was a master and is a replica now"});
    current.was_master = current.was_master || role == "master";
    current.is_replica = replica;
    const bool in_sync = !replica || (answer.items.size() > 3 && answer.items[3].text == "connected");
    if (in_sync)
        current.in_sync = now;
    const bool cut = !in_sync && now - current.in_sync > settings_.replica_tolerance;
    if (current.cut == cut)
        return;
    current.cut = cut;
    if (!current.set || current.ended)
        return;
    if (!cut)
        return come_up(current);
    ++losses_;
    down_ = cut_off();
    set_state(link_state::down);
    log_.warning("Redis link down",
                 {{"host", settings_.host}, {"port", settings_.port}, {"reason", down_.text}});
}

// A master is asked once a second, to see that it still is one.
asio::awaitable<void> redis_link::watch_role(std::shared_ptr<session> current)
{
    asio::steady_timer timer(executor_);
    while (!current->ended && current->role_readable) {
        timer.expires_after(current->is_replica ? settings_.ping_interval
                                                : std::max(settings_.ping_interval, master_role_interval));
        co_await timer.async_wait(asio::use_awaitable);
        if (current->ended)
            co_return;
        try {
            const auto answers = co_await current->queries.execute(pipeline().add("ROLE"),
                                                                   detail::redis_connection::unlimited);
            if (!current->ended)
                judge_role(*current, answers.front());
        } catch (const cache_error&) { // the connection has ended
            co_return;
        }
    }
}

bool redis_link::followed(std::string_view channel) const
{
    for (const auto& [prefix, its] : prefixes_)
        if (its.status == wish::in_force && channel.starts_with(prefix))
            return true;
    return false;
}

void redis_link::dispatch(const reply& push)
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
        tell([&](push_listener& listener) { listener.on_message(words[1].text, words[2].text); });
    } else if (kind == "pmessage" && words.size() == 4) {
        ++publications_;
        tell([&](push_listener& listener) { listener.on_message(words[2].text, words[3].text); });
    } else if (kind == "subscribe") {
        if (const auto at = channels_.find(words[1].text); at != channels_.end())
            at->second.status = wish::in_force;
    } else if (kind == "psubscribe") {
        for (auto& [prefix, its] : prefixes_) // at once: the next message may come both ways
            if (words[1].text == escape_pattern(prefix) + "*")
                its.status = wish::in_force;
    } else if (kind == "invalidate")
        dispatch_invalidation(words[1]);
}

void redis_link::dispatch_invalidation(const reply& keys)
{
    invalidations_ += keys.is_null() ? 1 : keys.items.size();
    if (keys.is_null())
        return tell([](push_listener& listener) { listener.on_invalidate_all(); });
    tell([&](push_listener& listener) {
        for (const auto& key : keys.items)
            listener.on_invalidate(key.text);
    });
}

void redis_link::set_state(link_state next)
{
    const auto before = std::exchange(state_, next);
    if (before == next)
        return;
    if (before == link_state::up && std::exchange(listeners_up_, false))
        tell([](push_listener& listener) { listener.on_link_down(); });
    state_changed_.notify_all();
}

} // namespace fullon_cache
