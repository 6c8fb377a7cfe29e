// Bodies of detail/link.hpp: what callers ask of the link.
#pragma once

#include <fullon_cache/detail/link.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/impl/link_session.hpp>

#include <utility>

namespace fullon_cache::detail {

namespace asio = boost::asio;
using std::chrono::steady_clock;

asio::awaitable<void> link::wait_up(steady_clock::time_point deadline)
{
    while (state_ != link_state::up) {
        if (state_ == link_state::closed)
            throw cache_error(errc::closed);
        const bool changed = co_await state_changed_.wait_until(deadline);
        if (!changed)
            throw cache_error(errc::unavailable, "not connected in time");
    }
}

asio::awaitable<void> link::require_up()
{
    const auto deadline = steady_clock::now() + settings_.socket_timeout;
    while (state_ == link_state::connecting) {
        const bool changed = co_await state_changed_.wait_until(deadline);
        if (!changed)
            throw cache_error(errc::unavailable, "not connected yet");
    }
    if (state_ == link_state::closed)
        throw cache_error(errc::closed);
    if (state_ == link_state::down)
        throw cache_error(errc::unavailable, "not connected");
}

asio::awaitable<reply> link::execute(command one)
{
    auto replies = co_await execute(pipeline().add(std::move(one)));
    if (replies.size() != 1)
        throw cache_error(errc::protocol, "expected one reply");
    co_return std::move(replies.front()).checked();
}

asio::awaitable<std::vector<reply>> link::execute(pipeline commands)
{
    if (state_ != link_state::up)
        co_await require_up();
    const auto current = session_;
    co_return co_await current->queries.execute(std::move(commands), settings_.socket_timeout);
}

// A failure of SUBSCRIBE comes in the place of a push, and shifts every later reply of the connection by
// one: the connection cannot be used on. (A time-out is no failure yet: the watchdog decides.)
asio::awaitable<void> link::register_pushes(pipeline commands, bool subscribes)
{
    commands.add("PING"); // the barrier, see set_up()
    const auto current = session_;
    try {
        auto replies = co_await current->pushes.execute(std::move(commands), settings_.socket_timeout);
        require_pong(replies.back());
        replies.pop_back();
        for (const auto& one : replies)
            one.checked();
    } catch (const cache_error& failure) {
        if (subscribes && failure.code() != errc::timeout)
            end_session(*current, failure.what());
        throw;
    }
    if (current->ended) // whatever was registered went with it
        throw cache_error(errc::unavailable, current->reason);
}

asio::awaitable<void> link::subscribe(std::vector<std::string> channels)
{
    co_await require_up();
    const auto self = shared_from_this();
    const auto current = session_;
    command missing("SUBSCRIBE");
    for (const auto& channel : channels) {
        ++channels_[channel];
        if (!current->channels.contains(channel) && !followed(channel))
            missing.push(channel);
    }
    if (missing.words().size() == 1)
        co_return;
    try {
        co_await register_pushes(pipeline().add(std::move(missing)), true);
    } catch (...) {
        unsubscribe(channels);
        throw;
    }
    current->channels.insert(channels.begin(), channels.end());
}

void link::unsubscribe(const std::vector<std::string>& channels) noexcept
{
    command gone("UNSUBSCRIBE");
    for (const auto& channel : channels) {
        const auto found = channels_.find(channel);
        if (found == channels_.end() || --found->second != 0)
            continue;
        channels_.erase(found);
        if (session_)
            session_->channels.erase(channel);
        gone.push(channel);
    }
    if (gone.words().size() > 1 && state_ == link_state::up)
        session_->pushes.send(pipeline().add(std::move(gone)));
}

asio::awaitable<void> link::subscribe_prefix(std::string prefix)
{
    co_await require_up();
    const auto self = shared_from_this();
    if (session_->patterns.contains(prefix))
        co_return;
    // Remembered for later sessions only once Redis has agreed: what it refuses must not keep the link down.
    co_await register_pushes(pipeline().add("PSUBSCRIBE", prefix + "*"), true);
    prefixes_.insert(std::move(prefix));
}

asio::awaitable<void> link::track(std::string prefix)
{
    co_await require_up();
    const auto self = shared_from_this();
    const auto current = session_;
    // Redis refuses a prefix that it tracks for this connection already.
    if (!current->tracked.insert(prefix).second) {
        if (!tracked_.contains(prefix)) { // on its way: wait until it has overtaken us
            co_await register_pushes({}, false);
            if (!current->tracked.contains(prefix))
                throw cache_error(errc::unavailable, "tracking was refused");
        }
        co_return;
    }
    try {
        co_await register_pushes(pipeline().add("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", prefix),
                                 false);
    } catch (...) {
        current->tracked.erase(prefix);
        throw;
    }
    tracked_.insert(std::move(prefix));
}

} // namespace fullon_cache::detail
