// Bodies of key_watch.hpp.
#pragma once

#include <fullon_cache/detail/redis/key_watch.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/redis_text.hpp>

#include <algorithm>

namespace fullon_cache::detail {

namespace asio = boost::asio;

std::chrono::steady_clock::time_point
key_watch::watched::look_again(std::chrono::steady_clock::time_point deadline) const
{
    return blind ? std::min(deadline, std::chrono::steady_clock::now() + blind_pause) : deadline;
}

key_watch::key_watch(asio::any_io_executor executor, const config& settings, std::shared_ptr<tls_trust> trust,
                     std::shared_ptr<host_resolver> names)
    : executor_(executor), settings_(settings), trust_(std::move(trust)), names_(std::move(names)),
      log_(fullon_log::get_component_logger("fullon.cache.connection")), tasks_(executor)
{}

asio::awaitable<key_watch::reading> key_watch::read(command one, std::string key, std::function<void()> tell)
{
    const auto self = shared_from_this();
    reading result;
    result.since = std::make_shared<watched>();
    result.since->tell = std::move(tell);
    if (!lane_ || lane_->over())
        connect();
    const auto lane = lane_;
    pipeline commands;
    commands.add("CLIENT", "TRACKING", "ON").add(std::move(one));
    // Before it is sent: a change that is told from now on may be an older one, which does no harm.
    forget_expired();
    watched_.emplace(std::move(key), result.since);
    try {
        auto answers = co_await lane->execute(std::move(commands), settings_.socket_timeout);
        result.answer = std::move(answers.back());
        result.since->blind = answers.front().is_error();
        if (answers.front().is_error() && !std::exchange(refusal_told_, true))
            log_.warning("Redis refuses CLIENT TRACKING: waiting operations poll",
                         {{"error", shown_error(answers.front().text)}});
    } catch (const cache_error&) { // no connection, or no answer in time
        result.since->blind = true;
    }
    if (cancelled_)
        result.since->over = true;
    co_return result;
}

void key_watch::connect()
{
    lane_ = std::make_shared<redis_connection>(executor_, settings_, *trust_, names_,
                                               [this](const reply& push) { on_push(push); });
    if (cancelled_)
        lane_->cancel();
    tasks_.spawn("connection for waits", run(lane_));
    tasks_.spawn("its watchdog", watch(lane_));
}

asio::awaitable<void> key_watch::run(std::shared_ptr<redis_connection> lane)
{
    const auto self = shared_from_this();
    co_await lane->run();
    if (lane == lane_)
        end_all(); // they wait anew
}

asio::awaitable<void> key_watch::watch(std::shared_ptr<redis_connection> lane)
{
    const auto self = shared_from_this();
    auto how = co_await lane->watch();
    lane->end(std::move(how));
}

void key_watch::on_push(const reply& push)
{
    const auto& words = push.items;
    if (words.size() < 2 || words[0].text != "invalidate")
        return;
    if (words[1].is_null())
        return end_all();
    for (const auto& key : words[1].items) {
        std::vector<std::shared_ptr<watched>> told;
        const auto [first, last] = watched_.equal_range(key.text);
        for (auto at = first; at != last; ++at)
            if (auto one = at->second.lock())
                told.push_back(std::move(one));
        watched_.erase(first, last);
        for (const auto& one : told) {
            one->over = true;
            one->tell();
        }
    }
}

void key_watch::end_all()
{
    for (const auto& [key, weak] : std::exchange(watched_, {}))
        if (const auto one = weak.lock()) {
            one->over = true;
            one->tell();
        }
}

void key_watch::forget_expired()
{
    if (watched_.size() < tidy_above_)
        return;
    std::erase_if(watched_, [](const auto& one) { return one.second.expired(); });
    tidy_above_ = std::max<std::size_t>(64, watched_.size() * 2);
}

void key_watch::cancel() noexcept
{
    cancelled_ = true;
    if (lane_)
        lane_->cancel();
    end_all();
    tasks_.cancel();
}

} // namespace fullon_cache::detail
