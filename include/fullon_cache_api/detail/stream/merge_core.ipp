// Bodies of merge_core.hpp.
#pragma once

#include <fullon_cache_api/detail/stream/merge_core.hpp>
#include <fullon_cache_api/detail/stream/stream_channel.hpp>

#include <fullon_coro/notifier.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <deque>
#include <exception>
#include <stdexcept>
#include <utility>

namespace fullon_cache_api::detail {

// How many items may be taken in a row, while others are waited for, before the event loop gets a turn: what they wait
// for must be able to happen.
inline constexpr int merge_row_limit = 32;

class generator_merge_source final : public merge_source {
public:
    explicit generator_merge_source(generator_state_pointer state) : state_(std::move(state)) {}

    bool poll(const boost::asio::any_io_executor& executor) override
    {
        if (!state_ || state_->waiting ||
            state_->running) // an empty one has ended; a busy one says so in next()
            return true;
        const auto state = state_; // the body may destroy the merge
        if (!state->ready() && !state->in_flight) {
            if (!state->executor)
                state->executor = executor;
            state->run();
        }
        return state->ready();
    }

    boost::asio::awaitable<void> wait() override
    {
        if (!state_->ready() && !state_->closed) // nothing would wake it otherwise
            co_await fullon_coro::generator_state::wait_ready(state_);
    }

private:
    generator_state_pointer state_;
};

class stream_merge_source final : public merge_source {
public:
    explicit stream_merge_source(std::shared_ptr<stream_channel> channel) : channel_(std::move(channel)) {}

    bool poll(const boost::asio::any_io_executor&) override
    {
        if (!channel_ || has_something())
            return true;
        if (!has_news())
            return false;
        told_ = channel_->track.state(); // its next() throws
        return true;
    }

    boost::asio::awaitable<void> wait() override
    {
        while (!has_something() && !has_news())
            co_await channel_->changed_.wait();
    }

private:
    bool has_something() const
    {
        return channel_->track.size() != 0 || channel_->failure_ || channel_->over_;
    }

    // With on_stale::fail: a state that has not been told yet. A stream alone would say it again and again, and whoever
    // has several could not wait for the others.
    bool has_news()
    {
        const auto state = channel_->track.state();
        if (state == stream_state::live)
            told_ = state;
        return channel_->options_.on_stale == on_stale::fail && state != told_;
    }

    std::shared_ptr<stream_channel> channel_;
    stream_state told_ = stream_state::live;
};

std::shared_ptr<merge_source> make_merge_source(generator_state_pointer state)
{
    return std::make_shared<generator_merge_source>(std::move(state));
}

std::shared_ptr<merge_source> make_merge_source(std::shared_ptr<stream_channel> channel)
{
    return std::make_shared<stream_merge_source>(std::move(channel));
}

struct merge_core::members {
    std::vector<std::shared_ptr<merge_source>> sources; // null: it has ended
    std::deque<std::size_t> queue; // of those that may have something
    boost::asio::any_io_executor executor; // of the first next(), as are these two
    std::optional<fullon_coro::notifier> changed;
    std::optional<fullon_coro::task_group> watchers;
    std::exception_ptr failure; // of a watcher: out of memory
    std::size_t alive = 0;
    std::size_t watched = 0;
    int in_a_row = 0; // sources picked without a wait
    bool busy = false;
    bool closed = false;
};

merge_core::merge_core(std::vector<std::shared_ptr<merge_source>> sources) : own_(std::make_unique<members>())
{
    own_->sources = std::move(sources);
    own_->alive = own_->sources.size();
    for (std::size_t i = 0; i < own_->alive; ++i)
        own_->queue.push_back(i);
}

merge_core::~merge_core() = default;

merge_core::consumer::consumer(merge_core& of) : core_(of)
{
    if (core_.own_->busy)
        throw std::logic_error("merged: next() was called while another next() is pending");
    core_.own_->busy = true;
}

merge_core::consumer::~consumer()
{
    core_.own_->busy = false;
}

boost::asio::awaitable<std::optional<std::size_t>> merge_core::pick(std::shared_ptr<merge_core> self)
{
    auto& own = *self->own_;
    if (!own.changed) {
        own.executor = co_await boost::asio::this_coro::executor;
        own.changed.emplace(own.executor);
        own.watchers.emplace(own.executor);
    }
    for (;;) {
        if (own.in_a_row >= merge_row_limit && own.watched != 0) {
            own.in_a_row = 0;
            const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
            const auto cancelled_before = cancellation.cancelled();
            co_await boost::asio::post(boost::asio::deferred);
            if (cancellation.cancelled() != cancelled_before) // it would not get what is taken
                throw boost::system::system_error(boost::asio::error::operation_aborted);
        }
        const auto which = self->find();
        if (own.closed)
            throw boost::system::system_error(boost::asio::error::operation_aborted);
        if (own.failure)
            std::rethrow_exception(std::exchange(own.failure, nullptr));
        if (which || own.alive == 0)
            co_return which;
        own.in_a_row = 0;
        co_await own.changed->wait(); // throws when it is cancelled, even if it was woken as well
    }
}

std::optional<std::size_t> merge_core::find()
{
    auto& own = *own_;
    while (!own.closed && !own.failure && !own.queue.empty()) {
        const auto which = own.queue.front();
        own.queue.pop_front();
        const auto source = own.sources[which]; // the body of a generator may close this
        if (!source)
            continue;
        const bool something = source->poll(own.executor);
        if (own.closed)
            break;
        if (something) {
            own.queue.push_back(which);
            ++own.in_a_row;
            return which;
        }
        ++own.watched;
        own.watchers->spawn("merge", watch(source, weak_from_this(), which));
    }
    return std::nullopt;
}

// Holds the core by a weak pointer, as what it waits for ends only when the core's owner destroys the sources.
boost::asio::awaitable<void> merge_core::watch(std::shared_ptr<merge_source> source,
                                               std::weak_ptr<merge_core> self, std::size_t which)
{
    std::exception_ptr failure;
    try {
        co_await source->wait();
    } catch (...) {
        failure = std::current_exception();
    }
    const auto core = self.lock();
    if (!core)
        co_return;
    if (failure && !core->own_->closed)
        core->own_->failure = std::move(failure);
    core->came_back(which);
}

void merge_core::came_back(std::size_t which)
{
    --own_->watched;
    if (own_->closed)
        return;
    own_->queue.push_back(which);
    own_->changed->notify_all();
}

void merge_core::end(std::size_t which) noexcept
{
    if (own_->closed || !own_->sources[which])
        return;
    own_->sources[which].reset();
    --own_->alive;
}

void merge_core::close() noexcept
{
    own_->closed = true;
    own_->sources.clear();
    own_->queue.clear();
    if (own_->changed)
        own_->changed->notify_all();
}

} // namespace fullon_cache_api::detail
