// Bodies of stream.hpp and detail/stream_channel.hpp.
#pragma once

#include <fullon_cache_api/detail/stream_channel.hpp>
#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/stream.hpp>

#include <fullon_cache/detail/launch_probe.hpp>

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
        throw boost::system::system_error(make_error_code(error::cache_unavailable), "the stream is stale");
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

boost::asio::awaitable<std::optional<stream_item>> next_item(std::shared_ptr<stream_channel> from)
{
    auto& channel = *from;
    if (channel.waiting_)
        throw std::logic_error("stream: next() is already pending");
    // As in async_generator: of what a coroutine has at once, co_spawn tells only later. Until then the result could
    // be discarded because of another operand of `||`, so such a coroutine first waits one turn.
    using probe = fullon_cache::detail::launch_probe;
    if constexpr (probe::known)
        if (const bool asked = co_await probe::question();
            asked == probe::fresh && (channel.track.size() != 0 || channel.failure_)) {
            const stream_channel::pending_next waiting(channel);
            const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
            const auto cancelled_before = cancellation.cancelled();
            co_await boost::asio::post(channel.executor_, boost::asio::deferred);
            if (cancellation.cancelled() != cancelled_before || channel.abandoned_)
                throw boost::system::system_error(boost::asio::error::operation_aborted);
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

stream_state state_of(const stream_channel& which) noexcept
{
    return which.track.state();
}

void end_stream(std::shared_ptr<stream_channel> which) noexcept
{
    try {
        const auto executor = which->executor_;
        boost::asio::post(executor, [channel = std::move(which)] {
            channel->abandoned_ = true;
            channel->close();
            if (channel->on_end)
                std::exchange(channel->on_end, nullptr)();
        });
    } catch (...) { // no memory: the stream stays subscribed until the client is closed
    }
}

} // namespace fullon_cache_api::detail
