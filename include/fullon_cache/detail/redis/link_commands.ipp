// Bodies of link.hpp: what callers ask of the link.
#pragma once

#include <fullon_cache/detail/redis/command_facts.hpp>
#include <fullon_cache/detail/redis/link_session.hpp>
#include <fullon_cache/detail/redis/script.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/redis_link.hpp>

#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

std::size_t largest_word(const pipeline& commands)
{
    std::size_t largest = 0;
    for (const auto& one : commands.commands())
        for (const auto& word : one.words())
            largest = std::max(largest, word.size());
    return largest;
}

pipeline with_texts(const pipeline& commands)
{
    pipeline spelled_out;
    for (const auto& one : commands.commands())
        spelled_out.add(detail::script::is_called_by(one) ? detail::script::whole(one) : one);
    return spelled_out;
}

} // namespace

bool redis_link::tracks(std::string_view prefix) const
{
    return state_ == link_state::up && session_ && session_->tracks(prefix);
}

bool redis_link::nothing_unread() const
{
    return state_ == link_state::up && session_ && session_->queries.nothing_unread();
}

bool redis_link::nothing_unanswered() const
{
    return state_ == link_state::up && session_ && session_->queries.nothing_unanswered();
}

asio::awaitable<bool> redis_link::catch_up(steady_clock::time_point deadline)
{
    const auto current = session_;
    if (!current)
        co_return false;
    const bool answered = co_await current->queries.catch_up(deadline);
    co_return answered;
}

steady_clock::time_point redis_link::last_heard() const
{
    return session_ ? session_->queries.last_heard() : steady_clock::time_point();
}

asio::awaitable<void> redis_link::wait_up(steady_clock::time_point deadline)
{
    while (state_ != link_state::up) {
        if (state_ == link_state::closed)
            throw cache_error(errc::closed);
        const bool changed = co_await state_changed_.wait_until(deadline);
        if (!changed)
            throw cache_error(state_ == link_state::down ? down_.refusal : errc::unavailable,
                              state_ == link_state::down ? "not connected in time: " + down_.text
                                                         : "not connected in time");
    }
}

asio::awaitable<void> redis_link::require_up()
{
    const auto deadline = steady_clock::now() + settings_.socket_timeout;
    while (state_ == link_state::connecting) {
        const bool changed = co_await state_changed_.wait_until(deadline);
        if (!changed)
            throw cache_error(errc::unavailable);
    }
    if (state_ == link_state::closed)
        throw cache_error(errc::closed);
    if (state_ ==
        link_state::down) // a Redis that is there, and why it is not read; else plainly that it is away
        throw cache_error(down_.refusal,
                          down_.why == outage::not_permitted || down_.text.starts_with("this Redis")
                              ? down_.text
                              : std::string());
}

asio::awaitable<reply> redis_link::execute(command one)
{
    co_return detail::only_one(co_await execute(pipeline().add(std::move(one))));
}

asio::awaitable<std::vector<reply>> redis_link::execute(pipeline commands)
{
    if (auto refusal = detail::why_not_shared(commands); !refusal.empty())
        throw cache_error(errc::invalid_argument, std::move(refusal));
    const auto size = largest_word(commands);
    // Redis closes the connection of who sends more, which all others would feel.
    if (size >= smallest_refused_)
        throw cache_error(errc::too_large, "a value of this size is not taken");
    if (state_ != link_state::up)
        co_await require_up();
    const auto current = session_;
    std::vector<reply> replies;
    try {
        replies = co_await execute_on(current, std::move(commands));
    } catch (const cache_error& failure) {
        learn_bound(failure.diagnostics(), size);
        throw;
    }
    if (!replies.empty() && replies.back().is_error())
        learn_bound(replies.back().text, size);
    co_return replies;
}

// Who may not say MULTI, or EXEC, would have the commands between executed one by one.
asio::awaitable<void> redis_link::require_transactions()
{
    if (state_ != link_state::up)
        co_await require_up();
    const auto current = session_;
    if (current->may_transact)
        co_return;
    pipeline nothing;
    nothing.add("MULTI").add("EXEC");
    const auto replies = co_await current->queries.execute(std::move(nothing), settings_.socket_timeout);
    for (const auto& one : replies)
        if (one.is_error())
            throw cache_error(classify_redis_error(one.text), one.text);
    current->may_transact = true;
}

// No coroutine of its own: its caller holds the session.
asio::awaitable<std::vector<reply>> redis_link::execute_on(const std::shared_ptr<session>& current,
                                                           pipeline commands)
{
    const auto& all = commands.commands();
    if (std::none_of(all.begin(), all.end(), detail::script::is_called_by))
        return current->queries.execute(std::move(commands), settings_.socket_timeout);
    return execute_scripts(current, std::move(commands));
}

// A script that Redis does not know by its digest was not run, and is sent again with its text.
asio::awaitable<std::vector<reply>> redis_link::execute_scripts(std::shared_ptr<session> current,
                                                                pipeline commands)
{
    const auto limit = settings_.socket_timeout;
    const auto deadline = steady_clock::now() + limit;
    const auto& all = commands.commands();
    if (!current->scripts_by_digest)
        co_return co_await current->queries.execute(with_texts(commands), limit);
    auto replies = co_await current->queries.execute(commands, limit);
    pipeline again;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < replies.size() && i < all.size(); ++i)
        if (detail::script::is_called_by(all[i]) && detail::is_unknown_script(replies[i])) {
            again.add(detail::script::whole(all[i]));
            places.push_back(i);
            current->scripts_by_digest = !detail::is_digest_forbidden(replies[i]);
        }
    if (places.empty())
        co_return replies;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    auto late =
        co_await current->queries.execute(std::move(again), std::max(left, std::chrono::milliseconds(1)));
    for (std::size_t i = 0; i < late.size(); ++i)
        replies[places.at(i)] = std::move(late[i]);
    co_return replies;
}

// After such an answer Redis closes the connection: that is not to happen again.
void redis_link::learn_bound(const std::string& answer, std::size_t size) noexcept
{
    if (answer.starts_with("ERR Protocol error") && classify_redis_error(answer) == errc::too_large)
        smallest_refused_ = std::min(smallest_refused_, size);
}

void redis_link::ask(command one, std::function<void(reply* answer)> done)
{
    session_->queries.ask(std::move(one), std::move(done));
}

asio::awaitable<void> redis_link::track(std::string prefix)
{
    co_await require_up();
    const auto self = shared_from_this();
    const auto deadline = steady_clock::now() + settings_.socket_timeout;
    const auto current = session_;
    if (current->tracks(prefix))
        co_return;
    const auto [at, fresh] = current->tracked.try_emplace(prefix);
    if (fresh || at->second.status == wish::refused) {
        at->second.status = wish::asked;
        current->tasks.spawn("track", ask_to_track(current, prefix));
    }
    const auto& its = at->second; // never taken out of the session
    while (its.status == wish::asked && !current->ended) {
        const bool in_time = co_await current->settled.wait_until(deadline);
        if (!in_time)
            throw cache_error(errc::timeout);
    }
    if (current->ended)
        throw cache_error(errc::unavailable, current->how.text);
    if (its.status == wish::refused)
        throw cache_error(classify_redis_error(its.refusal), "CLIENT TRACKING: " + its.refusal);
}

// Its outcome is the session's, whoever waits for it. For later sessions a prefix is kept once Redis has agreed.
asio::awaitable<void> redis_link::ask_to_track(std::shared_ptr<session> current, std::string prefix)
{
    pipeline commands;
    commands.add("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", prefix);
    try {
        const auto answers =
            co_await current->queries.execute(std::move(commands), detail::redis_connection::unlimited);
        auto& its = current->tracked[prefix];
        its.status = answers.front().is_error() ? wish::refused : wish::in_force;
        its.refusal = answers.front().is_error() ? answers.front().text : std::string();
        if (its.status == wish::in_force)
            tracked_.insert(std::move(prefix));
    } catch (const cache_error&) { // the session is over
    }
    current->settled.notify_all();
}

// What earlier sessions tracked and this one may not: rights may come back.
asio::awaitable<void> redis_link::retry_tracking(std::shared_ptr<session> current)
{
    asio::steady_timer timer(executor_);
    for (;;) {
        std::vector<std::string> refused;
        for (const auto& prefix : tracked_)
            if (current->tracked[prefix].status == wish::refused)
                refused.push_back(prefix);
        if (refused.empty())
            co_return;
        timer.expires_after(tracking_pause);
        co_await timer.async_wait(asio::use_awaitable);
        for (const auto& prefix : refused)
            if (current->tracked[prefix].status == wish::refused) {
                current->tracked[prefix].status = wish::asked;
                co_await ask_to_track(current, prefix);
            }
        if (current->ended)
            co_return;
        if (state_ == link_state::up)
            tell_up(*current);
    }
}

} // namespace fullon_cache
