// Bodies of crowd.hpp.
#include "scale/crowd.hpp"

#include "support/async_test.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace scale {

namespace asio = boost::asio;

namespace {

constexpr std::size_t connecting_at_a_time = 20;
constexpr std::size_t most_named = 5; // streams, in the text of a failure

} // namespace

crowd::crowd(asio::any_io_executor executor)
    : tasks_(std::move(executor),
             [this](std::string_view, std::exception_ptr failure) { failure_ = failure; })
{}

asio::awaitable<void> crowd::open(std::string url, std::size_t count)
{
    members_.resize(count);
    fullon_coro::task_group opening(
        co_await asio::this_coro::executor,
        [this](std::string_view, std::exception_ptr failure) { failure_ = failure; });
    for (std::size_t i = 0; i < connecting_at_a_time; ++i)
        opening.spawn("open", open_some(url, i, connecting_at_a_time));
    co_await opening.join();
    throw_if_failed();
}

asio::awaitable<void> crowd::open_some(std::string url, std::size_t first, std::size_t step)
{
    for (auto i = first; i < members_.size(); i += step) {
        members_[i] = std::make_unique<member>();
        auto& mine = *members_[i];
        mine.cache = co_await fullon_cache_api::client::connect(url);
        tasks_.spawn("events", count_events(mine.cache.events()));
        mine.streams = co_await support::open_streams(mine.cache, {}, i);
        for (const auto& one : mine.streams)
            tasks_.spawn(one->name(), one->follow());
    }
}

asio::awaitable<void> crowd::count_events(fullon_coro::async_generator<fullon_cache_api::client_event> events)
{
    for (;;) {
        const auto event = co_await events.next();
        if (!event)
            co_return;
        using kind = fullon_cache_api::client_event::kind;
        disconnects_ += event->type == kind::disconnected ? 1 : 0;
        outages_ += event->type == kind::stale ? 1 : 0;
    }
}

asio::awaitable<void> crowd::agree(support::truth redis, std::chrono::milliseconds limit)
{
    std::vector<const support::watched*> left;
    for (const auto& one : members_)
        for (const auto& stream : one->streams)
            left.push_back(stream.get());
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
        throw_if_failed();
        std::erase_if(left, [&](const support::watched* one) { return one->agrees(redis); });
        if (left.empty())
            co_return;
        if (std::chrono::steady_clock::now() > deadline)
            break;
        co_await support::pause(std::chrono::milliseconds(10));
    }
    std::string text = std::to_string(left.size()) + " streams do not see what Redis holds:";
    for (std::size_t i = 0; i < std::min(left.size(), most_named); ++i)
        text.append("\n").append(left[i]->name()).append(":").append(left[i]->difference(redis));
    throw std::runtime_error(text);
}

asio::awaitable<void> crowd::settle()
{
    // The answer comes behind everything that was sent before it.
    for (const auto& one : members_)
        co_await one->cache.ping();
    co_await support::run_ready();
    throw_if_failed();
}

asio::awaitable<void> crowd::close()
{
    fullon_coro::task_group closing(co_await asio::this_coro::executor);
    for (const auto& one : members_)
        closing.spawn("close", one->cache.close());
    co_await closing.join();
    co_await tasks_.join(); // every stream is at its end
    throw_if_failed();
    members_.clear();
}

support::stream_counts crowd::counts() const
{
    support::stream_counts all;
    for (const auto& one : members_)
        for (const auto& stream : one->streams)
            all += stream->counts();
    return all;
}

void crowd::throw_if_failed() const
{
    if (failure_)
        std::rethrow_exception(failure_);
}

} // namespace scale
