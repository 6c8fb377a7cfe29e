// Bodies of impl/blocking_pool.hpp.
#pragma once

#include <fullon_cache/detail/failure_text.hpp>
#include <fullon_cache/detail/pop.hpp>
#include <fullon_cache/error.hpp>
#include <fullon_cache/impl/blocking_pool.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace fullon_cache::detail {

namespace asio = boost::asio;

namespace {

// Until Redis is asked again to end a wait.
constexpr std::chrono::milliseconds unblock_pause{5};

} // namespace

blocking_pool::blocking_pool(const asio::any_io_executor& executor, const config& settings,
                             std::shared_ptr<tls_trust> trust)
    : executor_(executor), settings_(settings), trust_(std::move(trust)),
      log_(fullon_log::get_component_logger("fullon.cache.connection")), tasks_(executor), freed_(executor),
      ended_(executor)
{}

asio::awaitable<reply> blocking_pool::execute(std::shared_ptr<link> redis, command what,
                                              std::chrono::milliseconds wait, undo give_back)
{
    const auto self = shared_from_this();
    if (closed_)
        throw cache_error(errc::closed);
    const auto mine = std::make_shared<call>(executor_, std::move(what), wait, std::move(give_back));
    const bool waits = wait > std::chrono::milliseconds::zero();
    mine->deadline = clock::now() + wait + settings_.socket_timeout;
    calls_.push_back(mine);
    tasks_.spawn("blocking command", serve(redis, mine));
    try {
        while (!mine->done && clock::now() < mine->deadline)
            (void)co_await mine->finished.wait_until(mine->deadline);
    } catch (...) { // cancelled
        abandon(redis, mine);
        throw;
    }
    if (!mine->done) {
        abandon(redis, mine);
        throw cache_error(errc::timeout, waits && !mine->waits_on ? "no connection to wait on in time" : "");
    }
    forget(mine);
    if (mine->failure)
        std::rethrow_exception(mine->failure);
    co_return std::move(mine->answer).checked();
}

// Nobody waits for the answer any more.
void blocking_pool::abandon(const std::shared_ptr<link>& redis, const std::shared_ptr<call>& one)
{
    one->abandoned = true;
    if (one->done)
        tasks_.spawn("give back", give_back(redis, one));
    else if (one->waits_on)
        tasks_.spawn("unblock", unblock(redis, one));
    else
        freed_.notify_all(); // it need not wait for its turn
}

asio::awaitable<void> blocking_pool::settle(std::shared_ptr<link> redis, clock::time_point deadline)
{
    const auto self = shared_from_this();
    closed_ = true;
    freed_.notify_all();
    for (const auto& one : std::vector<std::shared_ptr<worker>>(workers_))
        if (one->id == 0) // it connects
            one->lane.cancel();
    for (const auto& one : std::vector<std::shared_ptr<call>>(calls_))
        if (one->waits_on && !one->abandoned)
            tasks_.spawn("unblock", unblock(redis, one));
    bool in_time = true;
    while (in_time && !calls_.empty())
        in_time = co_await ended_.wait_until(deadline);
}

// Posted: while the io_context is being destroyed, requests of these connections may be gone already, and Boost.Redis
// would reach for them. The posted call is dropped in that case.
void blocking_pool::cancel() noexcept
{
    closed_ = true;
    freed_.notify_all();
    asio::post(executor_, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self)
            return;
        for (const auto& one : std::vector<std::shared_ptr<worker>>(self->workers_))
            one->lane.cancel();
    });
}

asio::awaitable<void> blocking_pool::serve(std::shared_ptr<link> redis, std::shared_ptr<call> one)
{
    const auto self = shared_from_this();
    try {
        if (one->wait > std::chrono::milliseconds::zero())
            co_await serve_waiting(redis, one);
        else
            one->answer = co_await redis->execute(one->what);
    } catch (...) {
        one->failure =
            closed_ ? std::make_exception_ptr(cache_error(errc::closed)) : std::current_exception();
    }
    one->done = true;
    one->finished.notify_all();
    if (one->abandoned)
        co_await give_back(redis, one);
}

asio::awaitable<void> blocking_pool::serve_waiting(std::shared_ptr<link> redis, std::shared_ptr<call> one)
{
    const auto with = co_await take_worker(redis, one);
    if (one->abandoned) {
        if (with)
            free_worker(with);
        co_return;
    }
    one->waits_on = with;
    one->deadline = clock::now() + one->wait + settings_.socket_timeout;
    try {
        pipeline only;
        only.add(one->what);
        auto replies = co_await with->lane.execute(std::move(only), one->wait + longest_wait);
        if (replies.size() != 1)
            throw cache_error(errc::protocol, "expected one reply");
        one->answer = std::move(replies.front());
        if (closed_ && one->answer.is_null())
            throw cache_error(errc::closed);
    } catch (...) {
        one->waits_on = nullptr;
        with->lane.cancel(); // it may still be waiting there
        throw;
    }
    one->waits_on = nullptr;
    if (one->abandoned)
        with->lane.cancel(); // an "unblock" on its way must not meet the next command
    else
        free_worker(with);
}

asio::awaitable<std::shared_ptr<blocking_pool::worker>>
blocking_pool::take_worker(std::shared_ptr<link> redis, std::shared_ptr<call> one)
{
    for (;;) {
        if (closed_)
            throw cache_error(errc::closed);
        if (one->abandoned)
            co_return nullptr;
        while (!free_.empty()) {
            const auto unused = free_.back();
            free_.pop_back();
            if (!unused->over && unused->session == redis->sessions())
                co_return unused;
            unused->lane.cancel();
        }
        if (workers_.size() < static_cast<std::size_t>(settings_.max_connections))
            break;
        co_await freed_.wait();
    }
    const auto fresh = std::make_shared<worker>(executor_, settings_, *trust_, redis->sessions());
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

// Said again until Redis has known of the command: it goes another way and may come later, or Redis may hang.
asio::awaitable<void> blocking_pool::unblock(std::shared_ptr<link> redis, std::shared_ptr<call> one)
{
    const auto self = shared_from_this();
    const auto with = one->waits_on;
    auto give_up = clock::time_point::max();
    while (!one->done && clock::now() < give_up) {
        std::optional<cache_error> refusal;
        bool known = false;
        try {
            co_await redis->wait_up(clock::now() + settings_.socket_timeout);
            if (one->done || with->session != redis->sessions()) // another Redis may call another client so
                break;
            const auto answer = co_await redis->execute(command("CLIENT", "UNBLOCK", with->id));
            known = answer.as_integer() != 0;
            give_up = std::min(give_up, clock::now() + settings_.socket_timeout);
        } catch (const cache_error& failure) {
            refusal = failure;
        }
        if (one->done)
            co_return;
        if (refusal && refusal->code() != errc::unavailable && refusal->code() != errc::timeout) {
            log_.warning("a waiting command could not be ended, its connection is cut",
                         {{"error", refusal->what()}});
            break;
        }
        (void)co_await one->finished.wait_until(known ? give_up : clock::now() + unblock_pause);
    }
    if (!one->done)
        with->lane.cancel();
}

asio::awaitable<void> blocking_pool::give_back(std::shared_ptr<link> redis, std::shared_ptr<call> one)
{
    const auto self = shared_from_this();
    pipeline commands;
    if (one->give_back && !one->failure)
        commands = one->give_back(one->answer);
    try {
        if (!commands.empty()) {
            co_await redis->wait_up(clock::now() + settings_.socket_timeout);
            for (const auto& done : co_await redis->execute(std::move(commands)))
                done.checked();
        }
    } catch (const std::exception& failure) {
        log_.error("what a cancelled command had taken could not be put back",
                   {{"command", one->what.words().front()},
                    {"key", one->what.words().at(1)},
                    {"error", failure.what()}});
    }
    forget(one);
}

void blocking_pool::forget(const std::shared_ptr<call>& one) noexcept
{
    std::erase(calls_, one);
    ended_.notify_all();
}

asio::awaitable<reply> link::execute_blocking(command one, std::chrono::milliseconds wait, undo give_back)
{
    co_await require_up();
    if (!blocking_)
        blocking_ = std::make_shared<blocking_pool>(executor_, settings_, trust_);
    const auto pool = blocking_;
    co_return co_await pool->execute(shared_from_this(), std::move(one), std::min(wait, longest_wait),
                                     std::move(give_back));
}

} // namespace fullon_cache::detail
