// Bodies of link.hpp: what is taken, and waited for.
#pragma once

#include <fullon_cache/detail/redis/key_watch.hpp>
#include <fullon_cache/detail/redis/link_session.hpp>
#include <fullon_cache/detail/redis/list_taker.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/redis_link.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace fullon_cache {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

std::function<void()> notifying(fullon_coro::notifier* whom)
{
    return [whom] { whom->notify_all(); };
}

} // namespace

asio::awaitable<taken> redis_link::take(std::string list, bool all, std::chrono::milliseconds wait)
{
    const auto self = shared_from_this();
    co_await require_up();
    if (settling_)
        throw cache_error(errc::closed);
    const auto until =
        steady_clock::now() + std::clamp(wait, std::chrono::milliseconds::zero(), longest_wait);
    auto& known = takers_[list];
    if (!known)
        known = std::make_shared<detail::list_taker>(executor_, list);
    const auto taker = known;
    co_return co_await taker->take(self, all, until);
}

asio::awaitable<reply> redis_link::read_until(command one, std::string key, std::chrono::milliseconds wait)
{
    const auto self = shared_from_this();
    const auto deadline =
        steady_clock::now() + std::clamp(wait, std::chrono::milliseconds::zero(), longest_wait);
    fullon_coro::notifier changed(executor_);
    auto answer = co_await execute(one); // a connection of its own is for those who wait
    while (answer.is_null() && steady_clock::now() < deadline) {
        co_await require_up();
        const auto watch = changes();
        auto found = co_await watch->read(one, key, notifying(&changed));
        if (found.answer)
            answer = std::move(*found.answer).checked();
        else
            answer = co_await execute(one);
        const auto wake = found.since->look_again(deadline);
        while (answer.is_null() && !found.since->over && steady_clock::now() < wake)
            (void)co_await changed.wait_until(wake);
    }
    co_return answer;
}

asio::awaitable<std::vector<reply>> redis_link::execute_patiently(pipeline commands)
{
    if (state_ != link_state::up)
        co_await require_up();
    const auto current = session_;
    co_return co_await current->queries.execute(std::move(commands), detail::redis_connection::unlimited);
}

std::shared_ptr<detail::key_watch> redis_link::changes()
{
    if (!session_ || session_->ended)
        return nullptr;
    if (!session_->changes)
        session_->changes = std::make_shared<detail::key_watch>(executor_, settings_, trust_, names_);
    return session_->changes;
}

void redis_link::forget_taker(const std::string& list) noexcept
{
    takers_.erase(list);
    takers_gone_.notify_all();
}

} // namespace fullon_cache
