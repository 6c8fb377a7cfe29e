// Bodies of impl/blocking_pool.hpp and detail/pop.hpp.
#pragma once

#include <fullon_cache/detail/failure_text.hpp>
#include <fullon_cache/detail/pop.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/impl/blocking_pool.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace fullon_cache::detail {

namespace asio = boost::asio;

namespace {

// BLPOP answers with the key and the element, or with nothing.
std::optional<std::string> popped_element(const reply& answer)
{
    return answer.items.size() == 2 ? std::optional(answer.items[1].text) : std::nullopt;
}

} // namespace

blocking_pool::blocking_pool(const asio::any_io_executor& executor, const config& settings)
    : executor_(executor), settings_(settings),
      log_(fullon_log::get_component_logger("fullon.cache.connection")), tasks_(executor), freed_(executor)
{}

asio::awaitable<reply> blocking_pool::execute(std::shared_ptr<link> redis, command what,
                                              std::chrono::milliseconds wait, undo give_back)
{
    const auto self = shared_from_this();
    if (closed_)
        throw cache_error(errc::closed);
    const auto mine = std::make_shared<call>(executor_, std::move(what), wait, std::move(give_back));
    tasks_.spawn("blocking command", serve(redis, mine));
    try {
        while (!mine->done)
            co_await mine->finished.wait();
    } catch (...) { // cancelled
        mine->abandoned = true;
        if (mine->waits_on)
            tasks_.spawn("unblock", unblock(redis, mine->waits_on));
        else if (mine->done && !mine->failure)
            tasks_.spawn("give back", this->give_back(redis, mine));
        throw;
    }
    if (mine->failure)
        std::rethrow_exception(mine->failure);
    co_return std::move(mine->answer).checked();
}

void blocking_pool::cancel() noexcept
{
    closed_ = true;
    for (const auto& one : std::vector<std::shared_ptr<worker>>(workers_))
        one->lane.cancel();
    freed_.notify_all();
}

asio::awaitable<void> blocking_pool::serve(std::shared_ptr<link> redis, std::shared_ptr<call> one)
{
    const auto self = shared_from_this();
    std::shared_ptr<worker> with;
    try {
        with = co_await take_worker(redis, clock::now() + one->wait + settings_.socket_timeout);
        if (!one->abandoned) {
            one->waits_on = with;
            pipeline only;
            only.add(one->what);
            auto replies = co_await with->lane.execute(std::move(only), one->wait + settings_.socket_timeout);
            if (replies.size() != 1)
                throw cache_error(errc::protocol, "expected one reply");
            one->answer = std::move(replies.front());
        }
        one->waits_on = nullptr;
        if (one->abandoned)
            with->lane.cancel(); // an "unblock" on its way must not meet the next command
        else
            free_worker(with);
    } catch (...) {
        one->waits_on = nullptr;
        if (with)
            with->lane.cancel(); // it may still be waiting there
        one->failure =
            closed_ ? std::make_exception_ptr(cache_error(errc::closed)) : std::current_exception();
    }
    one->done = true;
    one->finished.notify_all();
    if (one->abandoned && !one->failure)
        co_await give_back(redis, one);
}

asio::awaitable<std::shared_ptr<blocking_pool::worker>>
blocking_pool::take_worker(std::shared_ptr<link> redis, clock::time_point deadline)
{
    for (;;) {
        if (closed_)
            throw cache_error(errc::closed);
        while (!free_.empty()) {
            const auto one = free_.back();
            free_.pop_back();
            if (!one->over && one->session == redis->sessions())
                co_return one;
            one->lane.cancel();
        }
        if (workers_.size() < static_cast<std::size_t>(settings_.max_connections))
            break;
        const bool in_time = co_await freed_.wait_until(deadline);
        if (!in_time)
            throw cache_error(errc::timeout, "all connections for waiting commands are in use");
    }
    const auto fresh = std::make_shared<worker>(executor_, settings_, redis->sessions());
    workers_.push_back(fresh);
    tasks_.spawn("waiting connection", run_worker(fresh));
    pipeline greeting;
    greeting.add("CLIENT", "ID");
    try {
        const auto replies = co_await fresh->lane.execute(std::move(greeting), settings_.connect_timeout);
        fresh->id = replies.front().as_integer();
    } catch (...) {
        fresh->lane.cancel();
        throw;
    }
    co_return fresh;
}

asio::awaitable<void> blocking_pool::run_worker(std::shared_ptr<worker> one)
{
    const auto self = shared_from_this();
    co_await one->lane.run();
    one->over = true;
    one->lane.cancel(); // what is queued on it fails
    std::erase(workers_, one);
    std::erase(free_, one);
    freed_.notify_all();
}

void blocking_pool::free_worker(const std::shared_ptr<worker>& one)
{
    if (one->over)
        return;
    free_.push_back(one);
    freed_.notify_one();
}

asio::awaitable<void> blocking_pool::unblock(std::shared_ptr<link> redis, std::shared_ptr<worker> one)
{
    const auto self = shared_from_this();
    bool asked = false;
    try {
        co_await redis->execute(command("CLIENT", "UNBLOCK", one->id));
        asked = true;
    } catch (const std::exception& failure) {
        log_.warning("a waiting command could not be ended, its connection is cut",
                     {{"error", failure.what()}});
    }
    if (!asked)
        one->lane.cancel();
}

asio::awaitable<void> blocking_pool::give_back(std::shared_ptr<link> redis, std::shared_ptr<call> one)
{
    const auto self = shared_from_this();
    if (!one->give_back)
        co_return;
    auto commands = one->give_back(one->answer);
    if (commands.empty())
        co_return;
    try {
        for (const auto& done : co_await redis->execute(std::move(commands)))
            done.checked();
    } catch (const std::exception& failure) {
        log_.error("what a cancelled command had taken could not be put back",
                   {{"command", one->what.words().front()},
                    {"key", one->what.words().at(1)},
                    {"error", failure.what()}});
    }
}

asio::awaitable<reply> link::execute_blocking(command one, std::chrono::milliseconds wait, undo give_back)
{
    co_await require_up();
    if (!blocking_)
        blocking_ = std::make_shared<blocking_pool>(executor_, settings_);
    const auto pool = blocking_;
    co_return co_await pool->execute(shared_from_this(), std::move(one), wait, std::move(give_back));
}

asio::awaitable<std::optional<std::string>> pop_front(std::shared_ptr<link> redis, std::string key,
                                                      std::chrono::milliseconds timeout)
{
    if (timeout <= std::chrono::milliseconds::zero())
        co_return (co_await redis->execute(command("LPOP", key))).as_text();
    link::undo put_back = [key](const reply& popped) {
        pipeline commands;
        if (const auto element = popped_element(popped))
            commands.add("LPUSH", key, *element);
        return commands;
    };
    const auto popped = co_await redis->execute_blocking(command("BLPOP", key, seconds_text(timeout)),
                                                         timeout, std::move(put_back));
    co_return popped_element(popped);
}

std::string seconds_text(std::chrono::milliseconds time)
{
    char text[32];
    const auto count = time.count();
    if (count % 1000 == 0)
        return std::to_string(count / 1000);
    const auto [end, failure] =
        std::to_chars(text, text + sizeof text, static_cast<double>(count) / 1000, std::chars_format::fixed);
    return std::string(text, end);
}

} // namespace fullon_cache::detail
