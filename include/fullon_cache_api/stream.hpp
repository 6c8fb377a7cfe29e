// Streams: async generators of updates, the same from a client and from a server in process.
#pragma once

#include <fullon_cache_api/detail/stream/stream_item.hpp>
#include <fullon_cache_api/stale_reason.hpp>
#include <fullon_cache_api/stream_options.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace fullon_cache_api {

/// One item of a stream: a real value of the cache and what is known about its place in the stream.
template <class X>
struct update : X {
    std::uint64_t update_id = 0; ///< grows by one per update of the topic, within one life of the server
    std::uint64_t missed = 0;    ///< updates of this topic lost or conflated since its previous item
    bool snapshot = false;       ///< the state when the stream began (or began again)
    bool removed = false;        ///< the item is gone; the value is the last known one
    bool resync = false; ///< found after a reconnect, not seen to happen: the new snapshot, what vanished
};

namespace detail {

class stream_channel;
struct stream_access;

boost::asio::awaitable<std::optional<stream_item>> next_item(std::shared_ptr<stream_channel> from);
stream_state state_of(const stream_channel& which) noexcept;
stale_reason reason_of(const stream_channel& which) noexcept;
/// `abandoned`: nobody is there any more; a next() that waits ends with operation_aborted, else without an item.
void end_stream(std::shared_ptr<stream_channel> which, bool abandoned) noexcept;

} // namespace detail

/// An async generator of `update<X>`: `while (auto update = co_await updates.next())`.
///
/// Items begin with a snapshot of the current state; then every update in the order of its topic. A connection that
/// breaks is re-made behind the scenes: the stream goes on with a new snapshot (`resync`).
/// \par Lifetimes   holds shared state: it may outlive the client (then it is at its end). Destroying it
///                  unsubscribes; that is queued on the client's executor and waits for nothing.
/// \par Concurrency lives on the client's executor; one consumer.
template <class X>
class [[nodiscard]] stream {
public:
    using value_type = update<X>;

    stream() = default; ///< at its end
    explicit stream(std::shared_ptr<detail::stream_channel> channel) noexcept : channel_(std::move(channel))
    {}
    stream(stream&& other) noexcept : channel_(std::exchange(other.channel_, nullptr)) {}
    stream& operator=(stream&& other) noexcept
    {
        if (this != &other) {
            end();
            channel_ = std::exchange(other.channel_, nullptr);
        }
        return *this;
    }
    ~stream() { end(); }

    /// The next item; empty at the end (client or server closed). An item that is ready does not touch the event loop.
    /// \par Cancellation any type ends the wait with `asio::error::operation_aborted`; no item is lost, and next()
    ///                   may be called again: `co_await (updates.next() || timer.async_wait(...))`.
    /// \par Errors       what the server refused a new subscription with, after a reconnect (once; then it
    ///                   is at its end). With `on_stale::fail`, each time it would have to wait while not live:
    ///                   cache_unavailable (stale), disconnected. `std::logic_error` if another next() waits.
    boost::asio::awaitable<std::optional<update<X>>> next() { return next_of(channel_); }

    /// Ends it, as its destruction does: unsubscribes, and next() is empty from now on, also one that waits. May be called
    /// again.
    void close() noexcept
    {
        if (channel_)
            detail::end_stream(std::exchange(channel_, nullptr), false);
    }

    /// `disconnected` at its end.
    stream_state state() const noexcept
    {
        return channel_ ? detail::state_of(*channel_) : stream_state::disconnected;
    }

    /// Why it is `stale`: of all of it, else of one of its topics. `none` in every other state.
    stale_reason why() const noexcept { return channel_ ? detail::reason_of(*channel_) : stale_reason::none; }

private:
    friend struct detail::stream_access;

    // Static: a stream that is destroyed while its next() waits leaves the coroutine nothing to dangle.
    static boost::asio::awaitable<std::optional<update<X>>>
    next_of(std::shared_ptr<detail::stream_channel> channel)
    {
        std::optional<update<X>> result;
        if (!channel)
            co_return result;
        const auto item = co_await detail::next_item(std::move(channel));
        if (item) {
            auto& made = result.emplace();
            static_cast<X&>(made) = *static_cast<const X*>(item->value.get());
            made.update_id = item->update_id;
            made.missed = item->missed;
            made.snapshot = item->snapshot;
            made.removed = item->removed;
            made.resync = item->resync;
        }
        co_return result;
    }

    void end() noexcept
    {
        if (channel_)
            detail::end_stream(std::exchange(channel_, nullptr), true);
    }

    std::shared_ptr<detail::stream_channel> channel_;
};

/// For who waits for several streams at once: what lies under one.
struct detail::stream_access {
    template <class X>
    static std::shared_ptr<stream_channel> channel_of(const stream<X>& of)
    {
        return of.channel_;
    }
};

} // namespace fullon_cache_api
