// Bodies of link.hpp: channels, and the connection that they come over.
#pragma once

#include <fullon_cache/detail/redis/link_session.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/hash_page.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_cache/redis_text.hpp>
#include <fullon_coro/backoff.hpp>

#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

// One SUBSCRIBE: the answers to a big one could exceed what Redis lets wait for a connection.
constexpr std::size_t most_channels = 512;
// Until what Redis refused is asked for again.
constexpr std::chrono::seconds refusal_pause{30};
// A connection that lived for so long was a good one.
constexpr std::chrono::seconds long_enough{10};

std::string spelt(const std::string& name, bool prefix)
{
    return prefix ? escape_pattern(name) + "*" : name;
}

} // namespace

asio::awaitable<subscribed> redis_link::subscribe(std::vector<std::string> channels)
{
    co_await require_up();
    const auto self = shared_from_this();
    const auto current = session_;
    const auto deadline = steady_clock::now() + settings_.socket_timeout;
    for (const auto& name : channels) {
        const auto [at, fresh] = channels_.try_emplace(name);
        ++at->second.holders;
        if (fresh && !followed(name))
            wanted_channels_.push_back(name);
    }
    current->wanted.notify_all();
    subscribed result;
    try {
        for (const auto& name : channels) {
            const auto& its = channels_.find(name)->second; // held by us
            while (current->awaits(its.status) && !followed(name)) {
                const bool in_time = co_await current->settled.wait_until(deadline);
                if (!in_time)
                    throw cache_error(errc::timeout);
            }
            if (current->ended) // whatever was subscribed went with it
                throw cache_error(errc::unavailable, current->how.text);
            if (its.status != wish::in_force && !followed(name))
                result.refused.push_back(name);
        }
    } catch (...) {
        release(channels);
        throw;
    }
    if (!result.refused.empty())
        result.why = current->refusal;
    co_return result;
}

asio::awaitable<subscribed> redis_link::subscribe_prefix(std::string prefix)
{
    co_await require_up();
    const auto self = shared_from_this();
    const auto current = session_;
    const auto deadline = steady_clock::now() + settings_.socket_timeout;
    const auto [at, fresh] = prefixes_.try_emplace(prefix);
    at->second.holders = 1;
    if (fresh) {
        wanted_prefixes_.push_back(prefix);
        current->wanted.notify_all();
    }
    const auto& its = at->second; // never taken out
    while (current->awaits(its.status)) {
        const bool in_time = co_await current->settled.wait_until(deadline);
        if (!in_time)
            throw cache_error(errc::timeout);
    }
    if (current->ended)
        throw cache_error(errc::unavailable, current->how.text);
    subscribed result;
    if (its.status != wish::in_force) {
        result.refused.push_back(std::move(prefix));
        result.why = current->refusal;
    }
    co_return result;
}

void redis_link::unsubscribe(const std::vector<std::string>& channels) noexcept
{
    release(channels);
}

// A channel that Redis is being asked for stays until it has answered; one that it refused is remembered for a while, so
// that those who ask for it again and again are not felt.
void redis_link::release(const std::vector<std::string>& channels)
{
    command gone("UNSUBSCRIBE");
    const auto send = [&] {
        if (gone.words().size() > 1 && session_ && session_->pushes)
            session_->pushes->unsubscribe(std::exchange(gone, command("UNSUBSCRIBE")));
    };
    for (const auto& name : channels) {
        const auto at = channels_.find(name);
        if (at == channels_.end() || at->second.holders == 0 || --at->second.holders > 0 ||
            at->second.status == wish::asked || at->second.status == wish::refused)
            continue;
        if (at->second.status == wish::in_force)
            gone.push(name);
        channels_.erase(at);
        if (gone.words().size() > most_channels)
            send();
    }
    send();
}

// Lives as long as the session. What breaks here is not felt by queries.
asio::awaitable<void> redis_link::run_pushes(std::shared_ptr<session> current)
{
    fullon_coro::backoff pause(settings_.backoff_min, settings_.backoff_max, fullon_coro::random_seed());
    asio::steady_timer timer(executor_);
    std::string told;
    queue_channels(queued::all);
    while (!current->ended) {
        const auto lane = std::make_shared<detail::redis_connection>(
            executor_, settings_, *trust_, names_, [this](const reply& push) { dispatch(push); });
        current->pushes = lane;
        current->tasks.spawn("push watchdog", watch_pushes(lane));
        current->tasks.spawn("channels", follow_channels(current, lane));
        const auto begun = steady_clock::now();
        const auto how = co_await lane->run();
        if (current->ended)
            co_return;
        if (steady_clock::now() - begun > long_enough) {
            pause.reset();
            told.clear();
        }
        queue_channels(queued::but_refused);
        ++current->push_failures;
        current->refusal = how.text;
        current->pushes_tried = true;
        current->settled.notify_all();
        timer.expires_after(pause.next());
        co_await timer.async_wait(asio::use_awaitable);
        if (current->ended) // everything went down, and this only first
            co_return;
        if (how.text != told)
            log_.warning("the connection for Redis channels ended and is re-established",
                         {{"host", settings_.host}, {"port", settings_.port}, {"reason", how.text}});
        told = how.text;
    }
}

asio::awaitable<void> redis_link::watch_pushes(std::shared_ptr<detail::redis_connection> lane)
{
    auto how = co_await lane->watch();
    lane->end(std::move(how));
}

asio::awaitable<void> redis_link::follow_channels(std::shared_ptr<session> current,
                                                  std::shared_ptr<detail::redis_connection> lane)
{
    bool asked = false;
    bool ready = false;
    auto retry = steady_clock::time_point::max();
    try {
        while (!current->ended && !lane->over()) {
            auto wanted = next_piece();
            if (!wanted.names.empty()) {
                asked = true;
                co_await ask_for(current, lane, std::move(wanted));
                continue;
            }
            if (!std::exchange(ready, true)) {
                current->pushes_tried = true;
                current->push_failures = 0;
                current->settled.notify_all();
                // The link came up without these, or was up while they were not in force.
                if (asked && state_ == link_state::up)
                    tell([](push_listener& listener) { listener.on_publications_lost(); });
            }
            if (retry == steady_clock::time_point::max() && current->refusal_told)
                retry = steady_clock::now() + refusal_pause;
            const bool in_time = co_await current->wanted.wait_until(retry);
            if (!in_time) {
                queue_channels(queued::refused);
                retry = steady_clock::time_point::max();
            }
        }
    } catch (const cache_error&) { // the connection has ended
    }
}

asio::awaitable<void> redis_link::ask_for(std::shared_ptr<session> current,
                                          std::shared_ptr<detail::redis_connection> lane, piece wanted)
{
    const char* const word = wanted.prefixes ? "PSUBSCRIBE" : "SUBSCRIBE";
    std::vector<command> all(1, command(word));
    for (const auto& name : wanted.names)
        all.front().push(spelt(name, wanted.prefixes));
    auto refusals = co_await lane->subscribe(std::move(all));
    const auto refusal = refusals.front();
    if (!refusal.empty() && classify_redis_error(refusal) == errc::unavailable) { // it passes
        lane->end({outage::redis_down, shown_error(refusal)});
        co_return;
    }
    // One that is refused takes all of its command with it: then each by itself.
    if (!refusal.empty() && wanted.names.size() > 1 && !wanted.again) {
        std::vector<command> singles;
        for (const auto& name : wanted.names)
            singles.push_back(command(word).push(spelt(name, wanted.prefixes)));
        refusals = co_await lane->subscribe(std::move(singles));
    } else
        refusals.resize(wanted.names.size(), refusal);
    if (current->pushes != lane || lane->over() || current->ended)
        co_return;
    for (std::size_t i = 0; i < wanted.names.size(); ++i)
        settle(*current, wanted.prefixes, wanted.names[i], refusals[i]);
    current->settled.notify_all();
}

void redis_link::settle(session& current, bool prefix, const std::string& name, const std::string& refusal)
{
    auto& known = prefix ? prefixes_ : channels_;
    const auto at = known.find(name);
    if (at == known.end())
        return;
    auto& its = at->second;
    its.refused_before = !refusal.empty();
    its.status = refusal.empty() ? wish::in_force : wish::refused;
    if (!refusal.empty()) {
        current.refusal = refusal;
        if (!std::exchange(current.refusal_told, true))
            log_.warning("Redis refuses channels: their messages are not received",
                         {{"first", name}, {"error", shown_error(refusal)}});
    } else if (its.holders == 0) { // nobody waited for it
        current.pushes->unsubscribe(command("UNSUBSCRIBE", name));
        known.erase(at);
    }
}

// Everything that is wanted is to be asked for. On another connection of one session, what was refused is left alone; after
// a pause it is all that is asked again.
void redis_link::queue_channels(queued which)
{
    const auto concerns = [&](const wanted_channel& its) {
        return which == queued::all || (its.status == wish::refused) == (which == queued::refused);
    };
    if (which != queued::refused) {
        wanted_channels_.clear();
        wanted_prefixes_.clear();
    }
    for (auto at = channels_.begin(); at != channels_.end();) {
        auto& its = at->second;
        if (!concerns(its)) {
            ++at;
        } else if (its.holders == 0) {
            at = channels_.erase(at);
        } else {
            its.status = wish::queued;
            wanted_channels_.push_back(at->first);
            ++at;
        }
    }
    for (auto& [prefix, its] : prefixes_)
        if (concerns(its)) {
            its.status = wish::queued;
            wanted_prefixes_.push_back(prefix);
        }
}

redis_link::piece redis_link::next_piece()
{
    piece made;
    made.prefixes = !wanted_prefixes_.empty();
    auto& wanted = made.prefixes ? wanted_prefixes_ : wanted_channels_;
    auto& known = made.prefixes ? prefixes_ : channels_;
    made.again = true;
    while (!wanted.empty() && made.names.size() < most_channels) {
        const auto at = known.find(wanted.front());
        wanted.pop_front();
        if (at == known.end() || at->second.status != wish::queued)
            continue;
        at->second.status = wish::asked;
        made.again = made.again && at->second.refused_before;
        made.names.push_back(at->first);
    }
    return made;
}

} // namespace fullon_cache
