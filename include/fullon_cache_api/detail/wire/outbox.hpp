// What one session still has to send. Sans-io: no socket, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fullon_cache_api::detail {

/// One serialised message. Shared: a topic's update is the same bytes for every subscriber.
using frame = std::shared_ptr<const std::string>;

/// Names what a state update is the state OF (one item of one topic). Given out by the hub, never reused,
/// so that a queued message of a removed item cannot be taken for one of its successor.
using item_key = std::uint64_t;

/// How many events of one topic may wait, and above how many bytes of waiting events a new one costs an old one.
struct event_limits {
    std::size_t ring = 10000;
    std::size_t max_bytes = 4 * 1024 * 1024;
};

/// FIFO of messages for one peer, in which a newer state may replace an older one that still waits.
///
/// While little waits, everything is kept: a peer that keeps up gets every update. Once more than
/// `conflate_above` bytes wait, a new state of an item takes the place of the one of it that waits: the old
/// one is taken out and the new one appended, so what a peer reads only ever moves forward in time. The
/// queue is then bounded by that mark plus one message per item; replies are bounded by the session, which
/// stops reading requests while `bytes()` is over its limit.
///
/// Events are never replaced. Where too many wait, the oldest of their topic is dropped, and a `gap` message that counts
/// them stands in the place of what was dropped.
class outbox {
public:
    explicit outbox(std::size_t conflate_above = 64 * 1024, event_limits events = {})
        : conflate_above_(conflate_above), event_limits_(events)
    {}

    /// A message that is never dropped or replaced: replies, snapshots, marks.
    void push(frame message);

    /// The state of an item. \returns whether an older state of it was taken out for it.
    bool push_state(item_key key, frame message);

    /// An event of a topic. \returns whether an older one was dropped for it, which is not told where `topic` is empty.
    bool push_event(item_key ring, std::string_view topic, frame message);

    /// Events of a topic that never were messages: what is pushed next comes behind a gap of so many.
    void push_gap(item_key ring, std::string_view topic, std::uint64_t count);

    /// What waits of the item stays: a newer state is appended beside it.
    void keep(item_key key);

    /// Moves messages, oldest first, to the end of `out`, until they make up `max_bytes` (at least one).
    void take(std::vector<frame>& out, std::size_t max_bytes);

    bool empty() const noexcept { return size() == 0; }
    std::size_t size() const noexcept { return queue_.size() - head_ - retired_; }
    std::size_t bytes() const noexcept { return bytes_; }
    bool backlogged() const noexcept { return bytes_ > conflate_above_; }

private:
    enum class kind : std::uint8_t { plain, state, event, gap, retired };
    /// The place of an entry in the order of all; they change only where an entry is appended.
    using position = std::uint64_t;
    static constexpr position none = std::numeric_limits<position>::max();

    struct entry {
        frame message;
        item_key key = 0; // of a state; the ring of an event or gap
        position next = none; // event or gap of the ring
        std::uint64_t lost = 0; // by this gap
        kind what = kind::plain;
    };

    /// The events and gaps of one topic that wait, from oldest to newest.
    struct event_ring {
        std::string topic;
        std::size_t events = 0;
        std::size_t gaps = 0;
        position oldest = none;
        position newest = none;
    };

    entry& at(position where) noexcept { return queue_[where - base_]; }
    position append(frame message, item_key key, kind what);
    void make_room();
    void compact();
    void clear();
    void index_states();
    void forget_states() noexcept;
    void retire(position where) noexcept;
    void chain(event_ring& to, position last) noexcept;
    void drop_oldest(event_ring& of);
    void cut_behind(event_ring& of, position where) noexcept;
    void set_lost(entry& gap, const event_ring& of, std::uint64_t count);
    void left(const entry& front);

    std::vector<entry> queue_; // in one piece: what follows an entry is in the processor's cache with it
    std::size_t head_ = 0; // before it they are taken
    std::size_t retired_ = 0; // from there on
    std::size_t bytes_ = 0;
    std::size_t conflate_above_;
    bool indexed_ = false; // from when one may have to be found until nothing waits any more
    position base_ = 0; // of queue_[0]
    std::unordered_map<item_key, position> newest_; // state of an item that waits, where they are indexed
    std::unordered_map<item_key, event_ring> rings_; // those that are not empty
    std::size_t event_bytes_ = 0; // of what waits
    event_limits event_limits_;
};

} // namespace fullon_cache_api::detail
