// Streams: asynchronous sequences of updates, the same from a client and from a server in process.
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

/// One item of a stream: the value, and its place in the stream.
///
/// Updates are numbered by topic (docs/protocol.md). A ticker, the positions of an account, a list of trades
/// are one topic each.
template <class X>
struct update : X {
    /// The number of the update in its topic; 0 = none yet. Grows by one per update within one life of the
    /// server.
    std::uint64_t update_id = 0;
    /// The number of updates of this topic since its previous item that were conflated or dropped, by server
    /// or client.
    std::uint64_t missed = 0;
    /// Part of the snapshot: the state when the stream began, or was subscribed again.
    bool snapshot = false;
    /// The item was deleted from Redis; the value is the last known one.
    bool removed = false;
    /// Found by the snapshot after a reconnect and not seen to happen: a new state, or what has vanished.
    bool resync = false;
};

namespace detail {

class stream_channel;
struct stream_access;

// The bodies know the channel, whose header is not for every including file.
boost::asio::awaitable<std::optional<stream_item>> next_item(std::shared_ptr<stream_channel> from);
stream_state state_of(const stream_channel& which) noexcept;
stale_reason reason_of(const stream_channel& which) noexcept;
/// Posted to the channel's executor. `abandoned`: the stream was destroyed, a next() that waits ends with
/// operation_aborted; else it ends without an item.
void end_stream(std::shared_ptr<stream_channel> which, bool abandoned) noexcept;

} // namespace detail

/// An asynchronous sequence of `update<X>`. Opened by the stream methods of `cache_calls`.
///
/// First comes a snapshot: the current state, one item each, marked `snapshot`. Then come the updates of each
/// topic in their order. When a client's connection breaks, the client reconnects and subscribes the stream
/// again; it goes on with a new snapshot, whose items are marked `resync`. The stream does not end for that.
///
/// \code
/// auto updates = co_await cache.stream_tickers("binance", all_symbols);
/// while (auto update = co_await updates.next()) {
///     if (update->removed)
///         forget(update->symbol);
///     else
///         show(update->symbol, update->price);
/// }
/// \endcode
///
/// Items wait in the stream until next() takes them. Where more than `stream_options::queue_limit` wait, a
/// newer state replaces an older one of the same item, and of events the oldest is dropped; `update::missed`
/// counts both.
///
/// \par Concurrency  Lives on the executor of the client or server; one consumer, so one next() at a time.
///                   Different streams are independent.
/// \par Lifetimes    Shares state with the client or server and may outlive it; it is at its end then.
///                   Destroying it unsubscribes. That is posted to the executor and waits for nothing.
template <class X>
class [[nodiscard]] stream {
public:
    using value_type = update<X>;

    /// A stream that is at its end.
    stream() = default;
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

    /// The next item; empty at the end, which comes when the client was closed, the server was stopped, or
    /// close() was called.
    ///
    /// \par Completes    with the next item. One that already waits is returned without a turn of the event
    ///                   loop; only in a coroutine that has not been suspended since `co_spawn` it costs one
    ///                   turn.
    /// \par Cancellation terminal, partial, total: ends the wait with
    ///                   `boost::asio::error::operation_aborted`. No item is lost, and next() may be called
    ///                   again: `co_await (updates.next() || timer.async_wait(boost::asio::use_awaitable))`.
    /// \throws boost::system::system_error
    ///         - what the server refused the stream with after a reconnect, once; then the stream is at its
    ///           end;
    ///         - with `on_stale::fail`, whenever it would have to wait while it is not live:
    ///           `error::cache_unavailable` (stale) or `error::disconnected`;
    ///         - `boost::asio::error::operation_aborted` when the stream is destroyed meanwhile
    /// \throws std::logic_error when another next() is pending
    boost::asio::awaitable<std::optional<update<X>>> next() { return next_of(channel_); }

    /// Unsubscribes, as destruction does. From now on next() is empty, also one that is pending; items that
    /// still waited are gone. May be called again.
    void close() noexcept
    {
        if (channel_)
            detail::end_stream(std::exchange(channel_, nullptr), false);
    }

    /// Whether what the stream tells is current. `disconnected` at its end.
    stream_state state() const noexcept
    {
        return channel_ ? detail::state_of(*channel_) : stream_state::disconnected;
    }

    /// Why the stream is `stale`: the reason for all of it, or else for one of its topics. `none` in every
    /// other state.
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

/// For merge(), which looks at several streams without taking items.
struct detail::stream_access {
    template <class X>
    static std::shared_ptr<stream_channel> channel_of(const stream<X>& of)
    {
        return of.channel_;
    }
};

} // namespace fullon_cache_api
