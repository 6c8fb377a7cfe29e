// Bodies of stream.hpp and detail/stream_channel.hpp.
#pragma once

#include <fullon_cache_api/detail/stream/stream_channel.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/stream.hpp>

#include <fullon_coro/launch_probe.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>

namespace fullon_cache_api::detail {

// Where the consumer would have to wait: may it?
void stream_channel::throw_if_failed()
{
    if (failure_)
        throw boost::system::system_error(std::exchange(failure_, {}), failure_text_);
    if (options_.on_stale != on_stale::fail || over_)
        return;
    if (track.state() == stream_state::stale)
        throw boost::system::system_error(make_error_code(error::cache_unavailable),
                                          "the stream is stale: " + std::string(to_text(track.why())));
    if (track.state() == stream_state::disconnected)
        throw boost::system::system_error(make_error_code(error::disconnected), "the stream is disconnected");
}

/// Marks that a consumer waits.
class stream_channel::pending_next {
public:
    explicit pending_next(stream_channel& of) : channel_(of) { channel_.waiting_ = true; }
    pending_next(const pending_next&) = delete;
    pending_next& operator=(const pending_next&) = delete;
    ~pending_next() { channel_.waiting_ = false; }

private:
    stream_channel& channel_;
};

template <typename Probe>
boost::asio::awaitable<std::optional<stream_item>> stream_channel::next(std::shared_ptr<stream_channel> self)
{
    auto& channel = *self;
    if (channel.waiting_)
        throw std::logic_error("stream: next() is already pending");
    if (channel.track.size() != 0 || channel.failure_) {
        // Inside co_spawn the item could still be discarded when this has returned it: see launch_probe. Such a
        // coroutine first waits one turn, as in async_generator.
        bool launching = false;
        if constexpr (Probe::by_call_stack)
            launching = Probe::launching();
        else if constexpr (Probe::by_question)
            launching = !co_await typename Probe::has_switched();
        if (launching) {
            const stream_channel::pending_next waiting(channel);
            const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
            const auto cancelled_before = cancellation.cancelled();
            co_await boost::asio::post(channel.executor_, boost::asio::deferred);
            if (cancellation.cancelled() != cancelled_before || channel.abandoned_)
                throw boost::system::system_error(boost::asio::error::operation_aborted);
        }
    }
    for (;;) {
        if (auto item = channel.track.take())
            co_return item;
        channel.throw_if_failed();
        if (channel.over_)
            co_return std::nullopt;
        const stream_channel::pending_next waiting(channel);
        co_await channel.changed_.wait(); // throws when it is cancelled, even if it was woken as well
        if (channel.abandoned_)
            throw boost::system::system_error(boost::asio::error::operation_aborted);
    }
}

boost::asio::awaitable<std::optional<stream_item>> next_item(std::shared_ptr<stream_channel> from)
{
    return stream_channel::next<fullon_coro::launch_probe>(std::move(from));
}

stream_state state_of(const stream_channel& which) noexcept
{
    return which.track.state();
}

stale_reason reason_of(const stream_channel& which) noexcept
{
    return which.track.why();
}

void end_stream(std::shared_ptr<stream_channel> which, bool abandoned) noexcept
{
    try {
        const auto executor = which->executor_;
        boost::asio::post(executor, [channel = std::move(which), abandoned] {
            channel->abandoned_ = abandoned;
            channel->close();
            if (channel->on_end)
                std::exchange(channel->on_end, nullptr)();
        });
    } catch (...) { // no memory: the stream stays subscribed until the client is closed
    }
}

} // namespace fullon_cache_api::detail
