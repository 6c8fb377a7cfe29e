// Bodies of detail/merge_core.hpp.
#pragma once

#include <fullon_cache_api/detail/merge_core.hpp>
#include <fullon_cache_api/detail/stream_channel.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

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
            co_await fullon_cache::detail::generator_state::wait_ready(state_);
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

merge_core::merge_core(std::vector<std::shared_ptr<merge_source>> sources)
    : sources_(std::move(sources)), alive_(sources_.size())
{
    for (std::size_t i = 0; i < sources_.size(); ++i)
        queue_.push_back(i);
}

merge_core::consumer::consumer(merge_core& of) : core_(of)
{
    if (core_.busy_)
        throw std::logic_error("merged: next() was called while another next() is pending");
    core_.busy_ = true;
}

boost::asio::awaitable<std::optional<std::size_t>> merge_core::pick(std::shared_ptr<merge_core> self)
{
    auto& core = *self;
    if (!core.changed_) {
        core.executor_ = co_await boost::asio::this_coro::executor;
        core.changed_.emplace(core.executor_);
        core.watchers_.emplace(core.executor_);
    }
    for (;;) {
        if (core.in_a_row_ >= merge_row_limit && core.watched_ != 0) {
            core.in_a_row_ = 0;
            const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
            const auto cancelled_before = cancellation.cancelled();
            auto turn = boost::asio::post(boost::asio::deferred);
            co_await std::move(turn);
            if (cancellation.cancelled() != cancelled_before) // it would not get what is taken
                throw boost::system::system_error(boost::asio::error::operation_aborted);
        }
        const auto which = core.find();
        if (core.closed_)
            throw boost::system::system_error(boost::asio::error::operation_aborted);
        if (core.failure_)
            std::rethrow_exception(std::exchange(core.failure_, nullptr));
        if (which || core.alive_ == 0)
            co_return which;
        core.in_a_row_ = 0;
        co_await core.changed_->wait(); // throws when it is cancelled, even if it was woken as well
    }
}

std::optional<std::size_t> merge_core::find()
{
    while (!closed_ && !failure_ && !queue_.empty()) {
        const auto which = queue_.front();
        queue_.pop_front();
        const auto source = sources_[which]; // the body of a generator may close this
        if (!source)
            continue;
        const bool something = source->poll(executor_);
        if (closed_)
            break;
        if (something) {
            queue_.push_back(which);
            ++in_a_row_;
            return which;
        }
        ++watched_;
        watchers_->spawn("merge", watch(source, weak_from_this(), which));
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
    if (const auto core = self.lock())
        core->came_back(which, std::move(failure));
}

void merge_core::came_back(std::size_t which, std::exception_ptr failure)
{
    --watched_;
    if (closed_)
        return;
    if (failure)
        failure_ = std::move(failure);
    queue_.push_back(which);
    changed_->notify_all();
}

void merge_core::end(std::size_t which) noexcept
{
    if (closed_ || !sources_[which])
        return;
    sources_[which].reset();
    --alive_;
}

void merge_core::close() noexcept
{
    closed_ = true;
    sources_.clear();
    queue_.clear();
    if (changed_)
        changed_->notify_all();
}

} // namespace fullon_cache_api::detail
